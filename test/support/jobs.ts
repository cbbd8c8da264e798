/** Work whose cost is counted (cost.ts). */

/** Some work of one kind, on `bytes` bytes in `count` pieces. */
export interface Job {
  readonly what: string;
  readonly count: number;
  readonly bytes: number;
  readonly run: () => void;
}

/** A job that was done, its steps, and the bytes of all that it made, kept or not. */
export interface Counted extends Omit<Job, 'run'> {
  readonly steps: number;
  readonly bytesMade: number;
}

/** What a job may take: so much for each piece, and so much for each of its bytes. */
export interface Budget {
  readonly aPiece: number;
  readonly aByte: number;
}
