/** Starts a worker thread from the compiled program, and from the sources where tests run those. */

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** The modules that are entries of a thread. */
export type ThreadEntry = 'hashThread' | 'signatureThread';

export function startThread(entry: ThreadEntry, options: WorkerOptions): Worker {
  const limited = { ...options, resourceLimits: SMALL };
  if (import.meta.url.endsWith('.js')) {
    return new Worker(new URL(`./${entry}.js`, import.meta.url), limited);
  }
  return new Worker(fromSource(`./${entry}.ts`), { ...limited, eval: true });
}

/** Threads make short-lived garbage only. Each is 2 MB smaller for this, and none is slower. */
const SMALL = { maxYoungGenerationSizeMb: 2 };

/**
 * Node 20 does not apply the loader of `--import tsx` to threads, so each one registers it itself:
 * the module of tsx that does so, for what `require` finds under its name works in the main thread
 * only.
 */
function fromSource(path: string): string {
  const tsx = dirname(createRequire(import.meta.url).resolve('tsx/package.json'));
  const loader = JSON.stringify(pathToFileURL(join(tsx, 'dist/esm/api/index.mjs')).href);
  const entry = JSON.stringify(new URL(path, import.meta.url).href);
  return `import(${loader}).then(({ register }) => { register(); return import(${entry}); });`;
}
