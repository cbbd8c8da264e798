/** What work costs, counted and not timed: a test of a budget finds the same at each run. */

import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import type { Budget, Counted } from './jobs.js';

/** Without a collection of garbage in most jobs: what one takes away cannot be counted. */
const YOUNG_MB = 64;

/**
 * What each of the `jobs` that the module at `url` exports costs, counted by V8. Its steps: how
 * often blocks of statements of the project, and of msgpackr, are entered. And bytes: of objects,
 * lists, texts and buffers, whoever makes them; a loop of the engine is seen by what it makes. In a
 * thread of its own, for only what was compiled after counting began is counted.
 */
export async function costsOf(url: URL): Promise<readonly Counted[]> {
  const isSource = import.meta.url.endsWith('.ts');
  const href = isSource ? url.href.replace(/\.js$/, '.ts') : url.href;
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
  const options = { workerData: href, resourceLimits };
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

/** What a job may cost within a budget. */
export const allowed = ({ aPiece, aByte }: Budget, { count, bytes }: Counted): number =>
  aPiece * count + aByte * bytes;

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

/**
 * Bytes of the byte arrays and buffers that `work` constructs, kept or not, to the byte. Not of
 * copies (`slice`), nor of anything else: these `costsOf` counts.
 */
export function bytesMadeBy(work: () => void): number {
  let bytes = 0;
  const { Uint8Array, ArrayBuffer } = globalThis;
  const allocators = ALLOCATORS.map(
    (name) => [name, Reflect.get(Buffer, name) as Allocate] as const,
  );
  const counted = <Made extends { readonly byteLength: number }>(made: Made): Made => {
    bytes += made.byteLength;
    return made;
  };
  globalThis.Uint8Array = new Proxy(Uint8Array, {
    construct(target, parameters) {
      const made = Reflect.construct(target, parameters) as Uint8Array;
      return parameters[0] instanceof ArrayBuffer ? made : counted(made);
    },
  });
  globalThis.ArrayBuffer = new Proxy(ArrayBuffer, {
    construct: (target, parameters) =>
      counted(Reflect.construct(target, parameters) as ArrayBuffer),
  });
  for (const [name, allocate] of allocators) {
    Reflect.set(Buffer, name, (...parameters: unknown[]) => counted(allocate(...parameters)));
  }
  try {
    work();
  } finally {
    Object.assign(globalThis, { Uint8Array, ArrayBuffer });
    for (const [name, allocate] of allocators) Reflect.set(Buffer, name, allocate);
  }
  return bytes;
}

const ALLOCATORS = ['alloc', 'allocUnsafe', 'allocUnsafeSlow'] as const;

type Allocate = (...parameters: unknown[]) => Buffer;
