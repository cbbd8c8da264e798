import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import type { HeaderEntry } from '../../../peer/chain/headerEntry.js';
import { WantedBlocks } from '../../../peer/net/wantedBlocks.js';
import type { BlockHash } from '../../../shared/units.js';
import { genesisOf, makeNetwork, nextBlock, nextBlocks } from '../../support/blocks.js';
import { accept, feed, LATE, memoryStore, storeToDamage } from '../../support/chains.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const anything = (): boolean => true;
const everywhere = (): number => 1_000_000;

/** Ten blocks and five others from the fifth on, of which the chain has the headers. */
function scene() {
  const store = memoryStore(network);
  const chain = new Chain(network, store);
  const trunk = nextBlocks(network, genesis, 10);
  const side = nextBlocks(network, trunk[4] ?? genesis, 4, { extraNonce: 1 });
  const entryOf = ({ bytes }: { readonly bytes: Uint8Array }): HeaderEntry => {
    const accepted = chain.acceptHeader(bytes.subarray(0, 80), LATE);
    if (!accepted.ok) throw new Error(accepted.error.code);
    return accepted.value.entry;
  };
  const [trunkEnd, sideEnd] = [trunk, side].map((blocks) => blocks.map(entryOf).at(-1)) as [
    HeaderEntry,
    HeaderEntry,
  ];
  let shown: HeaderEntry[][] = [];
  const wanted = new WantedBlocks(chain, () => shown);
  const shows = (...byPeer: HeaderEntry[][]): void => {
    shown = byPeer;
  };
  const show = (...byPeer: HeaderEntry[][]): void => {
    shows(...byPeer);
    wanted.refresh({ best: undefined, otherWork: trunkEnd.chainWork });
  };
  const heights = (hashes: readonly BlockHash[]): (number | undefined)[] =>
    hashes.map((hash) => chain.entry(hash)?.height);
  return { chain, store, trunk, side, trunkEnd, sideEnd, wanted, shows, show, heights };
}

describe('net/wantedBlocks', () => {
  it('wants what leads to each head, once, that of the best head first', () => {
    const { wanted, show, heights, trunkEnd, sideEnd } = scene();
    show([sideEnd], [trunkEnd]);
    expect(wanted.heads).to.deep.equal([trunkEnd, sideEnd]);
    const taken = wanted.take(99, everywhere, anything);
    expect(heights(taken)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 6, 7, 8, 9]);
    expect(wanted.take(99, everywhere, anything)).to.deep.equal([]);
  });

  it('gives a peer what leads to its heads, up to where it reaches', () => {
    const { wanted, show, heights, trunkEnd, sideEnd } = scene();
    show([sideEnd], [trunkEnd]);
    const reach = (head: HeaderEntry): number => (head === trunkEnd ? 5 : 7);
    expect(heights(wanted.take(99, reach, anything))).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    const odd = (hash: BlockHash): boolean => Number(heights([hash])[0]) % 2 === 1;
    expect(heights(wanted.take(2, everywhere, odd))).to.deep.equal([7, 9]);
  });

  it('gives again what was released, and not what came', () => {
    const { wanted, show, heights, trunkEnd } = scene();
    show([trunkEnd]);
    const taken = wanted.take(4, everywhere, anything);
    wanted.remove(taken[1] as BlockHash);
    wanted.release([...taken].reverse());
    expect(heights(wanted.take(4, everywhere, anything))).to.deep.equal([1, 3, 4, 5]);
    expect(wanted.has(taken[1] as BlockHash)).to.equal(false);
    expect(wanted.has(taken[0] as BlockHash)).to.equal(true);
  });

  it('wants nothing more towards a head that nobody shows, that was reached, or is invalid', () => {
    const { wanted, show, chain, store, trunk, side, trunkEnd, sideEnd } = scene();
    show([sideEnd], [trunkEnd]);
    show([sideEnd]);
    expect(wanted.heads).to.deep.equal([sideEnd]);
    show([sideEnd], [trunkEnd]);
    feed(chain, store, trunk.slice(0, 9));
    expect(wanted.refresh(undefined)).to.equal(true);
    expect(wanted.heads).to.deep.equal([trunkEnd]);
    const bad = nextBlock(network, side[3] ?? genesis, { reward: 2 ** 52 });
    const header = chain.acceptHeader(bad.bytes.subarray(0, 80), LATE);
    expect(header.ok).to.equal(true);
    show([trunkEnd], header.ok ? [header.value.entry] : []);
    expect(wanted.heads).to.have.length(2);
    feed(chain, store, [...side, bad]);
    expect(wanted.refresh(undefined)).to.equal(true);
    expect(wanted.heads).to.deep.equal([trunkEnd]);
  });

  it('chooses anew for a head that is not chosen, not for one more peer that shows one', () => {
    const { wanted, show, shows, trunkEnd, sideEnd } = scene();
    show([sideEnd]);
    shows([sideEnd], [trunkEnd]);
    expect(wanted.refresh({ best: sideEnd, otherWork: 0n })).to.equal(false);
    expect(wanted.heads).to.deep.equal([sideEnd]);
    expect(wanted.refresh({ best: trunkEnd, otherWork: 0n })).to.equal(true);
    expect(wanted.heads).to.deep.equal([trunkEnd, sideEnd]);
    shows([trunkEnd]);
    expect(wanted.refresh({ best: trunkEnd, otherWork: sideEnd.chainWork })).to.equal(true);
    expect(wanted.heads).to.deep.equal([trunkEnd]);
  });

  it('tells what is on the way to a head that more than one block leads to', () => {
    const { wanted, show, chain, store, trunk, trunkEnd, sideEnd } = scene();
    show([trunkEnd]);
    expect(wanted.isOnLongWay(trunkEnd)).to.equal(true);
    expect(wanted.isOnLongWay(sideEnd)).to.equal(false);
    feed(chain, store, trunk.slice(0, 9));
    expect(wanted.isOnLongWay(trunkEnd)).to.equal(false);
  });

  describe('with bodies that the disk lost', () => {
    /** Twelve blocks of the chain, of which the disk lost all from the second on. */
    function losses() {
      const { store, database } = storeToDamage();
      const chain = new Chain(network, store);
      const blocks = nextBlocks(network, genesis, 12);
      feed(chain, store, blocks);
      database.exec('DELETE FROM bodies WHERE id > 1');
      const wanted = new WantedBlocks(chain, () => []);
      for (const { block } of blocks) chain.block(block.hash);
      expect(wanted.refresh(undefined)).to.equal(true);
      const take = (count: number, heightMax: number): (number | undefined)[] =>
        wanted.take(count, () => heightMax, anything).map((hash) => chain.entry(hash)?.height);
      return { chain, store, blocks, wanted, take };
    }

    it('wants eight of them at a time, each once', () => {
      const { chain, store, blocks, wanted, take } = losses();
      expect(take(99, 12)).to.deep.equal([2, 3, 4, 5, 6, 7, 8, 9]);
      expect(take(99, 12)).to.deep.equal([]);
      const [second = expect.fail()] = blocks.slice(1);
      accept(chain, store, second.bytes);
      expect(wanted.has(second.block.hash)).to.equal(false);
      expect(take(99, 12)).to.deep.equal([10]);
    });

    it('wants as many as there is room for, and of a peer what it reaches', () => {
      const { take } = losses();
      expect(take(99, 4)).to.deep.equal([2, 3, 4]);
      expect(take(2, 12)).to.deep.equal([5, 6]);
    });
  });
});
