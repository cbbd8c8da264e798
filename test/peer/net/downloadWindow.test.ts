import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { DownloadWindow, WINDOW } from '../../../peer/net/downloadWindow.js';
import type { BlockHash } from '../../../shared/units.js';
import { genesisOf, makeNetwork, nextBlocks } from '../../support/blocks.js';
import { LATE, memoryStore } from '../../support/chains.js';
import { genesisEnd, headerBranch } from '../../support/headers.js';

const network = makeNetwork();
const anything = (): boolean => true;
const nothing = (): boolean => false;
const HIGH = 1_000_000;

/** A window towards the last of `count` headers of blocks that the chain does not have. */
function windowOf(count: number) {
  const chain = new Chain(network, memoryStore(network));
  const { bytes } = headerBranch(network, genesisEnd(network), count);
  for (let at = 0; at < bytes.length; at += 80) {
    chain.acceptHeader(bytes.subarray(at, at + 80), LATE);
  }
  const window = new DownloadWindow(chain, chain.bestHeader);
  const hashes = window.pick(HIGH, HIGH, nothing, anything).map(({ hash }) => hash);
  return { window, hashes, heights: heightsOf(window) };
}

const heightsOf =
  (window: DownloadWindow) =>
  (count: number, heightMax = HIGH, holds: (hash: BlockHash) => boolean = anything): number[] =>
    window.pick(count, heightMax, nothing, holds).map(({ height }) => height);

describe('net/downloadWindow', () => {
  it('has the missing bodies of the next 1,024 blocks, lowest first', () => {
    const { window, hashes, heights } = windowOf(1_500);
    expect(hashes).to.have.length(WINDOW);
    expect(heights(3)).to.deep.equal([1, 2, 3]);
    expect(window.has(hashes[0] as BlockHash)).to.equal(true);
    expect(window.refresh()).to.equal(false);
  });

  it('picks what a peer can give, up to where that reaches', () => {
    const { hashes, heights } = windowOf(10);
    expect(heights(2, 7, (hash) => hash !== hashes[1])).to.deep.equal([1, 3]);
    expect(heights(9, 4)).to.deep.equal([1, 2, 3, 4]);
    expect(heights(9, 0)).to.deep.equal([]);
  });

  it('forgets what came', () => {
    const { window, hashes, heights } = windowOf(3);
    window.remove(hashes[1] as BlockHash);
    expect(heights(3)).to.deep.equal([1, 3]);
    expect(window.has(hashes[1] as BlockHash)).to.equal(false);
  });

  it('picks nothing that is asked for, until that is released', () => {
    const { window, hashes, heights } = windowOf(6);
    const asked = new Set(hashes.slice(0, 3));
    const isAsked = (hash: BlockHash): boolean => asked.has(hash);
    const picked = (): number[] =>
      window.pick(3, HIGH, isAsked, anything).map(({ height }) => height);
    expect(picked()).to.deep.equal([4, 5, 6]);
    asked.clear();
    expect(picked()).to.deep.equal([4, 5, 6]);
    for (const hash of [hashes[2], hashes[0], hashes[5]]) window.release(hash as BlockHash);
    expect(picked()).to.deep.equal([1, 3, 4]);
    for (const hash of hashes) window.remove(hash);
    window.release(hashes[0] as BlockHash);
    expect([window.hasFree, heights(9)]).to.deep.equal([false, []]);
  });

  it('is held up by its lowest block when all of it is asked for and there is more above', () => {
    const { window, hashes } = windowOf(1_500);
    const [first, second] = hashes as [BlockHash, BlockHash];
    expect(window.isHeldUpBy(first, anything)).to.equal(true);
    expect(window.isHeldUpBy(second, anything)).to.equal(false);
    expect(window.isHeldUpBy(first, (hash) => hash !== second)).to.equal(false);
    const short = windowOf(100);
    expect(short.window.isHeldUpBy(short.hashes[0] as BlockHash, anything)).to.equal(false);
  });

  it('moves on once its lowest block came, and does not look before that', () => {
    const chain = new Chain(network, memoryStore(network));
    const blocks = nextBlocks(network, genesisOf(network), 1_100);
    for (const { bytes } of blocks) chain.acceptHeader(bytes.subarray(0, 80), LATE);
    const window = new DownloadWindow(chain, chain.bestHeader);
    const come = (from: number, to: number): void => {
      for (const { bytes, block } of blocks.slice(from, to)) {
        chain.acceptBlock(bytes, LATE);
        window.remove(block.hash);
      }
    };
    come(1, 600);
    expect(window.refresh()).to.equal(false);
    come(0, 1);
    expect(window.refresh()).to.equal(true);
    expect(window.pick(HIGH, HIGH, nothing, anything).at(-1)?.height).to.equal(1_100);
    come(600, 1_100);
    expect(window.refresh()).to.equal(false);
  });
});
