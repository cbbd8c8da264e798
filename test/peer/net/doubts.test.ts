import { expect } from 'chai';
import type { BlockHash } from '../../../shared/units.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import { genesisOf, makeNetwork, nextBlocks } from '../../support/blocks.js';
import { Stranger } from '../../support/stranger.js';

const network = makeNetwork();

const generate = (node: WorldNode, count = 1): void => {
  node.command({ type: 'generate', count });
};

/** Counts what `node` dials from now on. */
function dialsOf(world: World, node: WorldNode): { count: number } {
  const dials = { count: 0 };
  world.watch({
    onStep: (host, effects) => {
      if (host === node.host) dials.count += effects.filter(({ type }) => type === 'dial').length;
    },
  });
  return dials;
}

/** Two nodes; the first dialed the second, a minute ago, and heard nothing for the last seconds. */
function pair(world: World): [WorldNode, WorldNode] {
  const [a, b] = [addNode(world, network), addNode(world, network)];
  let heardAt = 0;
  world.watch({
    onInput: (host, { type }) => {
      if (host === a.host && type === 'received') heardAt = world.now.mono;
    },
  });
  a.connectTo(b);
  world.run(60_000);
  world.until(() => world.now.mono > heardAt + 4_000);
  return [a, b];
}

const halfOf = (world: World): [WorldNode, WorldNode] => [
  addNode(world, network),
  addNode(world, network),
];

/** Each has a session with each, which either of the two opened; up to half a minute passes. */
function meet(world: World, nodes: readonly WorldNode[]): void {
  for (const [i, one] of nodes.entries()) {
    for (const other of nodes.slice(i + 1)) {
      if (world.rng.below(2) === 0) one.connectTo(other);
      else other.connectTo(one);
    }
  }
  world.run(500 + world.rng.below(30_000));
}

/** A node with some blocks that has a session with somebody who does not answer pings. */
function withDeaf(world: World, blockCount: number): [WorldNode, Stranger] {
  const node = addNode(world, network);
  node.give(nextBlocks(network, genesisOf(network), blockCount));
  const stranger = new Stranger(world, network, { isDeaf: true });
  node.connectTo(stranger);
  world.run(1_000);
  return [node, stranger];
}

/** Whether a frame is a ping, by its type (docs/protocol.md). */
const isPing = (effect: { readonly type: string }): boolean =>
  'bytes' in effect && effect.bytes instanceof Uint8Array && effect.bytes[4] === 0x02;

