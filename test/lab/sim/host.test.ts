import { expect } from 'chai';
import type { Message } from '../../../lab/sim/host.js';
import { World, type WorldOptions } from '../../../lab/sim/world.js';
import { Talker } from './talker.js';

const KB = 1_000;

/** Two with a connection between them. */
function pair(options?: WorldOptions): { world: World; a: Talker; b: Talker } {
  const world = new World(options);
  const [a, b] = [new Talker(world, 1), new Talker(world, 2)];
  a.dial(b);
  world.run(100);
  expect([a.of('connected').length, b.of('connected').length]).to.deep.equal([1, 1]);
  return { world, a, b };
}

describe('sim/host', () => {
  describe('a frozen host', () => {
    it('fills up: what is sent counts as taken until both buffers are full', () => {
      const { world, a, b } = pair();
      b.host.freeze();
      for (let i = 0; i < 10; i++) {
        a.send(100 * KB);
        world.run(100);
      }
      expect([a.of('sent').length, b.receivedBytes]).to.deep.equal([5, 0]);
      world.run(600_000);
      expect([a.of('sent').length, a.of('closed').length]).to.deep.equal([5, 0]);
    });

    it('reads all of it in order when it runs again, and its sender goes on', () => {
      const { world, a, b } = pair();
      b.host.freeze();
      for (let i = 1; i <= 10; i++) a.send(i * 100 * KB);
      world.run(100);
      b.host.thaw();
      world.run(100);
      const lengths = b.of('received').map(({ bytes }) => (bytes as Uint8Array).length);
      expect(lengths).to.deep.equal(Array.from({ length: 10 }, (_, i) => (i + 1) * 100 * KB));
      expect(a.of('sent')).to.have.length(10);
    });

    it('is let go when too much waits for it', () => {
      const { world, a, b } = pair();
      b.host.freeze();
      for (let i = 0; i < 40; i++) a.send(1_000 * KB);
      world.run(100);
      expect(a.of('closed').map(({ reason }) => reason)).to.deep.equal(['queue-full']);
      expect(b.told.map(({ type }) => type)).to.deep.equal(['connected']);
    });

    it('is let go as well by who sends slowly', () => {
      const { world, a, b } = pair();
      b.host.freeze();
      for (let i = 0; i < 40; i++) {
        a.send(1_000 * KB);
        world.run(1_000);
      }
      expect(a.of('closed').map(({ reason }) => reason)).to.deep.equal(['queue-full']);
    });

    it('hears of the end behind what came before it', () => {
      const { world, a, b } = pair();
      b.host.freeze();
      a.send(100 * KB);
      a.disconnect();
      world.run(60_000);
      expect(b.told).to.have.length(1);
      b.host.thaw();
      world.run(100);
      expect(b.told.map(({ type }) => type)).to.deep.equal(['connected', 'received', 'closed']);
    });
  });

  it('counts nothing as sent that a cut keeps, once the buffer is full', () => {
    const { world, a, b } = pair();
    const undo = world.hold([a], [b]);
    for (let i = 0; i < 10; i++) a.send(100 * KB);
    world.run(1_000);
    expect(a.of('sent')).to.have.length(0);
    undo();
    world.run(1_000);
    expect([a.of('sent').length, b.receivedBytes]).to.deep.equal([10, 1_000 * KB]);
  });

  it('remembers the most that one step sent, over all connections', () => {
    const { world, a, b } = pair();
    const c = new Talker(world, 3);
    c.dial(a);
    world.run(100);
    const [toB, toC] = a.of('connected').map(({ peer }) => peer);
    const send = (peer: unknown, size: number): Message => {
      return { type: 'send', peer, bytes: new Uint8Array(size), notify: false };
    };
    a.doAll([send(toB, 10), send(toC, 200), send(toB, 3_000)]);
    a.doAll([send(toB, 50)]);
    world.run(100);
    expect([b.receivedBytes, c.receivedBytes]).to.deep.equal([3_060, 200]);
    expect([a, b, c].map(({ host }) => host.sentBytesMax)).to.deep.equal([3_210, 0, 0]);
  });

  it('brings bytes in order to a link that became faster meanwhile', () => {
    const { world, a, b } = pair();
    for (const [sizeBytes, latencyMs, bytesPerMs] of [
      ...([
        [500, 900, 1],
        [40, 300, 1],
        [3, 1, 1_000],
      ] as const),
    ]) {
      world.setQuality(a, [b], { latencyMs, bytesPerMs });
      a.send(sizeBytes);
      world.run(10);
    }
    world.run(1_500);
    const lengths = b.of('received').map(({ bytes }) => (bytes as Uint8Array).length);
    expect(lengths).to.deep.equal([500, 40, 3]);
  });

  it('brings a message in two pieces where the world cuts, and all of it', () => {
    const sent = Uint8Array.from({ length: 200 }, (_, i) => i);
    const cuts = new Set<number>();
    const { world, a, b } = pair({ cutsBytes: true });
    for (let i = 1; i <= 50; i++) {
      a.send(sent);
      world.run(100);
      const pieces = b.of('received').map(({ bytes }) => bytes as Uint8Array);
      expect(pieces).to.have.length(2 * i);
      const [head, tail] = pieces.slice(-2) as [Uint8Array, Uint8Array];
      expect(Math.min(head.length, tail.length)).to.be.above(0);
      expect(Uint8Array.of(...head, ...tail)).to.deep.equal(sent);
      cuts.add(head.length);
    }
    expect(cuts.size).to.be.above(20);
    // It is told once of each, and one byte cannot be cut.
    expect(a.of('sent')).to.have.length(50);
    a.send(1);
    world.run(100);
    expect(b.of('received')).to.have.length(101);
  });

  it('cuts the share of messages that the world is told', () => {
    const { world, a, b } = pair({ cutsBytes: 1 / 4 });
    for (let i = 0; i < 400; i++) a.send(10);
    world.run(100);
    expect(b.receivedBytes).to.equal(4_000);
    expect(b.of('received').length - 400).to.be.within(60, 140);
  });

  describe('what a cut holds', () => {
    it('is given up after the last retransmission, and both ends are told', () => {
      const { world, a, b } = pair();
      world.hold([a], [b]);
      world.run(60_000);
      a.send(10);
      world.run(100_000);
      a.send(10);
      world.run(823_999);
      expect([a.of('closed').length, b.of('closed').length]).to.deep.equal([0, 0]);
      world.run(1);
      expect([a.of('closed').length, b.of('closed').length]).to.deep.equal([1, 1]);
      expect([a.host.linkCount, b.host.linkCount]).to.deep.equal([0, 0]);
      world.heal();
      world.run(1_000);
      expect(b.receivedBytes).to.equal(0);
    });

    it('is given up only when the cut lasts so long', () => {
      const { world, a, b } = pair();
      const undo = world.hold([a], [b]);
      a.send(10);
      world.run(800_000);
      undo();
      world.run(4_605);
      expect(b.receivedBytes).to.equal(10);
      world.hold([a], [b]);
      a.send(20);
      world.run(900_000);
      expect([a.of('closed').length, b.receivedBytes]).to.deep.equal([0, 10]);
    });
  });

  describe('a dial', () => {
    /** What became of a dial from `a` to `b`, and after how long. */
    function failureOf(world: World, a: Talker, b: Talker): readonly [unknown, number] {
      const before = a.of('dial-failed').length;
      a.dial(b);
      const ms = world.until(() => a.of('dial-failed').length > before);
      return [a.of('dial-failed').at(-1)?.['problem'], ms];
    }

    it('is refused where the program is gone, and times out where the computer is', () => {
      const { world, a, b } = pair();
      world.remove(b.host);
      expect(failureOf(world, a, b)).to.deep.equal(['refused', 10]);
      const again = new Talker(world, 2);
      world.remove(again.host, true);
      expect(failureOf(world, a, again)).to.deep.equal(['timed-out', 5_000]);
      const running = new Talker(world, 2);
      a.dial(running);
      world.run(100);
      expect(running.of('connected')).to.have.length(1);
    });

    it('comes through a cut that ends before it times out', () => {
      const { world, a, b } = pair();
      const [dialed, connected] = [b.of('connected').length, a.of('connected').length];
      const undo = world.hold([b], [a]);
      a.dial(b);
      world.run(2_000);
      undo();
      world.run(1_009);
      expect(b.of('connected')).to.have.length(dialed);
      world.run(1);
      expect(b.of('connected')).to.have.length(dialed + 1);
      expect(a.of('connected')).to.have.length(connected + 1);
      expect(a.of('dial-failed')).to.have.length(0);
    });

    it('times out when the computer goes off while it is under way', () => {
      const { world, a } = pair();
      const c = new Talker(world, 3);
      a.dial(c);
      world.run(1);
      world.remove(c.host, true);
      world.run(4_000);
      expect(a.of('dial-failed')).to.have.length(0);
      world.run(2_000);
      expect(a.of('dial-failed').map(({ problem }) => problem)).to.deep.equal(['timed-out']);
    });
  });
});
