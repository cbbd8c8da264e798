/**
 * Recomputes a chain from genesis: headers, bodies, signatures and coins, trusting nothing but the
 * network's parameters, and compares the coins that come out with the stored ones. What `cairn
 * chain verify` runs.
 */

import { checkBlock } from '../../shared/consensus/checkBlock.js';
import { checkSignatures } from '../../shared/consensus/checkTransaction.js';
import { describeReject, type Reject } from '../../shared/consensus/reject.js';
import { ok, fail, type Result } from '../../shared/result.js';
import type { BlockHash } from '../../shared/units.js';
import { Bodies } from '../chain/bodies.js';
import { CoinView } from '../chain/coinView.js';
import { addOutputs, connectBlock, disconnectBlock } from '../chain/connect.js';
import { forkOf, pathUp, type HeaderEntry } from '../chain/headerEntry.js';
import { StoreDamage, type Coin } from '../chain/store.js';
import { isUnreadable } from './chainTrouble.js';
import { standingIn, type ChainSnapshot } from './snapshot.js';

/** A chain that is right. */
export interface VerifiedChain {
  readonly tip: BlockHash;
  readonly height: number;
  readonly transactionCount: number;
  /** Unspent coins at the block up to which the database has taken them in. */
  readonly coinCount: number;
}

/** How far it is: blocks done, of how many. */
export interface VerifyProgress {
  readonly done: number;
  readonly of: number;
}

/**
 * Verifies the whole chain of `snapshot`, a block for each `next`. The error is a sentence that
 * says what is wrong and at which block.
 */
export function* verifyChain(
  snapshot: ChainSnapshot,
): Generator<VerifyProgress, Result<VerifiedChain, string>> {
  try {
    return ok(yield* new Verifier(snapshot).run());
  } catch (error) {
    if (error instanceof StoreDamage) return fail(error.message);
    if (isUnreadable(error)) return fail('SQLite cannot read a page of the file.');
    throw error;
  }
}

class Verifier {
  readonly #snapshot: ChainSnapshot;
  readonly #bodies: Bodies;
  readonly #coins = new CoinView(() => undefined);
  #transactionCount = 0;
  #done = 0;
  #of = 0;

  constructor(snapshot: ChainSnapshot) {
    this.#snapshot = snapshot;
    this.#bodies = new Bodies(snapshot.chain);
  }

  *run(): Generator<VerifyProgress, VerifiedChain> {
    const { tree, tip, position } = standingIn(this.#snapshot);
    for (const tx of this.#snapshot.network.genesis.transactions) addOutputs(tx, 0, this.#coins);
    const fork = forkOf(tip, position);
    this.#of = tip.height + position.height - fork.height;
    yield* this.#connect(tree.genesis, fork);
    const undos: Coin[][] = [];
    yield* this.#connect(fork, position, undos);
    const coinCount = this.#compareCoins(position);
    const behind = [...pathUp(fork, position)].toReversed();
    for (const entry of behind) {
      disconnectBlock(this.#bodies.need(entry), undos.pop() ?? [], this.#coins);
    }
    yield* this.#connect(fork, tip);
    const { hash, height } = tip;
    return { tip: hash, height, transactionCount: this.#transactionCount, coinCount };
  }

  /** Connects what is above `from` up to `to`; adds the undo of each to `undos`. */
  *#connect(from: HeaderEntry, to: HeaderEntry, undos?: Coin[][]): Generator<VerifyProgress, void> {
    for (const entry of pathUp(from, to)) {
      const undo = this.#connectOne(entry);
      undos?.push(undo);
      yield { done: ++this.#done, of: this.#of };
    }
  }

  #connectOne(entry: HeaderEntry): Coin[] {
    const { params, idBytes } = this.#snapshot.network;
    const block = this.#bodies.need(entry);
    const { height } = entry;
    demand(entry, checkBlock(params, block, height));
    for (const tx of block.transactions) demand(entry, checkSignatures(tx, idBytes));
    this.#transactionCount += block.transactions.length;
    return demand(entry, connectBlock({ params, height }, block, this.#coins));
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
