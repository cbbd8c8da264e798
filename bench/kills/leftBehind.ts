/** What a killed peer has left on its disk, read from a copy: nobody has mended it yet. */

import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ancestorAt } from '../../peer/chain/headerEntry.js';
import type { ChainState } from '../../peer/chain/store.js';
import { CHAIN_FILE } from '../../peer/storage/openStore.js';
import { openSnapshot, standingIn } from '../../peer/storage/snapshot.js';
import { Trouble } from '../../shared/io/trouble.js';
import type { Found } from './held.js';

/** The chain's database with its log; the third file, `-shm`, is made anew from these. */
const FILES = [CHAIN_FILE, `${CHAIN_FILE}-wal`];

/** Copies the chain of the data directory `from` into `to`, in place of what is there. */
export function copyChain(from: string, to: string): void {
  removeChain(to);
  mkdirSync(to, { recursive: true });
  for (const name of FILES) {
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
  }
}

/** What a peer fetches again; its key stays. */
export function removeChain(directory: string): void {
  for (const name of [...FILES, `${CHAIN_FILE}-shm`])
    rmSync(join(directory, name), { force: true });
}

export interface LeftBehind {
  /** The chain as it is stored, for the height `height`. */
  readonly found: (height: number) => Found;
  /** A reorganisation was under way. */
  readonly isMoving: boolean;
  /** How many blocks the stored coins are away from the tip, in blocks up or down. */
  readonly coinsAway: number;
}

/** Where the chain in `directory` stands, whose peer may run: a short look. */
export function stateIn(directory: string): ChainState | undefined {
  const snapshot = openSnapshot(join(directory, CHAIN_FILE));
  const state = snapshot.chain.state();
  snapshot.close();
  return state;
}

/** Whether a reorganisation is under way. */
export const isMove = <Block>({ tip, target }: Ends<Block>): boolean =>
  target !== undefined && target !== tip;

interface Ends<Block> {
  readonly tip: Block;
  readonly target: Block | undefined;
}

/** The chain in `directory`; a sentence when there is none yet, or it cannot be read. */
export function readChain(directory: string): LeftBehind | string {
  try {
    const snapshot = openSnapshot(join(directory, CHAIN_FILE));
    try {
      const { tip, position, target } = standingIn(snapshot);
      return {
        found: (height) => ({
          work: tip.chainWork,
          hashThere: height > tip.height ? undefined : ancestorAt(tip, height).hash,
        }),
        isMoving: isMove({ tip, target }),
        coinsAway: Math.abs(tip.height - position.height),
      };
    } finally {
      snapshot.close();
    }
  } catch (error) {
    if (error instanceof Error) return error instanceof Trouble ? error.message : String(error);
    throw error;
  }
}
