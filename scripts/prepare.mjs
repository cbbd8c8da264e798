// What must be there before anything of ours can run.

import { compile } from './compile.mjs';
import { install } from './install.mjs';
import { compileNative } from './native.mjs';

/** Libraries installed, sources compiled: each only where it is needed. */
export async function prepare() {
  await install();
  await compile();
  await compileNative();
}
