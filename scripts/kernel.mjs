// Compiles the kernel that hashes in WebAssembly.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { root } from './run.mjs';
import { Trouble } from './trouble.mjs';

const folder = 'peer/workers/kernel/assembly';
const result = join(root, 'dist', dirname(folder), 'sha256d.wasm');

/** @returns {string[]} the files in dist/ that one source of the kernel becomes */
export function kernelOutputsOf(source) {
  return source === join(root, folder, 'search.ts') ? [result] : [];
}

export const isOfKernel = (source) => dirname(source) === join(root, folder);

export async function compileKernel() {
  const { main } = await import('assemblyscript/asc');
  const { roundsModule } = await import(`../${folder}/rounds.mjs`);
  const sources = { 'rounds.ts': roundsModule() };
  const { error, stderr } = await main(
    [`${folder}/search.ts`, '--outFile', 'out.wasm', ...OPTIONS],
    {
      readFile: (name) => sources[basename(name)] ?? readOwn(name),
      writeFile: (_name, contents) => {
        mkdirSync(dirname(result), { recursive: true });
        writeFileSync(result, contents);
      },
    },
  );
  if (error) throw new Trouble(`${stderr.toString()}\nThe kernel does not compile: see above.`);
}

const OPTIONS = ['--enable', 'simd', '-O3', '--noAssert', '--runtime', 'stub'];

/** The compiler looks for a module at more than one place. */
function readOwn(name) {
  try {
    return readFileSync(join(root, name), 'utf8');
  } catch {
    return null;
  }
}
