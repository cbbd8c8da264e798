/** What work costs, counted and not timed: a test of a budget finds the same at each run. */

import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import type { Counted } from './jobs.js';

/**
 * The steps of each of the `jobs` that the module at `url` exports, counted by V8: how often blocks
 * of statements of the project, and of msgpackr, are entered. In a thread of its own, for only what
 * was compiled after counting began is counted.
 */
export async function stepsOf(url: URL): Promise<readonly Counted[]> {
  const isSource = import.meta.url.endsWith('.ts');
  const href = isSource ? url.href.replace(/\.js$/, '.ts') : url.href;
  const options = { workerData: href };
  const worker = isSource
    ? new Worker(fromSource(new URL('./stepThread.ts', import.meta.url).href), {
        ...options,
        eval: true,
      })
    : new Worker(new URL('./stepThread.js', import.meta.url), options);
  const [counted] = (await once(worker, 'message')) as [readonly Counted[]];
  await worker.terminate();
  return counted;
}

/** Node 20 does not apply the loader of `--import tsx` to threads: the thread registers it. */
function fromSource(entry: string): string {
  const tsx = dirname(createRequire(import.meta.url).resolve('tsx/package.json'));
  const loader = pathToFileURL(join(tsx, 'dist/esm/api/index.mjs')).href;
  const load = (url: string): string => `import(${JSON.stringify(url)})`;
  return `${load(loader)}.then(({ register }) => { register(); return ${load(entry)}; });`;
}

/**
 * How large `value` is: 8 for each value in it, the characters of texts and numbers of arbitrary
 * size, and the bytes of every buffer that it keeps alive, each once.
 */
export function sizeOf(value: unknown): number {
  const buffers = new Set<ArrayBufferLike>();
  const seen = new Set<object>();
  const visit = (at: unknown): number => {
    if (typeof at === 'string') return 8 + at.length;
    if (typeof at === 'bigint') return 8 + at.toString(16).length;
    if (typeof at !== 'object' || at === null || seen.has(at)) return 8;
    seen.add(at);
    if (at instanceof Uint8Array) {
      const isNew = !buffers.has(at.buffer);
      buffers.add(at.buffer);
      return 8 + (isNew ? at.buffer.byteLength : 0);
    }
    return Object.values(at).reduce<number>((sum, inner) => sum + visit(inner), 8);
  };
  return visit(value);
}

/** Bytes of all byte arrays that `work` makes, kept or not. */
export function bytesMadeBy(work: () => void): number {
  let bytes = 0;
  const Original = globalThis.Uint8Array;
  globalThis.Uint8Array = new Proxy(Original, {
    construct(target, parameters) {
      const made = Reflect.construct(target, parameters) as Uint8Array;
      if (!(parameters[0] instanceof ArrayBuffer)) bytes += made.byteLength;
      return made;
    },
  });
  try {
    work();
  } finally {
    globalThis.Uint8Array = Original;
  }
  return bytes;
}
