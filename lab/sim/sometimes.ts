/**
 * Rare paths that a run must really have taken: a simulation that never reaches one proves nothing
 * about it.
 */

export const RARE_PATHS = {
  fork: 'two blocks at one height, and one of them lost',
  'reorganisation above 10': 'a reorganisation deeper than ten blocks',
  'crash in a reorganisation': 'a program killed while its coins stood between two tips',
  'spend undone': 'a block with payments was taken back',
  'coins flushed in a move': 'coins were written while they stood between two tips',
  'write failed': 'a write failed, and the program started again',
  'power lost': 'a disk went back to what it had taken',
  'damaged disk refused': 'a start refused a damaged database, and began anew',
  'stall rotated': 'a peer that did not deliver was let go',
  'ping timed out': 'a peer fell silent',
  'newcomer synced': 'somebody joined with nothing, and fetched the chain',
  'tracker lost': 'a node found its tracker gone',
  'start without tracker': 'a node started while its tracker was down',
  'tracker restored': 'a tracker came back with peers that it had stored',
  'partition healed': 'two halves of the network met again with different tips',
  'liar found out': 'a hostile node was let go for what it sent',
  'invalid block refused': 'a block with work that breaks a rule was refused, and its sender',
  'clock told': 'a node told its operator of clocks that differ',
  'low-work branch refused': 'a node read a branch with less work than it demands, and kept none',
  'mutated body refused': 'a body that is not the one of its header was refused',
  'garbage cut off': 'a hostile node was let go for bytes that are no message',
} as const;

export type RarePath = keyof typeof RARE_PATHS;

export class Sometimes {
  readonly #counts = new Map<RarePath, number>();

  reached(path: RarePath): void {
    this.add(path, 1);
  }

  add(path: RarePath, count: number): void {
    this.#counts.set(path, this.count(path) + count);
  }

  count(path: RarePath): number {
    return this.#counts.get(path) ?? 0;
  }

  /** The paths that were not taken. */
  *never(): Generator<RarePath, void> {
    for (const [path, count] of this.table()) if (count === 0) yield path;
  }

  /** All paths, in their order, and how often each was taken. */
  *table(): Generator<readonly [path: RarePath, count: number], void> {
    for (const path of Object.keys(RARE_PATHS) as RarePath[]) yield [path, this.count(path)];
  }
}
