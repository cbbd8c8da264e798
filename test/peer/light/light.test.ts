/** Light peers and real nodes, in one process. */

import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import { addTracker, TRACKER_ADDRESS } from '../../../lab/sim/worldTracker.js';
import type { ProofAnswer } from '../../../peer/types.js';
import type { AddressHash } from '../../../shared/units.js';
import {
  ALLOCATION,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  spend,
  type MadeBlock,
} from '../../support/blocks.js';
import { addLight, letLie, letProve, type WorldLight } from '../../support/lightWorld.js';
import { Stranger } from '../../support/stranger.js';

const network = makeNetwork({ maturity: 1 });
const genesis = genesisOf(network);
const me = owner(0);
const other = owner(7);

/** Owner 0, who has a genesis coin, pays `amount` to somebody, the rest to himself. */
const payment = (amount: number) =>
  spend(network, {
    coins: [genesisCoin(network, 0)],
    outputs: [pay(other, amount), pay(me, ALLOCATION - amount - 1_000)],
  });

/** One who was given what owner 1 has. */
const gift = (to: AddressHash) =>
  spend(network, {
    coins: [genesisCoin(network, 1)],
    outputs: [{ address: to, amount: 5_000 as never }],
  });

function prover(world: World, blocks: readonly MadeBlock[]): WorldNode {
  const node = addNode(world, network);
  letProve(node);
  node.give(blocks);
  return node;
}

interface Scene {
  readonly world: World;
  readonly nodes: readonly WorldNode[];
  readonly light: WorldLight;
}

const firstOf = ({ nodes: [node = expect.fail('no nodes')] }: Pick<Scene, 'nodes'>): WorldNode =>
  node;

/** A light peer of owner 0 and as many nodes with `blocks`, all asked. */
function scene(blocks: readonly MadeBlock[], count = 1): Scene {
  const world = new World();
  const nodes = Array.from({ length: count }, () => prover(world, blocks));
  const light = addLight(world, network);
  light.want([me.address]);
  for (const node of nodes) light.connectTo(node);
  return { world, nodes, light };
}

