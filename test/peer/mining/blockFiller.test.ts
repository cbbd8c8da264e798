import { expect } from 'chai';
import { BlockFiller } from '../../../peer/mining/blockFiller.js';
import { BLOCK_OVERHEAD_BYTES } from '../../../shared/consensus/block.js';
import type { Amount, UnixSeconds } from '../../../shared/units.js';
import { makeNetwork, owner } from '../../support/blocks.js';
import { childOf, emptyMempool, payGenesis, payOn } from '../../support/mempools.js';

const network = makeNetwork();
const context = { height: 10, now: 1_800_000_000 as UnixSeconds };
/** Of a coinbase with one output and a memo of 8 bytes. */
const COINBASE_BYTES = 13 + 29 + 8;

function scene(blockBytesMax = 100_000) {
  const mempool = emptyMempool(network);
  const waiting = { mempool, isAtTip: true };
  return { mempool, waiting, filler: new BlockFiller(waiting, { blockBytesMax, tagBytes: 0 }) };
}

describe('mining/blockFiller', () => {
  it('takes what waits, parents first, with the sum of the fees', () => {
    const { mempool, filler } = scene();
    const parent = payGenesis(network, 0, 300);
    const child = childOf(network, parent, 0, 5_000);
    for (const tx of [parent, child]) mempool.add(tx, context);
    const { transactions, fees } = filler.first(true);
    expect(transactions).to.deep.equal([parent, child]);
    expect(fees).to.equal(5_300);
  });

  it('fills a block to the last byte, coinbase included', () => {
    const [one, two] = [payGenesis(network, 0), payGenesis(network, 1)];
    const room = BLOCK_OVERHEAD_BYTES + COINBASE_BYTES + one.bytes.length + two.bytes.length;
    for (const [bytes, count] of [
      [room, 2],
      [room - 1, 1],
    ] as const) {
      const { mempool, filler } = scene(bytes);
      for (const tx of [one, two]) mempool.add(tx, context);
      expect(filler.first(true).transactions).to.have.length(count);
    }
  });

  it('offers another choice only when it pays more', () => {
    const { mempool, filler } = scene();
    const first = filler.first(true);
    expect(filler.better(first)).to.equal(undefined);
    mempool.add(payGenesis(network, 0, 700), context);
    const better = filler.better(first);
    expect(better?.fees).to.equal(700);
    expect(better && filler.better(better)).to.equal(undefined);
    mempool.onConnected([payGenesis(network, 0, 900)]);
    expect(better && filler.better(better)).to.equal(undefined);
  });

  it('chooses nothing while it is not known what is right on the tip', () => {
    const { mempool, waiting, filler } = scene();
    mempool.add(payGenesis(network, 0), context);
    waiting.isAtTip = false;
    const nothing = filler.first(false);
    expect([nothing.transactions, nothing.version]).to.deep.equal([[], undefined]);
    expect(filler.better(nothing)).to.equal(undefined);
    waiting.isAtTip = true;
    expect(filler.better(nothing)?.transactions).to.have.length(1);
  });

  it('chooses nothing in a hurry where there is much to choose from', () => {
    const holder = owner(5);
    const amount = 5_000 as Amount;
    // Whatever is asked for is there.
    const coin = () => ({ amount, address: holder.address, height: 0, isCoinbase: false });
    const mempool = emptyMempool(network, { coin });
    const filler = new BlockFiller(
      { mempool, isAtTip: true },
      { blockBytesMax: 1_000_000, tagBytes: 0 },
    );
    const [coinbase = expect.fail()] = network.genesis.transactions;
    for (let index = 0; index <= 500; index++) {
      mempool.add(payOn(network, { txid: coinbase.txid, index, amount, owner: holder }), context);
      const count = index < 500 ? index + 1 : 0;
      expect(filler.first(true).transactions).to.have.length(count);
    }
    expect(filler.first(false).transactions).to.have.length(501);
  });
});
