import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { Follower, type FollowedChain } from '../../../peer/index/follower.js';
import { openIndexInMemory } from '../../../peer/storage/openIndex.js';
import type { SqliteIndex } from '../../../peer/storage/sqliteIndex.js';
import type { BlockHash } from '../../../shared/units.js';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  spendGenesis,
  type MadeBlock,
} from '../../support/blocks.js';
import { feed, memoryStore } from '../../support/chains.js';

describe('index/follower', () => {
  const network = makeNetwork();
  const genesis = genesisOf(network);
  const payment = spendGenesis(network, 0);
  const first = nextBlock(network, genesis, { transactions: [payment] });
  const left = [first, ...nextBlocks(network, first, 2)];
  const right = nextBlocks(network, genesis, 5, { extraNonce: 1 });

  /** A chain that was given `blocks`, and that may have lost some of them. */
  function chainOf(...blocks: MadeBlock[]): {
    readonly chain: FollowedChain;
    readonly lost: Set<BlockHash>;
    readonly give: (more: readonly MadeBlock[]) => void;
  } {
    const store = memoryStore(network);
    const real = new Chain(network, store);
    const lost = new Set<BlockHash>();
    const give = (more: readonly MadeBlock[]): void => void feed(real, store, more);
    give(blocks);
    const chain = {
      get tip() {
        return real.tip;
      },
      entry: (hash: BlockHash) => real.entry(hash),
      block: (hash: BlockHash) => (lost.has(hash) ? undefined : real.block(hash)),
    };
    return { chain, lost, give };
  }

  const hashOf = (block: MadeBlock | undefined): BlockHash => block?.block.hash ?? expect.fail();
  const standsAt = (index: SqliteIndex): BlockHash | undefined => index.cursor()?.hash;

  it('takes in genesis first, and rests at the tip', () => {
    const { chain } = chainOf(...left);
    const index = openIndexInMemory(network);
    const follower = new Follower(chain, index);
    expect(index.cursor()).to.equal(undefined);
    expect(index.height).to.equal(-1);
    expect(follower.blocksBehind).to.equal(4);
    expect(follower.followAll()).to.equal('resting');
    expect(index.cursor()).to.deep.equal({ height: 3, hash: hashOf(left.at(-1)) });
    expect(follower.blocksBehind).to.equal(0);
    expect(index.coins(owner(1).address)).to.have.length(1);
  });

  it('moves a bounded piece at a time, and stands at a block after each', () => {
    const { chain } = chainOf(...left);
    const index = openIndexInMemory(network);
    const follower = new Follower(chain, index, { stepCost: 1, batchCost: 1 });
    const heights: number[] = [];
    while (follower.step() === 'moving') heights.push(index.height);
    expect(heights).to.deep.equal([0, 1, 2]);
    expect(index.height).to.equal(3);
  });

  it('writes several blocks together in a long sync, and what is left at the tip', () => {
    const { chain } = chainOf(...left);
    const index = openIndexInMemory(network);
    const follower = new Follower(chain, index, { stepCost: 1, batchCost: 1_000 });
    expect([follower.step(), follower.step(), follower.step()]).to.deep.equal(
      Array.from({ length: 3 }, () => 'moving'),
    );
    expect(index.height).to.equal(-1);
    expect(follower.blocksBehind).to.equal(4);
    expect(follower.step()).to.equal('resting');
    expect(index.height).to.equal(3);
  });

  it('goes over the fork point when the chain has moved to another branch', () => {
    const { chain, give } = chainOf(...left);
    const index = openIndexInMemory(network);
    const follower = new Follower(chain, index);
    follower.followAll();
    expect(index.place(payment.txid)?.height).to.equal(1);
    give(right);
    expect(follower.blocksBehind).to.equal(8);
    expect(follower.followAll()).to.equal('resting');
    expect(standsAt(index)).to.equal(hashOf(right.at(-1)));
    expect(index.place(payment.txid)).to.equal(undefined);
    expect(index.coins(owner(0).address)).to.have.length(1);
  });

  it('resumes from its own cursor: behind, and on a branch that was left', () => {
    const { chain, give } = chainOf(...left.slice(0, 1));
    const index = openIndexInMemory(network);
    new Follower(chain, index).followAll();
    give(left.slice(1));
    const behind = new Follower(chain, index);
    expect(behind.blocksBehind).to.equal(2);
    behind.followAll();
    give(right);
    const stale = new Follower(chain, index);
    expect(stale.followAll()).to.equal('resting');
    expect(standsAt(index)).to.equal(hashOf(right.at(-1)));
    expect(behind.clearCount + stale.clearCount).to.equal(0);
  });

  it('begins anew when the chain does not know its block: the index is newer', () => {
    const index = openIndexInMemory(network);
    new Follower(chainOf(...left).chain, index).followAll();
    const older = chainOf(...right.slice(0, 1)).chain;
    const follower = new Follower(older, index);
    expect(follower.clearCount).to.equal(1);
    expect(index.cursor()).to.equal(undefined);
    expect(follower.followAll()).to.equal('resting');
    expect(index.place(payment.txid)).to.equal(undefined);
    expect(index.coins(owner(0).address)).to.have.length(1);
  });

  it('waits where a block of the chain is lost, with what it has, and goes on', () => {
    const { chain, lost } = chainOf(...left);
    const index = openIndexInMemory(network);
    const follower = new Follower(chain, index);
    lost.add(hashOf(left[1]));
    expect(follower.followAll()).to.equal('waiting');
    expect(index.height).to.equal(1);
    lost.clear();
    expect(follower.followAll()).to.equal('resting');
    expect(index.height).to.equal(3);
  });

  it('begins anew when a block that it must take back is lost: nobody sends it again', () => {
    const { chain, lost, give } = chainOf(...left);
    const index = openIndexInMemory(network);
    const follower = new Follower(chain, index);
    follower.followAll();
    give(right);
    lost.add(hashOf(left[1]));
    expect(follower.followAll()).to.equal('resting');
    expect(follower.clearCount).to.equal(1);
    expect(standsAt(index)).to.equal(hashOf(right.at(-1)));
  });
});
