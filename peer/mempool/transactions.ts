/**
 * All transactions that wait for a block: takes them in, follows the chain, and keeps them in the
 * store, so that they are there after a restart.
 */

import type { Block } from '../../shared/consensus/block.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import { isCoinbase, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { BlockHash, MonoMs, Now, Wtxid } from '../../shared/units.js';
import type { Advance, Chain } from '../chain/chain.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import { RecentIds } from '../chain/recentIds.js';
import type { ChainStore } from '../chain/store.js';
import type { ChainEvent, SignatureBatch } from '../types.js';
import { Departures } from './departures.js';
import { Intake, type Outcome } from './intake.js';
import { Mempool, type MempoolChange, type MempoolContext } from './mempool.js';

/** Policy, as the operator sets it. */
export interface MempoolPolicy {
  /** Smallest units for 1,000 bytes. */
  readonly feeRateMin: number;
  /** Of all transactions that wait. */
  readonly bytesMax: number;
  /** What waits longer is forgotten. */
  readonly secondsMax: number;
}

export const DEFAULT_POLICY: MempoolPolicy = {
  // One of the smallest units for each byte.
  feeRateMin: 1_000,
  bytesMax: 64_000_000,
  secondsMax: 24 * 3_600,
};

export interface TransactionsDependencies {
  readonly chain: Chain;
  readonly store: Pick<ChainStore, 'transactions' | 'putTransaction' | 'deleteTransaction'>;
}

export interface Settled {
  /** Signatures to check, each once. */
  readonly verify: readonly SignatureBatch[];
  /** What became of those that were put in. */
  readonly outcomes: readonly Outcome[];
  /** Who came and who went. */
  readonly changes: readonly MempoolChange[];
}

const NOTHING: Settled = { verify: [], outcomes: [], changes: [] };

interface Returned {
  readonly transactions: readonly DecodedTransaction[];
  /** Nothing is left out. */
  readonly isWhole: boolean;
}

/** What comes back from blocks that a reorganisation left; its owners send the rest again. */
const RETURNED_BYTES_MAX = 20_000_000;
/** Blocks that are read again at once; after more, all that waits is checked instead. */
const REREAD_MAX = 100;
/** Those of 65 full blocks. */
const CONFIRMED_MIN = 32_768;
/** So many transactions of a block leave within a millisecond. */
const QUICK_MAX = 32;
const EXPIRE_EVERY_MS = 60_000;

export class Transactions {
  readonly mempool: Mempool;
  readonly intake: Intake;
  readonly departures = new Departures();
  readonly #chain: Chain;
  /** Of the last blocks: peers may tell of them for a while. */
  readonly #confirmed = new RecentIds(CONFIRMED_MIN);
  readonly #store: TransactionsDependencies['store'];
  /** What the chain did since the mempool followed it. */
  #missed: ChainEvent[] = [];
  /** The blocks of that which continued the tip. */
  #missedBlocks = new Map<BlockHash, Block>();
  #expireAt = Number.NEGATIVE_INFINITY;
  #lastContext: MempoolContext | undefined;

  /** Takes in again what waited before the last start, step by step. */
  constructor(
    policy: MempoolPolicy,
    params: NetworkParams,
    { chain, store }: TransactionsDependencies,
  ) {
    this.#chain = chain;
    this.#store = store;
    const kept = store.transactions();
    const options = { ...policy, params, coin: (outpoint: string) => chain.coin(outpoint) };
    this.mempool = new Mempool(options, (kept.at(-1)?.number ?? -1) + 1);
    this.intake = new Intake({ chain, mempool: this.mempool });
    chain.signatures.trust((wtxid) => this.mempool.byWtxid(wtxid) !== undefined);
    this.intake.restore(kept);
  }

  /** Whether it waits, is being looked at, or was refused or in a block a short while ago. */
  has(wtxid: Wtxid): boolean {
    return (
      this.mempool.byWtxid(wtxid) !== undefined ||
      this.intake.has(wtxid) ||
      this.#confirmed.has(wtxid)
    );
  }

  /** Whether what waits is right on the tip: else a block must not hold it. */
  get isAtTip(): boolean {
    return this.#missed.length === 0;
  }

