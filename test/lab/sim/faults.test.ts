import { expect } from 'chai';
import { Faults, type TrackerPlace } from '../../../lab/sim/faults.js';
import { Participant } from '../../../lab/sim/participant.js';
import { Sometimes } from '../../../lab/sim/sometimes.js';
import { World } from '../../../lab/sim/world.js';
import {
  addTracker,
  registryInMemory,
  TRACKER_ADDRESS,
  type WorldTracker,
} from '../../../lab/sim/worldTracker.js';
import { standingIn } from '../../../peer/storage/snapshot.js';
import type { NetAddress } from '../../../shared/wire/netAddress.js';
import { makeNetwork } from '../../support/blocks.js';
import { Talker } from './talker.js';

const network = makeNetwork();
const NODES = 5;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

interface Scene {
  readonly world: World;
  readonly participants: readonly Participant[];
  readonly faults: Faults;
  readonly tracker: TrackerPlace;
  readonly sometimes: Sometimes;
}

/** A few and a tracker, who mine a block in some seconds together if told so. */
function scene({ seed = 7, mine = false } = {}): Scene {
  const world = new World({ seed, startUnix: network.params.time + 60 });
  const sometimes = new Sometimes();
  const participants = Array.from(
    { length: NODES },
    () =>
      new Participant(world, {
        network,
        trackers: [TRACKER_ADDRESS],
        hashesPerSecond: mine ? 0.1 : 0,
        outboundWanted: 2,
        onEvent: () => undefined,
      }),
  );
  const tracker = trackerPlace(world);
  const others = () => [{ address: TRACKER_ADDRESS }];
  const faults = new Faults({ world, participants, others, tracker, sometimes });
  world.watch(faults);
  return { world, participants, faults, tracker, sometimes };
}

/** The same, and all have run for some minutes. */
function running(options: { readonly seed?: number; readonly mine?: boolean } = {}): Scene {
  const made = scene(options);
  made.tracker.start();
  for (const participant of made.participants) participant.start();
  made.world.run(3 * MINUTE);
  return made;
}

function trackerPlace(world: World): TrackerPlace {
  const store = registryInMemory();
  let tracker: WorldTracker | undefined;
  return {
    get tracker() {
      return tracker;
    },
    start: () => {
      tracker = addTracker(world, [network], 30, store);
    },
    kill: () => {
      tracker?.kill();
      tracker = undefined;
    },
  };
}

interface Placed {
  readonly address: NetAddress;
}

/** Whether each way between two of `all` is cut, as words: who from, who to. */
function cutWays(all: readonly Placed[], isCut: (from: Placed, to: Placed) => boolean): string[] {
  const ways = all.flatMap((from, i) =>
    all.map((to, j) => (from !== to && isCut(from, to) ? `${String(i)} ${String(j)}` : '')),
  );
  return ways.filter((way) => way !== '');
}

const heldWays = ({ world }: Scene, all: readonly Placed[]): string[] =>
  cutWays(all, (from, to) => world.isHeld(from, to));

const refusedWays = ({ world }: Scene, all: readonly Placed[]): string[] =>
  cutWays(all, (from, to) => world.refuses(from, to));

/** The one that `has` something; there must be one alone. */
function only(
  participants: readonly Participant[],
  has: (one: Participant) => boolean,
): Participant {
  const found = participants.filter(has);
  expect(found).to.have.length(1);
  return found[0] as Participant;
}

const isDown = ({ node }: Participant): boolean => node === undefined;

/** Height of the coins on its disk. */
function heightOnDisk({ disk }: Participant): number {
  const snapshot = disk.look();
  return snapshot.chain.state() === undefined ? 0 : standingIn(snapshot).position.height;
}

/** Numbers of the hosts whose programs are asked to stop from now on. */
function stopsIn({ world }: Scene): string[] {
  const stops: string[] = [];
  world.watch({
    onInput: ({ address }, { type }) => {
      if (type === 'stop') stops.push(address.host);
    },
  });
  return stops;
}

