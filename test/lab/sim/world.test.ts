import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { Talker } from './talker.js';

describe('sim/world', () => {
  it('ends one cut and leaves the others', () => {
    const world = new World();
    const [a, b, c] = [1, 2, 3].map((number) => new Talker(world, number)) as [
      Talker,
      Talker,
      Talker,
    ];
    const [toB, toC] = [world.hold([a], [b]), world.hold([a], [c])];
    const alsoToB = world.hold([a], [b, c]);
    const isHeld = (): boolean[] => [b, c].map(({ host }) => world.isHeld(a.host, host));
    alsoToB();
    expect(isHeld()).to.deep.equal([true, true]);
    toB();
    toB();
    expect(isHeld()).to.deep.equal([false, true]);
    toC();
    expect(isHeld()).to.deep.equal([false, false]);

    const [refused, oneWay] = [world.cut([a], [b]), world.cutOneWay(a, b)];
    const isRefused = (): boolean[] => [
      world.refuses(a.host, b.host),
      world.refuses(b.host, a.host),
    ];
    expect(isRefused()).to.deep.equal([true, true]);
    refused();
    expect(isRefused()).to.deep.equal([true, false]);
    oneWay();
    expect(isRefused()).to.deep.equal([false, false]);
  });

  it('lets what waited go on its way when its own cut ends', () => {
    const world = new World();
    const [a, b] = [new Talker(world, 1), new Talker(world, 2)];
    a.dial(b);
    world.run(100);
    const undo = world.hold([a], [b]);
    world.hold([b], [a]);
    a.send(10);
    world.run(1_000);
    expect(b.receivedBytes).to.equal(0);
    undo();
    b.send(10);
    world.run(1_000);
    expect([a.receivedBytes, b.receivedBytes]).to.deep.equal([0, 10]);
    world.heal();
    world.run(1_000);
    expect(a.receivedBytes).to.equal(10);
  });

  it('ends the quality of one host and leaves what came after it', () => {
    const world = new World();
    const [a, b, c] = [1, 2, 3].map((number) => new Talker(world, number)) as [
      Talker,
      Talker,
      Talker,
    ];
    const rates = (): (number | undefined)[] =>
      [b, c].flatMap(({ host }) => [
        world.quality(a.host, host)?.bytesPerMs,
        world.quality(host, a.host)?.bytesPerMs,
      ]);
    const undo = world.setQuality(a, [a, b, c], { latencyMs: 5, bytesPerMs: 1 });
    expect(rates()).to.deep.equal([1, 1, 1, 1]);
    const other = world.setQuality(c, [a], { latencyMs: 5, bytesPerMs: 2 });
    undo();
    expect(rates()).to.deep.equal([undefined, undefined, 2, 2]);
    other();
    expect(rates()).to.deep.equal([undefined, undefined, undefined, undefined]);
  });

  it('gives each connection a rate of its own where latencies differ, and else none', () => {
    const rates = (world: World): number[] =>
      Array.from({ length: 200 }, () => world.standardQuality().bytesPerMs);
    const drawn = rates(new World({ seed: 5, spreadMs: 80 }));
    expect(Math.min(...drawn)).to.be.within(1_000, 2_000);
    expect(Math.max(...drawn)).to.be.within(11_500, 12_500);
    expect(rates(new World({ seed: 5, spreadMs: 80 }))).to.deep.equal(drawn);
    expect(new Set(rates(new World()))).to.deep.equal(new Set([Number.POSITIVE_INFINITY]));
  });

  it('brings bytes at the rate of the connection', () => {
    const world = new World({ seed: 5, spreadMs: 80 });
    const [a, b] = [new Talker(world, 1), new Talker(world, 2)];
    a.dial(b);
    world.run(1_000);
    a.send(1_250_000);
    // 100 ms at the highest rate, 1,250 ms at the lowest; 85 ms of latency at most.
    world.run(99);
    expect(b.receivedBytes).to.equal(0);
    world.run(1_250 + 85);
    expect(b.receivedBytes).to.equal(1_250_000);
  });
});
