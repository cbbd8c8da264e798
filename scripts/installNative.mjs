// Run by npm when the package is installed: compiles the native kernel, or says why not.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { compileNative } from './native.mjs';
import { root } from './run.mjs';

// A checkout, which has this file, builds everything when it runs.
if (!existsSync(join(root, 'tsconfig.json'))) await compileNative({ isAgain: true });