describe('light/light', () => {
  it('follows the headers, and knows what its addresses hold', () => {
    const tx = payment(300);
    const first = nextBlock(network, genesis, { transactions: [tx] });
    const { world, light, nodes } = scene([first, ...nextBlocks(network, first, 30)]);
    world.until(() => light.isCurrent && light.height === 31);
    expect(light.tip).to.equal(nodes[0]?.tip);
    expect(light.amount(me.address)).to.equal(ALLOCATION - 1_300);
    const history = light.light.queries.ledger.history(me.address, { count: 9, before: undefined });
    expect(history.map(({ height, received, spent }) => [height, received, spent])).to.deep.equal([
      [1, ALLOCATION - 1_300, ALLOCATION],
      [0, ALLOCATION, 0],
    ]);
    expect(light.reasons).to.deep.equal([]);
  });

  it('hears of each new block, and of what comes in it', () => {
    const { world, light, nodes } = scene([]);
    world.until(() => light.isCurrent);
    const block = nextBlock(network, genesis, { transactions: [gift(me.address)] });
    nodes[0]?.give([block]);
    world.until(() => light.isCurrent && light.height === 1, 1_000);
    expect(light.amount(me.address)).to.equal(ALLOCATION + 5_000);
  });

  it('reads a long history in pieces', () => {
    const world = new World();
    const node = addNode(world, network);
    const told = letProve(node);
    const mined = nextBlocks(network, genesis, 150);
    node.give(mined);
    const light = addLight(world, network);
    const [{ address } = pay(me, 0)] = mined[0]?.block.transactions[0]?.outputs ?? [];
    light.want([address]);
    light.connectTo(node);
    world.until(() => light.isCurrent && light.height === 150);
    const coins = light.light.queries.ledger.coins(address);
    expect(coins).to.have.length(150);
    expect(told.asked.map(({ height }) => height)).to.deep.equal([0, 64, 128]);
  });

  it('finds peers by its tracker, and is shown to nobody', () => {
    const world = new World();
    const tracker = addTracker(world, [network]);
    const node = addNode(world, network, { trackers: [TRACKER_ADDRESS] });
    letProve(node);
    node.give(nextBlocks(network, genesis, 3));
    world.until(() => tracker.liveCount === 1);
    const light = addLight(world, network, { trackers: [TRACKER_ADDRESS] });
    light.want([me.address]);
    world.until(() => light.isCurrent && light.height === 3, 20_000);
    world.run(120_000);
    expect(tracker.liveCount).to.equal(1);
    expect(node.peerCount, 'it is no peer').to.equal(0);
    expect(node.neighbours).to.deep.equal([]);
    expect(light.neighbours).to.deep.equal([node.address]);
  });

  it('gives its payments to peers, until a block holds them', () => {
    const { world, light, nodes } = scene([], 2);
    const tx = payment(300);
    world.until(() => light.isCurrent);
    const id = light.pay(tx.bytes);
    world.run(1_000);
    expect(light.replies.get(id)).to.equal('taken');
    for (const node of nodes) expect(node.node.queries.waiting(tx.txid)).to.not.equal(undefined);
    expect(light.light.queries.waiting.count).to.equal(1);
    nodes[0]?.give([nextBlock(network, genesis, { transactions: [tx] })]);
    world.until(() => light.isCurrent && light.height === 1);
    expect(light.light.queries.waiting.count).to.equal(0);
    expect(light.amount(me.address)).to.equal(ALLOCATION - 1_300);
  });

  it('says when nobody is there to take a payment, and when nobody takes it', () => {
    const world = new World();
    const light = addLight(world, network);
    const lonely = light.pay(payment(1).bytes);
    const deaf = new Stranger(world, network);
    light.connectTo(deaf);
    world.run(100);
    const refused = light.pay(payment(2).bytes);
    world.run(11_000);
    expect(light.replies.get(lonely)).to.equal('no-peer');
    expect(light.replies.get(refused)).to.equal('not-taken');
    expect(deaf.all('inv')).to.have.length(1);
  });

  it('forgets a payment that a reorganisation took away, and finds it again', () => {
    const { world, light, nodes } = scene([]);
    const tx = gift(me.address);
    const holding = nextBlock(network, genesis, { transactions: [tx] });
    nodes[0]?.give([holding]);
    world.until(() => light.isCurrent && light.height === 1);
    expect(light.amount(me.address)).to.equal(ALLOCATION + 5_000);
    const a = nextBlock(network, genesis, { time: genesis.point.time + 3 });
    const b = nextBlock(network, a);
    nodes[0]?.give([a, b]);
    world.until(() => light.isCurrent && light.height === 2);
    expect(light.events.filter(({ type }) => type === 'reorganised')).to.have.length(1);
    expect(light.amount(me.address)).to.equal(ALLOCATION);
    nodes[0]?.give([nextBlock(network, b, { transactions: [tx] })]);
    world.until(() => light.isCurrent && light.height === 3);
    expect(light.amount(me.address)).to.equal(ALLOCATION + 5_000);
    const [place] = light.light.queries.ledger.history(me.address, { count: 1, before: undefined });
    expect(place?.height).to.equal(3);
  });

  it('goes on after it was killed, and asks for what is new', () => {
    const first = nextBlocks(network, genesis, 4);
    const tip = nextBlock(network, first[3] ?? genesis);
    const { world, light, nodes } = scene([...first, tip]);
    world.until(() => light.isCurrent && light.height === 5);
    const [node = expect.fail()] = nodes;
    light.kill();
    const told = letProve(node);
    node.give([nextBlock(network, tip, { transactions: [gift(me.address)] })]);
    const { store, number, neighbours } = light;
    const again = addLight(world, network, { store, number, neighbours });
    expect([again.height, again.amount(me.address)]).to.deep.equal([5, ALLOCATION]);
    world.until(() => again.isCurrent && again.height === 6, 60_000);
    expect(again.amount(me.address)).to.equal(ALLOCATION + 5_000);
    expect(told.asked.map(({ height }) => height)).to.deep.equal([6]);
  });
});

