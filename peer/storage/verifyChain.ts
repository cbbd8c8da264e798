/**
 * Recomputes a chain from genesis: headers, bodies, signatures and coins, trusting nothing but the
 * network's parameters, and compares the coins and the undo of each block that come out with the
 * stored ones. What `cairn chain verify` runs.
 *
 * A block that is lost does not end it: what is above is checked as far as that goes without coins.
 */

import { equalBytes } from '../../shared/bytes.js';
import type { Block } from '../../shared/consensus/block.js';
import { checkBlock } from '../../shared/consensus/checkBlock.js';
import { checkSignatures } from '../../shared/consensus/checkTransaction.js';
import { describeReject, type Reject } from '../../shared/consensus/reject.js';
import { ok, fail, type Result } from '../../shared/result.js';
import type { BlockHash } from '../../shared/units.js';
import { Bodies } from '../chain/bodies.js';
import { encodeCoins } from '../chain/coinBytes.js';
import { CoinView } from '../chain/coinView.js';
import { addOutputs, connectBlock, disconnectBlock } from '../chain/connect.js';
import { forkOf, pathUp, type HeaderEntry } from '../chain/headerEntry.js';
import { startFrom } from '../chain/load.js';
import { StoreDamage, type Coin } from '../chain/store.js';
import { isUnreadable } from './chainTrouble.js';
import { BEGIN_ANEW, lostBlocks, lostUndo, type Loss } from './lostParts.js';
import { standingIn, type ChainSnapshot } from './snapshot.js';

/** A chain that is right. */
export interface VerifiedChain {
  readonly tip: BlockHash;
  readonly height: number;
  readonly transactionCount: number;
  /** Unspent coins at the block up to which the database has taken them in. */
  readonly coinCount: number;
}

/** Why a chain is not right. */
export interface ChainFlaw {
  /** 'lost': what is there is right, but some of it is not there. */
  readonly type: 'wrong' | 'lost';
  /** A sentence, or more. */
  readonly problem: string;
  /** What to do. */
  readonly advice: string;
}

/** How far it is: blocks done, of how many. */
export interface VerifyProgress {
  readonly done: number;
  readonly of: number;
}

/** Verifies the whole chain of `snapshot`, a block for each `next`. */
export function* verifyChain(
  snapshot: ChainSnapshot,
): Generator<VerifyProgress, Result<VerifiedChain, ChainFlaw>> {
  try {
    return yield* new Verifier(snapshot).run();
  } catch (error) {
    if (error instanceof StoreDamage) return fail(wrong(error.message));
    if (isUnreadable(error)) return fail(wrong('SQLite cannot read a page of the file.'));
    throw error;
  }
}

const wrong = (problem: string): ChainFlaw => ({ type: 'wrong', problem, advice: BEGIN_ANEW });

class Verifier {
  readonly #snapshot: ChainSnapshot;
  readonly #bodies: Bodies;
  readonly #coins = new CoinView(() => undefined);
  readonly #lostBlocks: number[] = [];
  readonly #lostUndo: number[] = [];
  #transactionCount = 0;
  #done = 0;
  #of = 0;

  constructor(snapshot: ChainSnapshot) {
    this.#snapshot = snapshot;
    this.#bodies = new Bodies(snapshot.chain);
  }

