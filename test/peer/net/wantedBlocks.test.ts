import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { WantedBlocks, WINDOW } from '../../../peer/net/wantedBlocks.js';
import { genesisOf, makeNetwork, nextBlocks } from '../../support/blocks.js';
import { feed, LATE, memoryStore } from '../../support/chains.js';
import { genesisEnd, headerBranch } from '../../support/headers.js';

const network = makeNetwork();
const nobody = (): boolean => false;
const anything = (): boolean => true;

/** A chain that knows `count` headers of blocks that it does not have. */
function chainWith(count: number) {
  const store = memoryStore(network);
  const chain = new Chain(network, store);
  const { bytes } = headerBranch(network, genesisEnd(network), count);
  for (let at = 0; at < bytes.length; at += 80) {
    chain.acceptHeader(bytes.subarray(at, at + 80), LATE);
  }
  return { chain, store };
}

describe('net/wantedBlocks', () => {
  it('wants the missing bodies of the next 1,024 blocks, lowest first', () => {
    const { chain } = chainWith(1_500);
    const wanted = new WantedBlocks(chain);
    expect(wanted.refresh(nobody)).to.equal(true);
    expect(wanted.freeCount).to.equal(WINDOW);
    expect(wanted.lowest?.height).to.equal(1);
    expect(wanted.take(3, anything).map(({ height }) => height)).to.deep.equal([1, 2, 3]);
    expect(wanted.refresh(nobody)).to.equal(false);
  });

  it('skips those that a peer cannot give, and gives them to the next', () => {
    const wanted = new WantedBlocks(chainWith(10).chain);
    wanted.refresh(nobody);
    const odd = wanted.take(3, ({ height }) => height % 2 === 1);
    expect(odd.map(({ height }) => height)).to.deep.equal([1, 3, 5]);
    expect(wanted.take(9, anything).map(({ height }) => height)).to.deep.equal([
      2, 4, 6, 7, 8, 9, 10,
    ]);
    expect(wanted.freeCount).to.equal(0);
    expect(wanted.take(1, anything)).to.deep.equal([]);
  });

  it('frees again in the order of heights what was released, and only what is wanted', () => {
    const wanted = new WantedBlocks(chainWith(6).chain);
    wanted.refresh(nobody);
    const taken = wanted.take(4, anything);
    const hashes = taken.map(({ hash }) => hash);
    wanted.remove(hashes[1] ?? network.id);
    wanted.release([...hashes.reverse(), network.id]);
    expect(wanted.take(9, anything).map(({ height }) => height)).to.deep.equal([1, 3, 4, 5, 6]);
  });

  it('is blocked when all of a full window is asked for', () => {
    const wanted = new WantedBlocks(chainWith(1_500).chain);
    wanted.refresh(nobody);
    expect(wanted.isBlocked).to.equal(false);
    wanted.take(WINDOW, anything);
    expect(wanted.isBlocked).to.equal(true);
    const short = new WantedBlocks(chainWith(100).chain);
    short.refresh(nobody);
    short.take(100, anything);
    expect(short.isBlocked).to.equal(false);
  });

  it('leaves out what somebody is asked for when it looks again', () => {
    const { chain } = chainWith(10);
    const wanted = new WantedBlocks(chain);
    wanted.refresh(nobody);
    const [first] = wanted.take(1, anything);
    wanted.forget();
    wanted.refresh((hash) => hash === first?.hash);
    expect(wanted.freeCount).to.equal(9);
    expect(wanted.has(first?.hash ?? network.id)).to.equal(true);
  });

  it('wants nothing once the chain has it all', () => {
    const store = memoryStore(network);
    const chain = new Chain(network, store);
    feed(chain, store, nextBlocks(network, genesisOf(network), 5));
    const wanted = new WantedBlocks(chain);
    wanted.refresh(nobody);
    expect(wanted.freeCount).to.equal(0);
    expect(wanted.lowest).to.equal(undefined);
  });
});
