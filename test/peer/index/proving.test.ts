import { expect } from 'chai';
import { Follower } from '../../../peer/index/follower.js';
import { planProofs, proveStepwise, type ProvenAnswer } from '../../../peer/index/proving.js';
import { openIndexInMemory } from '../../../peer/storage/openIndex.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import type { AddressHash } from '../../../shared/units.js';
import {
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
  type MadeBlock,
} from '../../support/blocks.js';
import { provenIn } from '../../support/lightWorld.js';

const network = makeNetwork();
const LIMITS = { count: 64, bytes: 250_000 };

/** Blocks in which owner 5 is paid twice, and once more later. */
function chain(): MadeBlock[] {
  const gift = (i: number) =>
    spend(network, { coins: [genesisCoin(network, i)], outputs: [pay(owner(5), 1_000)] });
  const first = nextBlock(network, genesisOf(network), { transactions: [gift(0), gift(1)] });
  const second = nextBlock(network, first);
  return [first, second, nextBlock(network, second, { transactions: [gift(2)] })];
}

interface From {
  readonly height?: number;
  readonly position?: number;
  readonly limits?: Partial<typeof LIMITS>;
}

function answer(addresses: readonly AddressHash[], from: From = {}): ProvenAnswer | undefined {
  const { height = 0, position = 0, limits } = from;
  const { count, bytes } = { ...LIMITS, ...limits };
  const world = new World();
  const node = addNode(world, network);
  node.give(blocks);
  world.until(() => node.height === blocks.length);
  const index = openIndexInMemory(network);
  const { queries } = node.node;
  new Follower(queries, index).followAll();
  const plan = planProofs(index, { addresses, height, position }, { count });
  if (plan === undefined) return undefined;
  const proving = proveStepwise(plan, (hash) => queries.block(hash), bytes);
  for (;;) {
    const step = proving.next();
    if (step.done === true) return step.value;
  }
}

const blocks = chain();
const [first, , third] = blocks as [MadeBlock, MadeBlock, MadeBlock];
const five = owner(5).address;

describe('index/proving', () => {
  it('proves what paid an address and what spends its coins, each once, oldest first', () => {
    const proofs = [provenIn(first, 1), provenIn(first, 2), provenIn(third, 1)];
    const whole = { state: 'done', upTo: third.block.hash, proofs };
    expect(answer([five])).to.deep.equal(whole);
    const both = answer([five, owner(0).address]);
    expect(both?.proofs.map(({ block, position }) => [block, position])).to.deep.equal([
      [network.id, 0],
      [first.block.hash, 1],
      [first.block.hash, 2],
      [third.block.hash, 1],
    ]);
  });

  it('begins at a place in the chain', () => {
    expect(answer([five], { height: 1, position: 2 })?.proofs).to.have.length(2);
    expect(answer([five], { height: 2 })?.proofs).to.have.length(1);
    expect(answer([five], { height: 4 })).to.deep.include({ state: 'done', proofs: [] });
  });

  it('says that there is more than it may give', () => {
    const few = answer([five], { limits: { count: 2 } });
    expect([few?.state, few?.proofs.length]).to.deep.equal(['more', 2]);
    const small = answer([five], { limits: { bytes: 500 } });
    expect([small?.state, small?.proofs.length]).to.deep.equal(['more', 1]);
    expect(answer([five], { limits: { count: 3 } })?.state).to.equal('done');
  });

  it('has no answer before the index holds anything, or when a block is lost', () => {
    const index = openIndexInMemory(network);
    const wanted = { addresses: [five], height: 0, position: 0 };
    expect(planProofs(index, wanted, LIMITS)).to.equal(undefined);
    const plan = { upTo: network.id, blocks: [{ hash: network.id, positions: [0] }], isCut: false };
    const proving = proveStepwise(plan, () => undefined, LIMITS.bytes);
    expect(proving.next()).to.deep.equal({ done: true, value: undefined });
  });
});