describe('light/light: peers who lie', () => {
  const tx = gift(me.address);
  const holding = nextBlock(network, genesis, { transactions: [tx, payment(3)] });
  const blocks = [holding, ...nextBlocks(network, holding, 2)];
  const miner = holding.block.transactions[0]?.outputs[0]?.address ?? me.address;

  /** What becomes of a light peer whose only peer answers as `change` says. */
  function lied(change: (answer: ProofAnswer) => ProofAnswer): Scene {
    const made = scene(blocks);
    letLie(firstOf(made), change);
    made.world.run(2_000);
    return made;
  }

  const withFirst = (change: (proof: ProofAnswer['proofs'][number]) => object) =>
    lied((answer) => ({
      ...answer,
      proofs: answer.proofs.map((proof, i) => (i === 1 ? { ...proof, ...change(proof) } : proof)),
    }));

  const LIES: Readonly<Record<string, () => Scene>> = {
    'a wrong path': () => withFirst(({ path }) => ({ path: path.map((byte) => byte ^ 1) })),
    'no path': () => withFirst(() => ({ path: new Uint8Array() })),
    'another amount': () =>
      withFirst(({ transaction }) => {
        const bytes = transaction.slice();
        bytes[bytes.length - 75] = 0xee;
        return { transaction: bytes };
      }),
    'a block that it does not know': () => withFirst(() => ({ block: 'ab'.repeat(32) })),
    'a block of another height': () => withFirst(() => ({ block: blocks[2]?.block.hash })),
    'more, and nothing': () => lied((answer) => ({ ...answer, state: 'more', proofs: [] })),
    'one twice': () =>
      lied((answer) => ({ ...answer, proofs: [...answer.proofs, ...answer.proofs.slice(-1)] })),
    'what was not asked for': () => {
      const world = new World();
      const node = prover(world, blocks);
      const { prove } = node;
      node.prove = (asked) => prove?.({ ...asked, addresses: [miner] });
      const light = addLight(world, network);
      light.want([me.address]);
      light.connectTo(node);
      world.run(2_000);
      return { world, nodes: [node], light };
    },
  };

  for (const [what, lie] of Object.entries(LIES)) {
    it(`ends the session for ${what}, and believes nothing of it`, () => {
      const { light } = lie();
      expect(light.reasons).to.deep.equal(['invalid-proof']);
      expect(() => light.amount(me.address)).to.throw('Nobody told');
    });
  }

  it('does not listen to who speaks of a block that nobody showed', () => {
    const { light } = lied((answer) => ({ ...answer, upTo: 'cd'.repeat(32) as never }));
    expect(light.reasons).to.deep.equal([]);
    expect(() => light.amount(me.address)).to.throw('Nobody told');
  });

  it('asks another when one keeps no index, and says nothing of it', () => {
    const { world, nodes, light } = scene(blocks, 2);
    firstOf({ nodes }).prove = undefined;
    world.until(() => light.isCurrent);
    expect(light.amount(me.address)).to.equal(5_000 + ALLOCATION - 1_003);
    expect(light.light.queries.proverCount).to.equal(1);
    expect(light.reasons).to.deep.equal([]);
  });

  it('ends the session with one who never answers, and asks another', () => {
    const { world, nodes, light } = scene(blocks, 4);
    for (const node of nodes.slice(0, 3)) node.host.freeze();
    world.run(2_000);
    world.until(() => light.isCurrent, 400_000);
    expect(light.amount(me.address)).to.equal(5_000 + ALLOCATION - 1_003);
  });

  it('knows what one of three tells, though two hide it', () => {
    const { world, nodes, light } = scene(blocks, 3);
    for (const node of nodes.slice(0, 2)) letLie(node, (answer) => ({ ...answer, proofs: [] }));
    world.run(2_000);
    expect(light.amount(me.address)).to.equal(5_000 + ALLOCATION - 1_003);
    expect(light.reasons).to.deep.equal([]);
  });

  it('learns from a new peer what an old one hid, back to genesis', () => {
    const { world, nodes, light } = scene(blocks);
    letLie(firstOf({ nodes }), (answer) => ({ ...answer, proofs: [] }));
    world.until(() => light.isCurrent);
    expect(light.amount(me.address)).to.equal(0);
    light.connectTo(prover(world, blocks));
    world.run(2_000);
    expect(light.amount(me.address)).to.equal(5_000 + ALLOCATION - 1_003);
  });
});
