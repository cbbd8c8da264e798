/** Work whose cost is counted (cost.ts). */

/** Some work of one kind, on `bytes` bytes in `count` pieces. */
export interface Job {
  readonly what: string;
  readonly count: number;
  readonly bytes: number;
  readonly run: () => void;
}

/** A job that was done, and its steps. */
export interface Counted extends Omit<Job, 'run'> {
  readonly steps: number;
}
