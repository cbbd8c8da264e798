import { expect } from 'chai';
import fc from 'fast-check';
import { CoinView } from '../../../peer/chain/coinView.js';
import { addOutputs, connectBlock, disconnectBlock } from '../../../peer/chain/connect.js';
import type { Coin } from '../../../peer/chain/store.js';
import type { Block } from '../../../shared/consensus/block.js';
import {
  outpointKey,
  type DecodedTransaction,
  type Transaction,
} from '../../../shared/consensus/transaction.js';
import type { Amount, Txid } from '../../../shared/units.js';
import {
  ALLOCATION,
  coinOf,
  decoded,
  genesisCoin,
  genesisOf,
  makeCoinbase,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
  type MadeBlock,
  type NextBlock,
} from '../../support/blocks.js';
import { expectOk, expectReject } from '../../support/rejects.js';

const network = makeNetwork({ maturity: 3 });
const { params } = network;
const subsidy = params.subsidy;

/** The coins after genesis, in memory alone. */
function genesisCoins(): { view: CoinView; all: () => Map<string, Coin> } {
  const stored = new Map<string, Coin>();
  const view = new CoinView((outpoint) => stored.get(outpoint));
  const all = (): Map<string, Coin> => {
    const { created, spent } = view.take();
    for (const outpoint of spent) stored.delete(outpoint);
    for (const [outpoint, coin] of created) stored.set(outpoint, coin);
    return new Map([...stored].sort());
  };
  for (const tx of network.genesis.transactions) addOutputs(tx, 0, view);
  return { view, all };
}

/** A block on genesis with `next` in it. */
const firstBlock = (next: NextBlock): Block => nextBlock(network, genesisOf(network), next).block;

const connect = (block: Block, view: CoinView, height = 1): ReturnType<typeof connectBlock> =>
  connectBlock({ params, height }, block, view);

/**
 * A payment of genesis coin `i` to owner 5, changed and not signed again: connecting asks no
 * signature.
 */
function payment(
  i: number,
  changes: (tx: Transaction) => Partial<Transaction>,
): DecodedTransaction {
  const tx = spend(network, {
    coins: [genesisCoin(network, i)],
    outputs: [pay(owner(5), ALLOCATION - 10)],
  });
  return decoded({ ...tx, ...changes(tx) });
}

const unchanged = payment(0, () => ({}));
const genesisKey = (i: number): string => {
  const { txid, index } = genesisCoin(network, i);
  return outpointKey(txid, index);
};

describe('chain/connect', () => {
  it('takes away what was spent, adds what was made, and keeps what it took', () => {
    const { view } = genesisCoins();
    const block = firstBlock({ transactions: [unchanged] });
    const undo = expectOk(connect(block, view));
    const [coinbase] = block.transactions;
    expect(undo).to.deep.equal([
      { amount: ALLOCATION, address: owner(0).address, height: 0, isCoinbase: true },
    ]);
    expect(view.coin(genesisKey(0))).to.equal(undefined);
    expect(view.coin(outpointKey(unchanged.txid, 0))).to.deep.equal({
      amount: ALLOCATION - 10,
      address: owner(5).address,
      height: 1,
      isCoinbase: false,
    });
    expect(view.coin(outpointKey(coinbase?.txid ?? ('' as Txid), 0))).to.deep.include({
      amount: subsidy + 10,
      isCoinbase: true,
    });
  });

  it('lets a transaction spend what an earlier one of its block made, not a later one', () => {
    const second = spend(network, {
      coins: [coinOf(unchanged, 0, owner(5))],
      outputs: [pay(owner(6), 5)],
    });
    expectOk(connect(firstBlock({ transactions: [unchanged, second] }), genesisCoins().view));
    const outpoint = outpointKey(unchanged.txid, 0);
    const swapped = connect(firstBlock({ transactions: [second, unchanged] }), genesisCoins().view);
    expectReject(swapped, { code: 'missing-coin', txid: second.txid, outpoint });
  });
});