describe('sim/faults', function () {
  this.timeout(60_000);

  it('cut a node off in both directions, or in either one', () => {
    const { world, participants, faults } = scene();
    faults.begin(100);
    const seen = new Set<string>();
    for (let i = 0; i < 10 * 60; i++) {
      world.run(MINUTE);
      for (const one of participants) {
        const others = participants.filter((other) => other !== one);
        const out = others.filter((other) => world.isHeld(one, other)).length;
        const into = others.filter((other) => world.isHeld(other, one)).length;
        if (Math.max(out, into) === others.length) seen.add(`${String(out)} ${String(into)}`);
      }
    }
    expect([...seen]).to.include.members(['4 4', '4 0', '0 4']);
  });

  it('leave nothing behind when they end', () => {
    const { world, participants, faults } = scene();
    faults.begin(100);
    world.run(60 * MINUTE);
    faults.end();
    for (const one of participants) {
      expect([one.skewSeconds, one.node?.host.isFrozen]).to.deep.equal([0, false]);
      for (const other of participants) {
        expect([world.isHeld(one, other), world.refuses(one, other)]).to.deep.equal([false, false]);
      }
    }
  });

  it('kill a program, which comes again with its disk', () => {
    const all = running({ mine: true });
    const stops = stopsIn(all);
    all.faults.beginOne('kill');
    const victim = only(all.participants, isDown);
    const height = heightOnDisk(victim);
    expect(height).to.be.above(5);
    expect([stops.length, all.world.isOff(victim.address)]).to.deep.equal([0, false]);
    all.world.until(() => !isDown(victim), MINUTE + SECOND);
    expect([victim.node?.height, victim.generation]).to.deep.equal([height, 0]);
  });

  it('stop a program as it should be, for longer', () => {
    const all = running();
    const stops = stopsIn(all);
    all.faults.beginOne('stop');
    const victim = only(all.participants, isDown);
    expect(stops).to.deep.equal([victim.address.host]);
    all.world.until(() => !isDown(victim), 20 * MINUTE + SECOND);
    expect(victim.generation).to.equal(0);
  });

  it('put somebody with nothing in the place of one', () => {
    const all = running({ mine: true });
    all.faults.beginOne('replace');
    const victim = only(all.participants, isDown);
    expect([victim.generation, heightOnDisk(victim)]).to.deep.equal([1, 0]);
    all.world.until(() => !isDown(victim), 5 * MINUTE + SECOND);
    expect(victim.node?.height).to.equal(0);
    all.world.run(15 * MINUTE);
    expect(all.sometimes.count('newcomer synced')).to.equal(1);
  });

  it('take the power from a computer, with what it has not brought to the disk', () => {
    const kept = new Set<string>();
    for (let seed = 1; seed <= 8; seed++) {
      const all = running({ seed, mine: true });
      const { world, participants } = all;
      const heights = participants.map(heightOnDisk);
      all.faults.beginOne('losePower');
      world.until(() => participants.some(isDown), 2 * MINUTE);
      const victim = only(participants, isDown);
      expect([victim.generation, world.isOff(victim.address)]).to.deep.equal([1, true]);
      const before = heights[participants.indexOf(victim)] as number;
      expect(before).to.be.above(5);
      // All that there was at first, or nothing; what came in the meantime is lost.
      expect(heightOnDisk(victim)).to.be.oneOf([0, before]);
      kept.add(heightOnDisk(victim) === 0 ? 'nothing' : 'all');
      world.until(() => !isDown(victim), 5 * MINUTE + SECOND);
      expect(all.sometimes.count('power lost')).to.equal(1);
    }
    expect([...kept]).to.have.members(['nothing', 'all']);
  });

  it('tear the end off a file, so that its program begins anew', () => {
    const all = running({ mine: true });
    all.faults.beginOne('tear');
    const victim = only(all.participants, ({ generation }) => generation === 1);
    expect(victim.troubles).to.deep.equal(['chain-damaged']);
    expect(victim.node?.height).to.equal(0);
    expect(all.sometimes.count('damaged disk refused')).to.equal(1);
  });

  it('fail a write, at which the program ends and comes again', () => {
    const all = running({ mine: true });
    const hosts = all.participants.map(({ node }) => node?.host);
    all.faults.beginOne('failWrite');
    const victim = only(all.participants, ({ node }) => !hosts.includes(node?.host));
    all.world.until(() => isDown(victim), 5 * MINUTE);
    expect(victim.troubles).to.deep.equal(['disk-full']);
    all.world.run(5 * MINUTE);
    expect([isDown(victim), victim.generation]).to.deep.equal([false, 0]);
    expect(all.sometimes.count('write failed')).to.equal(1);
  });

  it('freeze a program for some minutes', () => {
    const { world, participants, faults } = running();
    const isFrozen = ({ node }: Participant): boolean => node?.host.isFrozen === true;
    faults.beginOne('freeze');
    const victim = only(participants, isFrozen);
    world.until(() => !isFrozen(victim), 5 * MINUTE + SECOND);
  });

  it('halve the network: all have a side, and nothing passes between the two', () => {
    const all = scene();
    const splits = new Set<string>();
    for (let i = 0; i < 20; i++) {
      all.faults.beginOne('halve');
      const late = new Talker(all.world, i);
      const places = [...all.participants, { address: TRACKER_ADDRESS }, late];
      const side = new Set(places.filter((one) => !all.world.isHeld(one, late)));
      const between = cutWays(places, (from, to) => side.has(from) !== side.has(to));
      expect(heldWays(all, places)).to.deep.equal(between);
      expect(refusedWays(all, places)).to.deep.equal([]);
      for (const [number, one] of places.entries()) {
        splits.add(`${String(number)} ${side.has(one) ? 'with' : 'without'} the late one`);
      }
      all.world.run(20 * MINUTE + SECOND);
      expect(heldWays(all, places)).to.deep.equal([]);
    }
    // Each was on both sides of who came later, but that one itself.
    expect(splits.size).to.equal(2 * (NODES + 1) + 1);
  });

  it('let two halves of the network work apart, and meet again', () => {
    const all = running({ mine: true });
    const tips = (): number => new Set(all.participants.map(({ node }) => node?.tip)).size;
    all.faults.beginOne('halve');
    all.world.until(() => all.sometimes.count('partition healed') > 0, 20 * MINUTE + SECOND);
    expect(tips()).to.be.above(1);
    for (const participant of all.participants) participant.isMining = false;
    all.world.until(() => tips() === 1, 20 * MINUTE);
  });

  it('isolate one in one of four ways', () => {
    const all = running();
    const places = [...all.participants, { address: TRACKER_ADDRESS }];
    const seen = new Set<string>();
    for (let i = 0; i < 20; i++) {
      all.faults.beginOne('isolate');
      const [held, refused] = [heldWays(all, places), refusedWays(all, places)];
      const victim = all.participants.findIndex((_, number) =>
        [...held, ...refused].every((way) => way.split(' ').includes(String(number))),
      );
      const leaving = (ways: readonly string[]): number =>
        ways.filter((way) => way.startsWith(`${String(victim)} `)).length;
      const counts = [held, refused].flatMap((ways) => [
        leaving(ways),
        ways.length - leaving(ways),
      ]);
      seen.add(counts.join(' '));
      // Where dials are refused, its links are broken as well.
      if (refused.length > 0) {
        expect(all.participants[victim]?.node?.host.linkCount).to.equal(0);
      }
      all.world.heal();
    }
    expect([...seen]).to.have.members(['5 0 0 0', '0 5 0 0', '5 5 0 0', '0 0 5 5']);
  });

  it('isolate one for some minutes', () => {
    const all = scene();
    for (let i = 0; i < 8; i++) all.faults.beginOne('isolate');
    const cut = (): number =>
      heldWays(all, all.participants).length + refusedWays(all, all.participants).length;
    expect(cut()).to.be.above(0);
    all.world.run(10 * MINUTE + SECOND);
    expect(cut()).to.equal(0);
  });

  it('keep what one sends to another', () => {
    const all = running();
    // It may draw the same one twice.
    for (let i = 0; i < 3; i++) all.faults.beginOne('cutOneWay');
    const held = heldWays(all, all.participants);
    expect(held.length).to.be.within(1, 3);
    expect(refusedWays(all, all.participants)).to.deep.equal([]);
    all.world.run(10 * MINUTE + SECOND);
    expect(heldWays(all, all.participants)).to.deep.equal([]);
  });

  it('let one not dial another, and leave what is open', () => {
    const all = running();
    const links = all.participants.map(({ node }) => node?.host.linkCount);
    for (let i = 0; i < 3; i++) all.faults.beginOne('refuse');
    expect(refusedWays(all, all.participants).length).to.be.within(1, 3);
    expect(heldWays(all, all.participants)).to.deep.equal([]);
    expect(all.participants.map(({ node }) => node?.host.linkCount)).to.deep.equal(links);
    all.world.run(10 * MINUTE + SECOND);
    expect(refusedWays(all, all.participants)).to.deep.equal([]);
  });

  it('slow all links of one', () => {
    const { world, participants, faults } = running();
    const qualities = () => {
      const hosts = participants.flatMap(({ node }) => node?.host ?? []);
      const ways = hosts.flatMap((from) => hosts.map((to) => [from, to] as const));
      return ways.flatMap(([from, to]) => world.quality(from, to) ?? []);
    };
    expect(qualities()).to.deep.equal([]);
    faults.beginOne('slow');
    // To and from each other.
    expect(qualities()).to.have.length(2 * (NODES - 1));
    expect(new Set(qualities()).size).to.equal(1);
    expect(qualities()[0]?.latencyMs).to.be.within(50, 1_049);
    expect(qualities()[0]?.bytesPerMs).to.be.within(0.5, 19.5);
    world.run(20 * MINUTE + SECOND);
    expect(qualities()).to.deep.equal([]);
  });

  it('set a clock wrong, for some time, forward or back', () => {
    const { world, participants, faults } = scene();
    const signs = new Set<number>();
    for (let i = 0; i < 10; i++) {
      faults.beginOne('setClock');
      const { skewSeconds } = only(participants, (one) => one.skewSeconds !== 0);
      expect(skewSeconds).to.be.within(-120, 120);
      signs.add(Math.sign(skewSeconds));
      world.run(30 * MINUTE + SECOND);
      expect(participants.map((one) => one.skewSeconds)).to.deep.equal([0, 0, 0, 0, 0]);
    }
    expect([...signs]).to.have.members([-1, 1]);
  });

  it('take the tracker away, which comes again with what it stored', () => {
    const { world, faults, tracker } = running();
    const before = tracker.tracker;
    expect(before?.liveCount).to.equal(NODES);
    faults.beginOne('loseTracker');
    expect([tracker.tracker, before?.host.isDead]).to.deep.equal([undefined, true]);
    world.until(() => tracker.tracker !== undefined, 30 * MINUTE + SECOND);
    expect(tracker.tracker?.restoredCount).to.equal(NODES);
  });
});
