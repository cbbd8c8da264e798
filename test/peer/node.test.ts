/** Whole nodes that talk to each other, and what a node does with each kind of input. */

import { expect } from 'chai';
import {
  ALLOCATION,
  decoded,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  spend,
  type MadeBlock,
} from '../support/blocks.js';
import { Stranger } from '../support/stranger.js';
import { bitsOf } from '../../shared/consensus/work.js';
import { World } from '../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../lab/sim/worldNode.js';
import { addTracker, TRACKER_ADDRESS } from '../../lab/sim/worldTracker.js';

const network = makeNetwork();
const genesis = genesisOf(network);

/** Connects each of `nodes` to all before it. */
function meshed(world: World, nodes: readonly WorldNode[]): void {
  nodes.forEach((node, i) => {
    for (const other of nodes.slice(0, i)) node.connectTo(other);
  });
  world.run(1_000);
}

const tips = (nodes: readonly WorldNode[]): number => new Set(nodes.map(({ tip }) => tip)).size;

describe('node: sync', () => {
  it('syncs from three peers, with bytes cut anywhere', () => {
    const world = new World({ cutsBytes: true, seed: 3 });
    const blocks = nextBlocks(network, genesis, 500);
    const sources = [1, 2, 3].map(() => addNode(world, network));
    for (const source of sources) source.give(blocks);
    const node = addNode(world, network, { neighbours: sources.map(({ address }) => address) });
    world.until(() => node.height === 500, 20_000);
    expect(node.tip).to.equal(sources[0]?.tip);
    expect(node.reasons).to.deep.equal([]);
  });

  it('syncs blocks with signed transactions, whose signatures the workers check', () => {
    const world = new World();
    const blocks: MadeBlock[] = [];
    for (const i of [0, 1, 2]) {
      const coins = [genesisCoin(network, i)];
      const tx = spend(network, { coins, outputs: [pay(owner(7), 1_000)] });
      blocks.push(nextBlock(network, blocks.at(-1) ?? genesis, { transactions: [tx] }));
    }
    const [a, b] = [addNode(world, network), addNode(world, network)];
    a.give(blocks);
    b.connectTo(a);
    world.until(() => b.height === 3);
    expect(b.tip).to.equal(a.tip);
  });

  it('catches up after it was away, from where it was', () => {
    const world = new World();
    const blocks = nextBlocks(network, genesis, 120);
    const [a, b] = [addNode(world, network), addNode(world, network)];
    a.give(blocks.slice(0, 60));
    b.connectTo(a);
    world.until(() => b.height === 60);
    b.kill();
    a.give(blocks.slice(60));
    const again = addNode(world, network, {
      number: b.number,
      store: b.store,
      neighbours: b.neighbours,
    });
    expect(again.height).to.equal(60);
    world.until(() => again.height === 120);
    expect(again.neighbours).to.deep.equal([]);
  });

  it('ignores a low-work flood of headers in bounded memory, and stays with its chain', () => {
    const world = new World();
    const node = addNode(world, network);
    const tip = nextBlocks(network, genesis, 300);
    node.give(tip);
    const stranger = new Stranger(world, network, { hello: { tipWork: 1n << 60n } }).call(node);
    const side = nextBlocks(network, genesis, 100, { extraNonce: 5 });
    for (const block of side) stranger.push(block);
    world.run(1_000);
    expect(side.some(({ block }) => node.node.queries.entry(block.hash) !== undefined)).to.equal(
      false,
    );
    expect(node.tip).to.equal(tip.at(-1)?.block.hash);
  });
});

