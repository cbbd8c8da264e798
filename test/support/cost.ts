/** What work costs, counted and not timed: a test of a budget finds the same at each run. */

import { Session, type Profiler } from 'node:inspector';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { projectRoot } from './paths.js';
import { skip } from './skip.js';

/** Counts *steps*: how often blocks of statements of the project and of msgpackr are entered. */
export class StepMeter {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** The steps of `work`, its callees included. */
  stepsOf(work: () => void): number {
    this.#take();
    work();
    return this.#take();
  }

  close(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  /** Steps since the last call. */
  #take(): number {
    let steps = 0;
    this.#session.post('Profiler.takePreciseCoverage', (_, { result }) => {
      for (const script of result.filter(isCounted)) {
        for (const { ranges } of script.functions) {
          for (const { count } of ranges) steps += count;
        }
      }
    });
    return steps;
  }
}

/** A meter for the tests of the suite in which it is called. */
export function meterOfSuite(): () => StepMeter {
  let meter: StepMeter | undefined;
  before(function () {
    // The counters are one for the whole process.
    if (process.env['NODE_V8_COVERAGE'] !== undefined) skip(this, 'coverage is being measured');
    meter = new StepMeter();
  });
  after(() => {
    meter?.close();
  });
  return () => meter ?? new StepMeter();
}

const isCounted = ({ url }: Profiler.ScriptCoverage): boolean =>
  url.includes('/node_modules/msgpackr/') || SOURCES.some((folder) => url.startsWith(folder));

/** Where what is tested is, in its own language or compiled. */
const SOURCES = ['', 'dist/'].flatMap((at) =>
  ['shared', 'peer', 'tracker'].map(
    (part) => pathToFileURL(join(projectRoot, at, part)).href + '/',
  ),
);

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