  /**
   * Follows the chain: at once, or after the reorganisation that is under way. After a large block
   * in the next step, if `mayBeLater`: that the block is connected is news for others.
   */
  onAdvance({ events, blocks }: Advance, now: Now, mayBeLater: boolean): void {
    const { isAtTip } = this;
    if (!events.some(({ type }) => type === 'tip-changed') && isAtTip) return;
    this.intake.onTip();
    this.mempool.onTip();
    this.#missed.push(...events);
    for (const [hash, block] of blocks) this.#missedBlocks.set(hash, block);
    // What left the chain is nowhere but in its blocks: it comes back in the step that left it.
    const hasLost = events.some(({ type }) => type === 'block-disconnected');
    const isLater = mayBeLater && isAtTip && !hasLost && this.#takesLong(blocks);
    if (this.#chain.isMoving || isLater) return;
    const [missed, joined] = [this.#missed, this.#missedBlocks];
    this.#missed = [];
    this.#missedBlocks = new Map();
    this.#follow(missed, joined, now);
  }

  /**
   * Called in each step, after the chain moved: takes in what may come, and stores what changed.
   * Returns what follows for others.
   */
  settle(now: Now): Settled {
    if (this.isAtTip) this.intake.settle(this.#context(now), now.mono);
    this.#expire(now);
    const outcomes = this.intake.takeOutcomes();
    for (const { origin, reject } of outcomes) {
      if (origin.type === 'kept' && reject !== undefined) {
        this.#store.deleteTransaction(origin.number);
      }
    }
    const changes = this.mempool.takeChanges();
    this.departures.onOutcomes(outcomes);
    this.departures.onChanges(changes);
    for (const change of changes) this.#keep(change);
    const verify = this.#chain.signatures.takeBatches();
    if (verify.length + outcomes.length + changes.length === 0) return NOTHING;
    return { verify, outcomes, changes };
  }

  nextWake(now: MonoMs): MonoMs | undefined {
    if (this.intake.hasMore || !(this.isAtTip || this.#chain.isMoving)) return now;
    const expireAt = this.mempool.count > 0 ? this.#expireAt : Number.POSITIVE_INFINITY;
    const next = Math.min(expireAt, this.intake.nextWake() ?? Number.POSITIVE_INFINITY);
    return next === Number.POSITIVE_INFINITY ? undefined : (next as MonoMs);
  }

  #takesLong(blocks: Advance['blocks']): boolean {
    let count = 0;
    for (const { transactions } of blocks.values()) count += transactions.length;
    return Math.min(count, this.mempool.count) > QUICK_MAX;
  }

  #follow(events: readonly ChainEvent[], blocks: Advance['blocks'], now: Now): void {
    for (const { transactions } of blocks.values()) {
      // Nobody tells of a coinbase by itself.
      for (const tx of transactions) if (!isCoinbase(tx)) this.#confirmed.add(tx.wtxid);
    }
    const left = this.#entriesOf(events, 'block-disconnected');
    if (left.length === 0 && this.mempool.count === 0) return;
    const joined = this.#entriesOf(events, 'block-connected');
    const isReread = joined.length <= REREAD_MAX;
    if (isReread) {
      for (const entry of joined) {
        const block = blocks.get(entry.hash) ?? this.#chain.decoded(entry);
        this.mempool.onConnected(block?.transactions ?? []);
      }
    }
    if (left.length === 0 && isReread) return;
    const { transactions, isWhole } = this.#returned(left.reverse());
    this.mempool.onReorganised(transactions, this.#context(now), !isReread || !isWhole);
  }

  /** The same object as long as it says the same: each step asks. */
  #context({ unix }: Now): MempoolContext {
    const height = this.#chain.tip.height + 1;
    const last = this.#lastContext;
    if (last?.height === height && last.now === unix) return last;
    this.#lastContext = { height, now: unix };
    return this.#lastContext;
  }

  #entriesOf(events: readonly ChainEvent[], type: ChainEvent['type']): HeaderEntry[] {
    return events.flatMap((event) => {
      const entry = event.type === type && 'hash' in event && this.#chain.entry(event.hash);
      return entry ? [entry] : [];
    });
  }

  /**
   * What `blocks` held, coinbases included: from the lowest on, until it is too much, or one cannot
   * be read.
   */
  #returned(blocks: readonly HeaderEntry[]): Returned {
    const transactions: DecodedTransaction[] = [];
    let bytes = 0;
    for (const entry of blocks) {
      const block = bytes > RETURNED_BYTES_MAX ? undefined : this.#chain.decoded(entry);
      if (block === undefined) return { transactions, isWhole: false };
      for (const tx of block.transactions) {
        transactions.push(tx);
        bytes += tx.bytes.length;
      }
    }
    return { transactions, isWhole: true };
  }

  #expire({ mono, unix }: Now): void {
    if (mono < this.#expireAt) return;
    this.#expireAt = mono + EXPIRE_EVERY_MS;
    this.mempool.expire(unix);
  }

  #keep({ entry, departure }: MempoolChange): void {
    const { number, addedAt, tx } = entry;
    if (departure !== undefined) this.#store.deleteTransaction(number);
    else this.#store.putTransaction({ number, addedAt, bytes: tx.bytes });
  }
}
