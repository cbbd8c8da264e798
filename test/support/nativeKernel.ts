/** Whether the native kernel is there: no test may need it. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot } from './paths.js';
import { skip } from './skip.js';

/** Skips the test where it was not compiled. One that is there and does not load is a failure. */
export function requireNativeKernel(context: Mocha.Context): void {
  if (existsSync(join(projectRoot, 'dist', 'native', 'kernel.node'))) return;
  skip(context, 'the native kernel is not compiled (`npm run build` says why)');
}
