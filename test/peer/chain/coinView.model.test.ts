/**
 * Coins over connected and disconnected blocks, writes to SQLite, failed writes and crashes: the
 * view and the store against a twin that keeps a whole map of coins for each block of the chain.
 */

import { expect } from 'chai';
import fc from 'fast-check';
import { decodeCoins, encodeCoins } from '../../../peer/chain/coinBytes.js';
import { CoinView } from '../../../peer/chain/coinView.js';
import { connectBlock, disconnectBlock } from '../../../peer/chain/connect.js';
import type { Coin } from '../../../peer/chain/store.js';
import type { Block } from '../../../shared/consensus/block.js';
import { isCoinbase, outpointKey } from '../../../shared/consensus/transaction.js';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
  type MadeBlock,
  type Spendable,
} from '../../support/blocks.js';
import { memoryStore } from '../../support/chains.js';

const network = makeNetwork({ maturity: 2 });
const { params } = network;

/** The chain up to some block, as the twin sees it. */
interface Level {
  readonly made: MadeBlock;
  /** All coins after it. */
  readonly coins: ReadonlyMap<string, Coin>;
  /** What it spent, as the real code gave it. */
  readonly undo: Uint8Array;
}

/** The coins after `block`, by copying all of them. */
function after(coins: ReadonlyMap<string, Coin>, block: Block, height: number): Map<string, Coin> {
  const next = new Map(coins);
  for (const tx of block.transactions) {
    for (const { txid, index } of tx.inputs) next.delete(outpointKey(txid, index));
    tx.outputs.forEach((output, index) => {
      const made = { ...output, height, isCoinbase: isCoinbase(tx) };
      next.set(outpointKey(tx.txid, index), made);
    });
  }
  return next;
}

const GENESIS: Level = {
  made: genesisOf(network),
  coins: after(new Map(), network.genesis, 0),
  undo: new Uint8Array(),
};

/** Those who have a coin in the genesis block. */
const OWNERS = [0, 1, 2, 3, 4].map(owner);

class World {
  readonly #store = memoryStore(network);
  #view = this.#openView();
  /** From genesis to the block up to which coins were applied. */
  #levels: readonly Level[] = [GENESIS];
  /** The same for the coins in the store. */
  #stored: readonly Level[] = this.#levels;
  /** Every outpoint that ever was. */
  readonly #outpoints = new Set(GENESIS.coins.keys());

  constructor() {
    this.#store.writeCoins({ created: GENESIS.coins, spent: new Set() });
  }

  do({ kind, picks }: Operation): void {
    if (kind === 'connect') this.#connect(picks);
    else if (kind === 'disconnect') this.#disconnect();
    else if (kind === 'again') this.#again();
    else if (kind === 'refused') this.#refuse(picks);
    else if (kind === 'flush') this.#flush();
    else this.#crash(kind === 'failed flush');
    this.#expectCoins();
  }