describe('node: agreement', () => {
  it('brings both sides of a split to the longer branch', () => {
    const world = new World();
    const nodes = [1, 2, 3, 4].map(() => addNode(world, network));
    const [left, right] = [nodes.slice(0, 2), nodes.slice(2)];
    nodes[0]?.give(nextBlocks(network, genesis, 10));
    meshed(world, nodes);
    world.cut(left, right);
    left[0]?.give(
      nextBlocks(network, nextBlocks(network, genesis, 10)[9] ?? genesis, 50, { extraNonce: 1 }),
    );
    right[0]?.give(
      nextBlocks(network, nextBlocks(network, genesis, 10)[9] ?? genesis, 51, { extraNonce: 2 }),
    );
    world.run(2_000);
    expect(tips(nodes)).to.equal(2);
    world.heal();
    world.until(() => tips(nodes) === 1, 5_000);
    expect(nodes[0]?.height).to.equal(61);
    expect(nodes[0]?.told('reorganised').map(({ depth }) => depth)).to.deep.equal([50]);
    for (const node of nodes) expect(node.told('rejected')).to.deep.equal([]);
  });

  it('reorganises deeper than what is stored without a look', function () {
    this.timeout(20_000);
    const world = new World();
    const [a, b] = [addNode(world, network), addNode(world, network)];
    a.give(nextBlocks(network, genesis, 400, { extraNonce: 1 }));
    b.give(nextBlocks(network, genesis, 401, { extraNonce: 2 }));
    a.connectTo(b);
    world.until(() => a.tip === b.tip, 20_000);
    expect(a.height).to.equal(401);
    expect([a.reasons, b.reasons]).to.deep.equal([[], []]);
  });

  it('has all of five miners on one tip soon after the last block', () => {
    const world = new World({ latencyMs: 20, cutsBytes: true });
    const nodes = [1, 2, 3, 4, 5].map(() => addNode(world, network));
    meshed(world, nodes);
    nodes.forEach((node, i) => {
      node.findsAfterMs = 700 + 90 * i;
      node.command({
        type: 'set-mining',
        mode: { type: 'continuous' },
        threads: undefined,
        cpuPercent: undefined,
      });
    });
    world.run(60_000);
    for (const node of nodes) {
      node.command({
        type: 'set-mining',
        mode: { type: 'off' },
        threads: undefined,
        cpuPercent: undefined,
      });
    }
    world.until(() => tips(nodes) === 1, 5_000);
    expect(nodes[0]?.height).to.be.above(40);
    for (const node of nodes) expect(node.reasons).to.deep.equal([]);
  });

  it('gives the same course for the same seed', () => {
    const course = (seed: number): string => {
      const world = new World({ cutsBytes: true, seed });
      const trackers = [TRACKER_ADDRESS];
      addTracker(world, [network]);
      const nodes = [1, 2, 3].map(() => addNode(world, network, { trackers }));
      nodes[0]?.command({ type: 'generate', count: 5 });
      world.run(20_000);
      return JSON.stringify([world.now, nodes.map(({ events, tip }) => [events, tip])]);
    };
    expect(course(4)).to.equal(course(4));
    expect(course(4)).to.not.equal(course(5));
  });
});

describe('node: staying', () => {
  it('disconnects nobody on a network that is idle for an hour', () => {
    const world = new World();
    const nodes = [1, 2, 3].map(() => addNode(world, network));
    nodes[0]?.give(nextBlocks(network, genesis, 20));
    meshed(world, nodes);
    world.run(3_600_000);
    for (const node of nodes) {
      expect(node.reasons).to.deep.equal([]);
      expect(node.peerCount).to.equal(2);
      expect(node.height).to.equal(20);
    }
  });

  it('finds its neighbours again after a restart, without any tracker', () => {
    const world = new World();
    addTracker(world, [network]);
    const trackers = [TRACKER_ADDRESS];
    const [a, b] = [addNode(world, network, { trackers }), addNode(world, network, { trackers })];
    world.until(() => a.peerCount === 1 && b.peerCount === 1);
    const restart = (node: WorldNode): WorldNode => {
      const { number, store, neighbours } = node;
      return addNode(world, network, { number, store, neighbours });
    };
    for (const node of [a, b]) node.kill();
    const [again] = [restart(a), restart(b)];
    world.until(() => again.peerCount === 1, 10_000);
  });

  it('finds out that a connection carries nothing any more, and makes a new one', () => {
    const world = new World();
    const [a, b] = [addNode(world, network), addNode(world, network)];
    a.connectTo(b);
    world.run(1_000);
    a.host.freezeLines();
    world.run(120_000);
    expect(new Set([...a.reasons, ...b.reasons])).to.deep.equal(new Set(['ping-timeout']));
    expect([a.peerCount, b.peerCount]).to.deep.equal([1, 1]);
  });

  it('says good-bye when it stops, and does nothing after', () => {
    const world = new World();
    const [a, b] = [addNode(world, network), addNode(world, network)];
    a.connectTo(b);
    world.run(1_000);
    const effects = a.node.handle({ type: 'stop' }, world.now);
    expect(effects.map((effect) => effect.type)).to.include.members(['disconnect', 'mine']);
    expect(a.node.nextWake()).to.equal(undefined);
    expect(a.node.handle({ type: 'wake' }, world.now)).to.deep.equal([]);
  });
});