describe('chain/connect refuses', () => {
  /** Expects the refusal of a block with `tx` beside a good payment, and untouched coins. */
  function refused(tx: DecodedTransaction, reject: (tx: DecodedTransaction) => object): void {
    const { view, all } = genesisCoins();
    const before = all();
    const result = connect(firstBlock({ transactions: [payment(4, () => ({})), tx] }), view);
    expect(result).to.deep.equal({ ok: false, error: reject(tx) });
    expect(all()).to.deep.equal(before);
  }

  it('a coin that does not exist', () => {
    const txid = 'ab'.repeat(32) as Txid;
    const stranger = payment(0, ({ inputs }) => ({ inputs: inputs.map((i) => ({ ...i, txid })) }));
    refused(stranger, (tx) => ({
      code: 'missing-coin',
      txid: tx.txid,
      outpoint: outpointKey(txid, stranger.inputs[0]?.index ?? 0),
    }));
  });

  it('a coin that the block before has spent', () => {
    const { view } = genesisCoins();
    const first = nextBlock(network, genesisOf(network), { transactions: [unchanged] });
    expectOk(connect(first.block, view));
    const again = payment(0, () => ({ memo: Uint8Array.of(1) }));
    const second = nextBlock(network, first, { transactions: [again] });
    const outpoint = genesisKey(0);
    const result = connect(second.block, view, 2);
    expectReject(result, { code: 'missing-coin', txid: again.txid, outpoint });
  });

  it("an amount that is not the coin's", () => {
    const stated = (ALLOCATION + 1) as Amount;
    const tx = payment(0, ({ inputs }) => ({
      inputs: inputs.map((i) => ({ ...i, amount: stated })),
    }));
    const outpoint = genesisKey(0);
    refused(tx, ({ txid }) => ({
      code: 'wrong-amount',
      ...{ txid, outpoint, stated, actual: ALLOCATION },
    }));
  });

  it('a key that the coin is not locked to', () => {
    const tx = payment(0, () => ({ keys: [owner(1).key] }));
    refused(tx, ({ txid }) => ({ code: 'wrong-key', txid, outpoint: genesisKey(0) }));
  });

  it('a lock height above the height of the block, and takes that very height', () => {
    const locked = payment(0, () => ({ lockHeight: 2 }));
    refused(locked, ({ txid }) => ({ code: 'locked', txid, lockHeight: 2, height: 1 }));
    const block = firstBlock({ transactions: [payment(0, () => ({ lockHeight: 1 }))] });
    expectOk(connect(block, genesisCoins().view));
  });

  it('a coinbase that has not matured, and takes it one block later', () => {
    const { view } = genesisCoins();
    const first = nextBlock(network, genesisOf(network), { payTo: owner(3) });
    expectOk(connect(first.block, view));
    const [coinbase] = first.block.transactions;
    const reward = coinOf(coinbase ?? expect.fail('a coinbase'), 0, owner(3));
    const tx = spend(network, { coins: [reward], outputs: [pay(owner(4), 1)] });
    const tooEarly = connect(firstBlock({ transactions: [tx] }), view, 3);
    const outpoint = outpointKey(reward.txid, 0);
    expectReject(tooEarly, { code: 'immature-coin', txid: tx.txid, outpoint, from: 4 });
    expectOk(connect(firstBlock({ transactions: [tx] }), view, 4));
  });

  it('a coinbase that pays more than subsidy and fees', () => {
    const allowed = (subsidy + 10) as Amount;
    const { view, all } = genesisCoins();
    const before = all();
    const greedy = firstBlock({ transactions: [unchanged], reward: allowed + 1 });
    const found = allowed + 1;
    expectReject(connect(greedy, view), { code: 'bad-coinbase-amount', allowed, found });
    expect(all()).to.deep.equal(before);
    const modest = firstBlock({ transactions: [unchanged], reward: 1 });
    expectOk(connect(modest, view));
  });

  it('a coinbase that still pays the first subsidy after it halved', () => {
    const halving = makeNetwork({ halvingInterval: 1, subsidy: 100 as Amount });
    const context = { params: halving.params, height: 2 };
    const coinbase = makeCoinbase({ height: 2, outputs: [pay(owner(0), 51)] });
    const { block } = nextBlock(halving, genesisOf(halving), { coinbase });
    const allowed = 50 as Amount;
    const result = connectBlock(context, block, genesisCoins().view);
    expectReject(result, { code: 'bad-coinbase-amount', allowed, found: 51 });
  });
});

describe('chain/connect takes back', () => {
  /** A chain of blocks in which random coins are paid on, some of them within their own block. */
  const chains = fc.array(fc.array(fc.nat(), { maxLength: 6 }), { minLength: 1, maxLength: 5 });

  it('exactly what it did, block by block', () => {
    fc.assert(
      fc.property(chains, (plan) => {
        const { view, all } = genesisCoins();
        let parent: MadeBlock = genesisOf(network);
        const spendable = [0, 1, 2, 3, 4].map((i) => genesisCoin(network, i));
        const steps = plan.map((choices) => {
          const transactions = choices.flatMap((choice) => {
            const [coin] = spendable.splice(choice % spendable.length, 1);
            if (coin === undefined || coin.amount < 20) return [];
            const half = Math.floor(coin.amount / 2);
            const outputs = [pay(owner(1), half), pay(owner(2), coin.amount - half)];
            const tx = spend(network, { coins: [coin], outputs });
            spendable.push(coinOf(tx, 0, owner(1)), coinOf(tx, 1, owner(2)));
            return [tx];
          });
          const before = all();
          parent = nextBlock(network, parent, { transactions });
          const { block, point } = parent;
          return { block, before, undo: expectOk(connect(block, view, point.height)) };
        });
        for (const { block, before, undo } of steps.reverse()) {
          disconnectBlock(block, undo, view);
          expect(all()).to.deep.equal(before);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('nothing with the undo of another block', () => {
    const { view } = genesisCoins();
    const block = firstBlock({ transactions: [unchanged] });
    const undo = expectOk(connect(block, view));
    expect(() => {
      disconnectBlock(block, [...undo, ...undo], view);
    }).to.throw('one block');
  });
});