  get #tip(): Level {
    return this.#levels.at(-1) ?? GENESIS;
  }

  #openView(): CoinView {
    return new CoinView((outpoint) => this.#store.coin(outpoint));
  }

  /** A block in which picked coins are joined and halved, also those made in the same block. */
  #connect(picks: readonly number[]): void {
    this.#apply(this.#block(picks, []));
  }

  #apply(made: MadeBlock): void {
    const { height } = made.point;
    const undo = connectBlock({ params, height }, made.block, this.#view);
    if (!undo.ok) expect.fail(`refused: ${undo.error.code}`);
    const coins = after(this.#tip.coins, made.block, height);
    for (const outpoint of coins.keys()) this.#outpoints.add(outpoint);
    this.#levels = [...this.#levels, { made, coins, undo: encodeCoins(undo.value) }];
  }

  #disconnect(): void {
    if (this.#levels.length === 1) return;
    const { made, undo } = this.#tip;
    disconnectBlock(made.block, decodeCoins(undo), this.#view);
    this.#levels = this.#levels.slice(0, -1);
  }

  /** Back and forth over one block: all of its coins go and come under the same names. */
  #again(): void {
    if (this.#levels.length === 1) return;
    const { made } = this.#tip;
    this.#disconnect();
    this.#apply(made);
  }

  /** A block whose last transaction spends what is not there: all before it is taken back. */
  #refuse(picks: readonly number[]): void {
    const gone = [...this.#outpoints].find((outpoint) => !this.#tip.coins.has(outpoint));
    if (gone === undefined) return;
    const [txid, index] = [gone.slice(0, 64), Number.parseInt(gone.slice(64), 16)];
    // Were it made anew in this block, it would not be worth so much.
    const coin = { txid, index, amount: 2 ** 52, owner: owner(0) } as Spendable;
    const { block, point } = this.#block(picks, [coin]);
    const result = connectBlock({ params, height: point.height }, block, this.#view);
    expect(result.ok).to.equal(false);
  }

  #block(picks: readonly number[], more: readonly Spendable[]): MadeBlock {
    const { made, coins } = this.#tip;
    const there = spendable(coins);
    const transactions = picks.flatMap((pick) => {
      const coins = there.splice(pick % Math.max(1, there.length), 1 + (pick % 3));
      const total = coins.reduce((sum, { amount }) => sum + amount, 0);
      if (total < 2) return [];
      const half = Math.floor(total / 2);
      const outputs = [pay(owner(pick % 5), half), pay(owner(0), total - half)];
      const tx = spend(network, { coins, outputs });
      there.unshift({ txid: tx.txid, index: 0, ...holder(tx.outputs[0]) });
      return [tx];
    });
    const others = more.map((coin) =>
      spend(network, { coins: [coin], outputs: [pay(owner(0), 1)] }),
    );
    return nextBlock(network, made, {
      transactions: [...transactions, ...others],
      payTo: owner(1),
    });
  }

  #flush(): void {
    const size = this.#view.changeCount;
    const delta = this.#view.take();
    expect(delta.created.size + delta.spent.size).to.equal(size);
    // What was made and spent in between is not among them.
    const stored = this.#stored.at(-1) ?? GENESIS;
    expect([...stored.coins.keys()]).to.include.members([...delta.spent]);
    this.#store.writeCoins(delta);
    this.#stored = this.#levels;
    expect(this.#view.changeCount).to.equal(0);
  }

  /** The process ends: what was not written is gone, also what a transaction had begun to write. */
  #crash(isInWrite: boolean): void {
    const write = (): void => {
      this.#store.atomically(() => {
        this.#store.writeCoins(this.#view.take());
        throw new Error('the process ends');
      });
    };
    if (isInWrite) expect(write).to.throw('the process ends');
    this.#view = this.#openView();
    this.#levels = this.#stored;
  }

  #expectCoins(): void {
    for (const outpoint of this.#outpoints) {
      expect(this.#view.coin(outpoint), outpoint).to.deep.equal(this.#tip.coins.get(outpoint));
    }
    const stored = this.#stored.at(-1)?.coins ?? new Map<string, Coin>();
    expect(new Map(this.#store.coins())).to.deep.equal(new Map([...stored].sort()));
  }
}

/** The coins of owners 0 to 4 that are mature, as what can be spent. */
const spendable = (coins: ReadonlyMap<string, Coin>): Spendable[] =>
  [...coins]
    .filter(([, coin]) => !coin.isCoinbase || coin.height === 0)
    .map(([outpoint, coin]) => ({
      txid: outpoint.slice(0, 64) as Spendable['txid'],
      index: Number.parseInt(outpoint.slice(64), 16),
      ...holder(coin),
    }));

function holder(output?: Pick<Coin, 'amount' | 'address'>): Pick<Spendable, 'amount' | 'owner'> {
  const found = OWNERS.find(({ address }) => address === output?.address);
  if (found === undefined || output === undefined) return expect.fail('an output of our owners');
  return { amount: output.amount, owner: found };
}

const operation = fc.record({
  kind: fc.constantFrom(
    ...(['connect', 'connect', 'connect', 'disconnect', 'disconnect', 'again'] as const),
    ...(['refused', 'flush', 'flush', 'crash', 'failed flush'] as const),
  ),
  picks: fc.array(fc.nat(50), { maxLength: 4 }),
});
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

describe('chain/coinView: model', () => {
  it('has the coins of a recount after every connect, disconnect, write and crash', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(fc.array(operation, { minLength: 5, maxLength: 40 }), (operations) => {
        const world = new World();
        for (const each of operations) world.do(each);
      }),
      { numRuns: 60 },
    );
  });
});
