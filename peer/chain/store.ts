/**
 * What the chain needs of a disk: a synchronous, atomic port. `peer/storage` implements it on
 * SQLite.
 *
 * Every method may throw *trouble* (disk full, damaged file). The node is fail-stop: whatever a
 * step had changed in memory is thrown away with the process, and the next start reads what was
 * committed.
 */

import type { AddressHash, Amount, BlockHash, UnixSeconds } from '../../shared/units.js';

/** One unspent output, by its outpoint key. */
export interface Coin {
  readonly amount: Amount;
  readonly address: AddressHash;
  /** Height of the block that made it. */
  readonly height: number;
  readonly isCoinbase: boolean;
}

/** What a restart must know of a header beyond its 80 bytes. */
export type HeaderStatus =
  /** Only the header is known, or its body is stored and was never connected. */
  | 'unproven'
  /** Was connected once: signatures and coins were right, by these checks. */
  | 'connected'
  /** Broke a rule after its Merkle root matched; for ever, by these checks. */
  | 'invalid';

/** Raised when a mistake in how rules are checked was corrected: older marks count no longer. */
export const CHECKS_VERSION = 1;

export interface StoredHeader {
  /** Order of arrival, from 0 (genesis); a parent comes before its children. */
  readonly id: number;
  /** The 80 header bytes. */
  readonly bytes: Uint8Array;
  readonly status: HeaderStatus;
  readonly hasBody: boolean;
}

/** Where the chain stands. */
export interface ChainState {
  /** The announced tip. */
  readonly tip: BlockHash;
  /**
   * The block up to which the stored coins stand. Differs from `tip` inside a reorganisation, and
   * in a long sync, when the coins of several blocks are written at once.
   */
  readonly position: BlockHash;
  /** The block that a reorganisation under way moves to. */
  readonly target: BlockHash | undefined;
}

/**
 * The net change of the coins since the last one: first all `spent` go, then all `created` come.
 * Keys are outpoint keys (shared/consensus/transaction.ts).
 */
export interface CoinDelta {
  readonly created: ReadonlyMap<string, Coin>;
  readonly spent: ReadonlySet<string>;
}

/** A transaction that waits for a block, to be looked at again after a restart. */
export interface KeptTransaction {
  /** Ascending in the order in which they came. */
  readonly number: number;
  /** When it came first. */
  readonly addedAt: UnixSeconds;
  readonly bytes: Uint8Array;
}

export interface ChainStore {
  /**
   * Runs `step` in one transaction: all of it is committed, or nothing. Nested calls join the outer
   * one.
   */
  atomically<T>(step: () => T): T;

  /** All headers, by id. Marks of another `CHECKS_VERSION` come back as 'unproven'. */
  headers(): Iterable<StoredHeader>;
  /** `undefined` before the first `setState`. */
  state(): ChainState | undefined;
  coin(outpoint: string): Coin | undefined;
  /**
   * The whole block's bytes (header, count, transactions) as they were put; `undefined` when the
   * disk does not give them back so. `undo` likewise.
   */
  body(id: number): Uint8Array | undefined;
  undo(id: number): Uint8Array | undefined;

  /**
   * `bytes`: never changed. A kill may lose it as long as no step after it puts anything else: then
   * it comes again from others.
   */
  putHeader(id: number, bytes: Uint8Array): void;
  setStatus(id: number, status: HeaderStatus): void;
  /** Also in place of one that could not be read. */
  putBody(id: number, blockBytes: Uint8Array): void;
  putUndo(id: number, undo: Uint8Array): void;
  /** Those that were put and not deleted, by number. */
  transactions(): readonly KeptTransaction[];
  /** Without effect when one of its number is there. */
  putTransaction(kept: KeptTransaction): void;
  deleteTransaction(number: number): void;
  writeCoins(delta: CoinDelta): void;
  setState(state: ChainState): void;
  /** `sync`: many large writes follow, memory may be spent on them. `tip`: few and small ones. */
  setPace(pace: StorePace): void;
}

export type StorePace = 'sync' | 'tip';

/** *Trouble*: the store holds something that cannot be. The message says what, for the operator. */
export class StoreDamage extends Error {
  override readonly name = 'StoreDamage';
  readonly code = 'store-damaged';
}