describe('net/doubts', () => {
  it('dials anew whom it told of its tip, when the connection is dead and not closed', () => {
    const world = new World();
    const [a, b] = pair(world);
    a.host.freezeLines();
    generate(a);
    generate(b, 2);
    world.until(() => b.height === 2);
    expect(world.until(() => a.tip === b.tip, 60_000)).to.be.at.most(6_000);
    expect(a.height).to.equal(2);
    world.run(20_000);
    expect([a.peerCount, b.peerCount]).to.deep.equal([1, 1]);
    expect(new Set([...a.reasons, ...b.reasons])).to.deep.equal(new Set(['ping-timeout']));
  });

  it('dials anew when a regular ping stays without an answer', () => {
    const world = new World();
    const [a, b] = pair(world);
    a.host.freezeLines();
    generate(b);
    world.until(() => b.height === 1);
    expect(world.until(() => a.tip === b.tip, 60_000)).to.be.at.most(21_000);
  });

  it('has no doubt of who answers', () => {
    const world = new World();
    const [a] = pair(world);
    const dials = dialsOf(world, a);
    for (let i = 0; i < 10; i++) {
      generate(a);
      world.run(10_000);
    }
    expect([dials.count, a.reasons]).to.deep.equal([0, []]);
  });

  it('asks nothing of whom it told, and who has said something since', () => {
    const world = new World();
    const node = addNode(world, network);
    const stranger = new Stranger(world, network);
    node.connectTo(stranger);
    world.run(1_000);
    let pings = 0;
    world.watch({
      onStep: (host, effects) => {
        if (host === node.host) pings += effects.filter(isPing).length;
      },
    });
    generate(node);
    world.until(() => node.height === 1);
    world.run(500);
    stranger.say({ type: 'ping', nonce: '0011223344556677' });
    world.run(100);
    world.run(5_000);
    expect(pings).to.equal(0);
  });

  it('asks nothing of whom it told, and who was heard less than 8 s ago', () => {
    const world = new World();
    const [a] = pair(world);
    const pings: number[] = [];
    world.watch({
      onStep: (host, effects) => {
        if (host === a.host && effects.some(isPing)) pings.push(world.ms);
      },
    });
    generate(a);
    world.until(() => pings.length === 1);
    const first = world.ms;
    // Its pong is the last that is heard.
    world.run(20);
    generate(a);
    world.run(7_000);
    expect(pings).to.have.length(1);
    world.run(1_200);
    expect(pings).to.have.length(2);
    expect((pings[1] ?? 0) - first).to.be.within(8_000, 8_200);
  });

  it('asks nothing of who told it of its new tip', () => {
    const world = new World();
    const [a, b] = pair(world);
    let pings = 0;
    world.watch({
      onStep: (host, effects) => {
        if (host !== a.host) return;
        pings += effects.filter(isPing).length;
      },
    });
    generate(b);
    world.run(6_000);
    expect([a.height, pings]).to.deep.equal([1, 0]);
    b.host.freeze();
    generate(a);
    world.run(6_000);
    expect([a.height, pings]).to.deep.equal([2, 1]);
  });

  it('lets halves that mined meet again within five seconds, however long the cut was', () => {
    const slow: string[] = [];
    for (let seed = 1; seed <= 60; seed++) {
      const world = new World({ seed, latencyMs: 50 });
      const [short, long] = [halfOf(world), halfOf(world)];
      meet(world, [...short, ...long]);
      const undo = world.holdOff(short, 'both');
      const cutMs = 1_000 * (4 + world.rng.below(seed <= 40 ? 36 : 600));
      world.after(world.rng.below(3_000), () => {
        generate(short[0], 5);
      });
      world.after(world.rng.below(3_000), () => {
        generate(long[0], 6);
      });
      world.run(cutMs);
      undo();
      const tip = long[0].tip;
      const isDone = (): boolean => [...short, ...long].every((node) => node.tip === tip);
      const ms = world.until(isDone, 60_000);
      if (ms > 5_000) slow.push(`seed ${String(seed)}: ${String(ms)} ms after ${String(cutMs)}`);
    }
    expect(slow).to.deep.equal([]);
  });

  it('has a doubt until it is answered', () => {
    const world = new World();
    const [a, b] = pair(world);
    const dials = dialsOf(world, a);
    b.host.freeze();
    generate(a);
    world.run(6_000);
    expect(dials.count).to.equal(1);
    b.host.thaw();
    world.run(120_000);
    expect(dials.count).to.equal(1);
    expect([a.peerCount, b.peerCount, b.height]).to.deep.equal([1, 1, 1]);
    expect([...a.reasons, ...b.reasons]).to.deep.equal(['duplicate-session']);
  });

  it('asks who is in doubt for no block until it answers', () => {
    const world = new World();
    const node = addNode(world, network);
    const blocks = nextBlocks(network, genesisOf(network), 3);
    const stranger = new Stranger(world, network, { isDeaf: true, blocks }).call(node);
    world.run(25_000);
    stranger.push(...blocks);
    world.run(3_000);
    expect([node.node.queries.bestHeader.height, stranger.askedFor]).to.deep.equal([3, []]);
    stranger.answerPings();
    world.run(100);
    expect(node.height).to.equal(3);
  });

  it('asks others as soon as who owes blocks is in doubt, whatever the time-out is', () => {
    const world = new World();
    const node = addNode(world, network);
    const blocks = nextBlocks(network, genesisOf(network), 8);
    // Who gives nothing makes the time-out longer: 64 s in the end.
    const idle = new Stranger(world, network, { number: 201 }).call(node);
    idle.push(...nextBlocks(network, genesisOf(network), 5, { extraNonce: 7 }));
    world.run(70_000);
    const deaf = new Stranger(world, network, { number: 202, isDeaf: true }).call(node);
    deaf.push(...blocks);
    world.run(50);
    expect(deaf.askedFor).to.have.length(8);
    new Stranger(world, network, { number: 203, blocks }).call(node).push(...blocks);
    expect(world.until(() => node.height === 8, 60_000)).to.be.within(12_000, 20_100);
  });

  it('pings each whom it told 3 s later, whatever others say', () => {
    const world = new World();
    const node = addNode(world, network);
    const blocks = nextBlocks(network, genesisOf(network), 1);
    const one = new Stranger(world, network, { number: 201 });
    const other = new Stranger(world, network, { number: 202, blocks });
    for (const stranger of [one, other]) node.connectTo(stranger);
    world.run(25_000);
    other.push(...blocks);
    world.run(6_000);
    other.host.freeze();
    const pings: number[] = [];
    const begin = world.ms;
    world.watch({
      onStep: (host, effects) => {
        if (host === node.host && effects.some(isPing)) pings.push(world.ms - begin);
      },
    });
    // The first block was told to one of them, the second to both.
    generate(node);
    world.run(300);
    one.say({ type: 'ping', nonce: '11'.repeat(8) });
    world.run(4_000);
    expect([node.height, ...pings]).to.deep.equal([2, 3_001]);
  });

  it('dials anew whom a second session hid for a moment', () => {
    const world = new World();
    const node = addNode(world, network, { outboundWanted: 1 });
    const first = new Stranger(world, network, { number: 210 });
    node.connectTo(first);
    world.run(3_000);
    node.host.freezeLines();
    const second = new Stranger(world, network, {
      ...{ number: 210, address: { host: '10.1.7.7', port: 6_001 } },
    }).call(node);
    world.run(1_000);
    second.hangUp();
    const dials = dialsOf(world, node);
    world.run(3_000);
    expect(dials.count).to.be.at.least(1);
  });

  it('lets go of who says much and answers no ping for ten minutes', () => {
    const world = new World();
    const node = addNode(world, network);
    const stranger = new Stranger(world, network, { isDeaf: true }).call(node);
    stranger.say({ type: 'headers', headers: new Uint8Array() });
    for (let i = 1; i <= 100; i++) {
      world.after(i * 20_000, () => {
        stranger.say({ type: 'getHeaders', locator: [network.id], stop: NO_STOP });
      });
    }
    expect(world.until(() => stranger.isClosed, 2_000_000)).to.be.within(600_000, 800_000);
    expect(node.reasons).to.deep.equal(['ping-timeout']);
  });

  it('waits longer for whom it sends much: the line may be slow', () => {
    for (const [blockCount, afterMs] of [
      // 3 s, 2 s, and what 16 kB/s take for headers of 80 bytes.
      [100, 5_500],
      [900, 9_500],
    ] as const) {
      const world = new World();
      const [node, stranger] = withDeaf(world, blockCount);
      const dials = dialsOf(world, node);
      stranger.say({ type: 'getHeaders', locator: [network.id], stop: NO_STOP });
      world.run(6_000);
      generate(node);
      const ms = world.until(() => dials.count > 0);
      expect(ms, `after ${String(blockCount)} headers`).to.be.within(afterMs, afterMs + 200);
    }
  });
});

const NO_STOP = '0'.repeat(64) as BlockHash;