describe('node: commands', () => {
  it('makes easy blocks on demand by itself, some in each step, and passes all on', () => {
    const world = new World();
    const node = addNode(world, network, { blocksAtOnce: 4 });
    const other = addNode(world, network);
    other.connectTo(node);
    world.run(100);
    const jobs: unknown[] = [];
    world.watch({
      onStep: (host, effects) => {
        if (host === node.host) jobs.push(...effects.filter(({ type }) => type === 'mine'));
      },
    });
    node.command({ type: 'generate', count: 10 });
    expect([node.height, node.replies]).to.deep.equal([4, []]);
    world.until(() => other.height === 10);
    const [reply] = node.replies;
    const hashes =
      reply?.result.ok === true &&
      reply.result.value.type === 'generated' &&
      reply.result.value.hashes;
    expect(hashes).to.have.length(10);
    expect(hashes && hashes[9]).to.equal(other.tip);
    expect(jobs).to.deep.equal([{ type: 'mine', job: undefined }]);
    expect(node.node.queries.mining(world.now).hashesHere).to.be.within(10, 10 * 256);
  });

  it('leaves blocks on demand that need many hashes to the workers', () => {
    const world = new World();
    const hard = makeNetwork({ genesisBits: bitsOf(2n ** 256n / 32n) });
    const node = addNode(world, hard, { blocksAtOnce: 4 });
    node.command({ type: 'generate', count: 1 });
    expect(node.height).to.equal(0);
    world.until(() => node.height === 1);
  });

  it('generates blocks on demand', () => {
    const world = new World();
    const node = addNode(world, network);
    world.run(10);
    node.command({ type: 'generate', count: 5 });
    world.until(() => node.replies.length === 1);
    const reply = node.replies[0]?.result;
    expect(
      reply?.ok === true && reply.value.type === 'generated' && reply.value.hashes,
    ).to.have.length(5);
    expect(node.height).to.equal(5);
  });

  it('answers a submitted block with what became of it', () => {
    const world = new World();
    const node = addNode(world, network);
    const block = nextBlock(network, genesis);
    const submit = (bytes: Uint8Array): unknown => {
      node.command({ type: 'submit-block', bytes });
      const result = node.replies.at(-1)?.result;
      if (result?.ok === true) return result.value;
      return result?.error.code === 'rejected' ? result.error.reject.code : result;
    };
    const { hash } = block.block;
    expect(submit(block.bytes)).to.deep.equal({ type: 'submitted', hash, isNew: true });
    expect(submit(block.bytes)).to.deep.equal({ type: 'submitted', hash, isNew: false });
    expect(submit(new Uint8Array(10))).to.equal('undecodable-block');
    const [, orphan] = nextBlocks(network, block, 2);
    expect(submit((orphan ?? block).bytes)).to.equal('unknown-parent');
    const greedy = nextBlock(network, block, { reward: 2 ** 52 });
    expect(submit(greedy.bytes)).to.equal('bad-coinbase-amount');
  });

  it('answers a submitted block when its signatures are checked', () => {
    const world = new World();
    const node = addNode(world, network);
    const coins = [genesisCoin(network, 0)];
    const outputs = [pay(owner(5), ALLOCATION)];
    const tx = spend(network, { coins, outputs });
    const forged = decoded({ ...tx, signatures: [new Uint8Array(64)] });
    const submit = (transaction: typeof tx, extraNonce: number): unknown => {
      const next = { transactions: [transaction], extraNonce };
      const { bytes } = nextBlock(network, genesis, next);
      node.command({ type: 'submit-block', bytes });
      const before = node.replies.length;
      world.run(10);
      expect(node.replies).to.have.length(before + 1);
      const result = node.replies.at(-1)?.result;
      return result?.ok === false && result.error.code === 'rejected'
        ? result.error.reject.code
        : result?.ok;
    };
    expect(submit(forged, 1)).to.equal('bad-signature');
    expect(submit(tx, 2)).to.equal(true);
    expect(node.height).to.equal(1);
  });

  it('passes on the blocks that it is given', () => {
    const world = new World();
    const [a, b] = [addNode(world, network), addNode(world, network)];
    a.connectTo(b);
    world.run(100);
    a.give(nextBlocks(network, genesis, 2));
    world.until(() => b.height === 2, 100);
  });

  it('tells the miner of its tip before it tells anybody else', () => {
    const world = new World();
    const [a, b] = [addNode(world, network), addNode(world, network)];
    a.connectTo(b);
    world.run(100);
    const bytes = nextBlock(network, genesis, { time: world.now.unix - 5 }).bytes;
    a.findsAfterMs = undefined;
    a.command({
      type: 'set-mining',
      mode: { type: 'continuous' },
      threads: undefined,
      cpuPercent: undefined,
    });
    const command = { type: 'submit-block', bytes } as const;
    const effects = a.node.handle({ type: 'commands', commands: [{ id: 9, command }] }, world.now);
    expect(effects.map((effect) => effect.type)).to.deep.equal([
      'mine',
      'send',
      'event',
      'event',
      'reply',
    ]);
  });
});