  *run(): Generator<VerifyProgress, Result<VerifiedChain, ChainFlaw>> {
    const { tree, tip, position } = standingIn(this.#snapshot);
    for (const tx of this.#snapshot.network.genesis.transactions) addOutputs(tx, 0, this.#coins);
    const fork = forkOf(tip, position);
    this.#of = tip.height + position.height - fork.height;
    yield* this.#connect(tree.genesis, fork);
    const undos: Coin[][] = [];
    yield* this.#connect(fork, position, undos);
    let coinCount = 0;
    if (this.#hasCoins) {
      coinCount = this.#compareCoins(position);
      this.#disconnect(fork, position, undos);
    }
    yield* this.#connect(fork, tip);
    const flaw = this.#flaw(startFrom(position));
    if (flaw !== undefined) return fail(flaw);
    const { hash, height } = tip;
    return ok({ tip: hash, height, transactionCount: this.#transactionCount, coinCount });
  }

  /** Whether the coins are known: no block so far is lost. */
  get #hasCoins(): boolean {
    return this.#lostBlocks.length === 0;
  }

  /** Connects what is above `from` up to `to`; adds the undo of each to `undos`. */
  *#connect(from: HeaderEntry, to: HeaderEntry, undos?: Coin[][]): Generator<VerifyProgress, void> {
    for (const entry of pathUp(from, to)) {
      const undo = this.#connectOne(entry);
      undos?.push(undo);
      yield { done: ++this.#done, of: this.#of };
    }
  }

  /** Returns the undo; none where the coins are not known. */
  #connectOne(entry: HeaderEntry): Coin[] {
    const { params, idBytes } = this.#snapshot.network;
    const { height } = entry;
    const block = this.#read(entry);
    if (block === undefined) {
      this.#lostBlocks.push(height);
      return [];
    }
    demand(entry, checkBlock(params, block, height));
    for (const tx of block.transactions) demand(entry, checkSignatures(tx, idBytes));
    this.#transactionCount += block.transactions.length;
    if (!this.#hasCoins) return [];
    const undo = demand(entry, connectBlock({ params, height }, block, this.#coins));
    if (!this.#isStored(entry, undo)) this.#lostUndo.push(height);
    return undo;
  }

  /** `undefined` when it is lost; one that is there must be the block that it claims to be. */
  #read(entry: HeaderEntry): Block | undefined {
    const block = this.#bodies.read(entry);
    if (block !== undefined || this.#snapshot.chain.body(entry.id) === undefined) return block;
    return this.#bodies.need(entry);
  }

  /** Every block that was connected once has its undo. */
  #isStored(entry: HeaderEntry, undo: readonly Coin[]): boolean {
    try {
      const stored = this.#snapshot.chain.undo(entry.id);
      return stored !== undefined && equalBytes(stored, encodeCoins(undo));
    } catch (error) {
      if (isUnreadable(error)) return false;
      throw error;
    }
  }

  #disconnect(fork: HeaderEntry, position: HeaderEntry, undos: Coin[][]): void {
    for (const entry of [...pathUp(fork, position)].toReversed()) {
      disconnectBlock(this.#bodies.need(entry), undos.pop() ?? [], this.#coins);
    }
  }

  #flaw(from: number): ChainFlaw | undefined {
    const [firstLost] = this.#lostBlocks;
    const losses: Loss[] = [];
    if (firstLost !== undefined) {
      losses.push(lostBlocks({ heights: this.#lostBlocks, startFrom: from }));
    }
    if (this.#lostUndo.length > 0) {
      losses.push(lostUndo({ heights: this.#lostUndo, startFrom: from }));
    }
    const [first] = losses;
    if (first === undefined) return undefined;
    const problems = losses.map(({ problem }) => problem);
    if (firstLost !== undefined) problems.push(withoutCoins(firstLost));
    return { type: 'lost', problem: problems.join(' '), advice: first.advice };
  }

  /** The stored coins are exactly those of `position`; returns how many. */
  #compareCoins(position: HeaderEntry): number {
    const at = `at block ${String(position.height)}`;
    let count = 0;
    for (const [outpoint, stored] of this.#snapshot.chain.coins()) {
      const coin = this.#coins.coin(outpoint);
      if (coin === undefined)
        throw new StoreDamage(`Coin ${outpoint} is stored, but not there ${at}.`);
      if (!isSame(coin, stored)) throw new StoreDamage(`Coin ${outpoint} is stored wrongly ${at}.`);
      count++;
    }
    const expected = this.#coins.changeCount;
    if (expected === count) return count;
    throw new StoreDamage(`Only ${String(count)} of ${String(expected)} coins are stored ${at}.`);
  }
}

const withoutCoins = (height: number): string =>
  `From block ${String(height)} on, coins and undo data could not be checked.`;

function demand<T>(entry: HeaderEntry, result: Result<T, Reject>): T {
  if (result.ok) return result.value;
  const { height, hash } = entry;
  const what = describeReject(result.error);
  throw new StoreDamage(`Block ${String(height)} (${hash}) breaks a rule: ${what}`);
}

const isSame = (a: Coin, b: Coin): boolean =>
  a.amount === b.amount &&
  a.address === b.address &&
  a.height === b.height &&
  a.isCoinbase === b.isCoinbase;
