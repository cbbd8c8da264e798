/** Whether a peer still has what it told of: the comparison that every kill ends with. */

/** Where a chain stood when its peer was asked. */
export interface Told {
  readonly height: number;
  readonly tip: string;
  /** Of the whole chain. */
  readonly work: bigint;
}

/** A chain as it is found later. */
export interface Found {
  readonly work: bigint;
  /** Its block at the height that was told; `undefined`: it is not as long. */
  readonly hashThere: string | undefined;
}

/** `left`: the block is not in the chain any more, for the chain has more work than it had. */
export type Verdict = 'held' | 'left' | 'lost';

export function compare(told: Told, found: Found): Verdict {
  if (found.work < told.work) return 'lost';
  if (found.hashThere === told.tip) return 'held';
  return found.work > told.work ? 'left' : 'lost';
}
