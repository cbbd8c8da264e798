import { expect } from 'chai';
import fc from 'fast-check';
import type { MonoMs } from '../../../shared/units.js';
import {
  CLAIMED_DIALS_A_HOST_MAX,
  CLAIMED_DIALS_A_TARGET_MAX,
  DialBack,
  type DialBackOptions,
  DIALS_A_TARGET_MAX,
  type DialTarget,
  type DialTicket,
} from '../../../tracker/registry/dialBack.js';

const ms = (n: number): MonoMs => n as MonoMs;
const MINUTE = 60_000;

/** A queue whose slot n is peer n of `targets`; without an entry, a source and host of its own. */
function dialBackOf(
  targets: readonly Partial<DialTarget>[] = [],
  options: Partial<DialBackOptions> = {},
): DialBack {
  const targetOf = (slot: number): DialTarget => {
    const host = targets[slot]?.host ?? `host ${String(slot)}`;
    const given = { host, source: host, target: `${host}:6000`, isClaimed: false };
    return { ...given, ...targets[slot] };
  };
  return new DialBack({ inFlightMax: 100, perSecondMax: 1000, ...options }, targetOf);
}

/** Everything that may be dialed at `now`; each is in flight. */
function takeAll(dialBack: DialBack, now: number): DialTicket[] {
  const tickets: DialTicket[] = [];
  while ((dialBack.nextWake(ms(now)) ?? Infinity) <= now) {
    const ticket = dialBack.next(ms(now));
    if (ticket !== undefined) tickets.push(ticket);
  }
  return tickets;
}

/** Dials of `slots` within one minute when each is asked for again every 100 ms. */
function dialsInAMinute(dialBack: DialBack, slots: readonly number[]): number {
  let dials = 0;
  for (let now = 0; now < MINUTE; now += 100) {
    for (const slot of slots) dialBack.schedule(slot, ms(now));
    for (let more = takeAll(dialBack, now); more.length > 0; more = takeAll(dialBack, now)) {
      dials += more.length;
      for (const ticket of more) dialBack.finish(ticket, ms(now));
    }
  }
  return dials;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('tracker/registry/dialBack', () => {
  it('dials when the time has come, in the order of the times', () => {
    const dialBack = dialBackOf();
    dialBack.schedule(1, ms(20));
    dialBack.schedule(2, ms(10));
    expect(dialBack.nextWake(ms(0))).to.equal(10);
    expect(takeAll(dialBack, 9)).to.deep.equal([]);
    expect(takeAll(dialBack, 20).map(({ slot }) => slot)).to.deep.equal([2, 1]);
    expect(dialBack.nextWake(ms(20))).to.equal(undefined);
  });

  it('has one dial in flight a source, and lets its others follow one by one', () => {
    const targets = range(3).map((i) => ({ source: 'one', target: `one:${String(6000 + i)}` }));
    const dialBack = dialBackOf(targets);
    for (const slot of range(3)) dialBack.schedule(slot, ms(slot));
    for (const slot of range(3)) {
      const [ticket, ...others] = takeAll(dialBack, 10);
      expect(ticket?.slot).to.equal(slot);
      expect(others).to.deep.equal([]);
      if (ticket !== undefined) dialBack.finish(ticket, ms(10));
    }
  });

  it('dials a target six times a minute, however many announce it', () => {
    const claimants = range(50).map((i) => ({ source: `source ${String(i)}`, target: 'T:6000' }));
    expect(dialsInAMinute(dialBackOf(claimants), range(50))).to.equal(DIALS_A_TARGET_MAX);
  });

  it('dials a target again after its minute', () => {
    const dialBack = dialBackOf();
    expect(dialsInAMinute(dialBack, [0])).to.equal(DIALS_A_TARGET_MAX);
    dialBack.schedule(0, ms(3 * MINUTE));
    expect(takeAll(dialBack, 3 * MINUTE)).to.have.length(1);
  });

  it('leaves the owner of an address half of its dials when 1,000 strangers claim it', () => {
    const claimed = { host: 'victim', target: 'victim:6000' };
    const strangers = range(1000).map((i) => ({
      ...claimed,
      source: `stranger ${String(i)}`,
      isClaimed: true,
    }));
    const dialBack = dialBackOf([...strangers, { ...claimed, source: 'victim' }]);
    expect(dialsInAMinute(dialBack, range(1000))).to.equal(CLAIMED_DIALS_A_TARGET_MAX);
    dialBack.schedule(1000, ms(MINUTE - 1));
    expect(takeAll(dialBack, MINUTE - 1).map(({ slot }) => slot)).to.deep.equal([1000]);
  });

  it('dials a host six times a minute over all of its ports for claims from elsewhere', () => {
    const ports = range(100).map((i) => ({
      source: `stranger ${String(i)}`,
      host: 'victim',
      target: `victim:${String(2000 + i)}`,
      isClaimed: true,
    }));
    expect(dialsInAMinute(dialBackOf(ports), range(100))).to.equal(CLAIMED_DIALS_A_HOST_MAX);
  });

  it('bounds the dials in flight over all', () => {
    const dialBack = dialBackOf([], { inFlightMax: 3 });
    for (const slot of range(10)) dialBack.schedule(slot, ms(0));
    const [first, ...others] = takeAll(dialBack, 0);
    expect(others).to.have.length(2);
    expect(dialBack.nextWake(ms(0))).to.equal(undefined);
    if (first !== undefined) dialBack.finish(first, ms(1));
    expect(takeAll(dialBack, 1)).to.have.length(1);
  });

  it('bounds the dials a second over all, and says when the next may go', () => {
    const dialBack = dialBackOf([], { perSecondMax: 10 });
    for (const slot of range(100)) dialBack.schedule(slot, ms(0));
    expect(takeAll(dialBack, 0)).to.have.length(10);
    const wake = dialBack.nextWake(ms(0));
    expect(wake).to.equal(100);
    expect(takeAll(dialBack, wake ?? 0)).to.have.length(1);
  });

  it('looks at a bounded number of slots in one call', () => {
    const crowd = range(1000).map(() => ({ source: 'one' }));
    const dialBack = dialBackOf(crowd);
    for (const slot of range(1000)) dialBack.schedule(slot, ms(0));
    expect(dialBack.next(ms(0))).not.to.equal(undefined);
    expect(dialBack.next(ms(0))).to.equal(undefined);
    expect(dialBack.nextWake(ms(0))).to.equal(0);
  });

  it('forgets a peer that waits, and dials a new one that took over its slot', () => {
    const targets = [{ source: 'one' }, { source: 'one' }];
    const dialBack = dialBackOf(targets);
    dialBack.schedule(0, ms(0));
    dialBack.schedule(1, ms(1));
    const [ticket] = takeAll(dialBack, 1);
    dialBack.forget(1);
    dialBack.forget(0);
    dialBack.schedule(0, ms(5));
    if (ticket !== undefined) dialBack.finish(ticket, ms(1));
    expect(takeAll(dialBack, 4)).to.deep.equal([]);
    expect(takeAll(dialBack, 5).map(({ slot }) => slot)).to.deep.equal([0]);
  });

  it('forgets a peer that waits, or is dialed, also when it changed its source meanwhile', () => {
    const targets = [{ source: 'one' }, { source: 'one' }];
    const dialBack = dialBackOf(targets);
    dialBack.schedule(0, ms(0));
    dialBack.schedule(1, ms(1));
    const [ticket = expect.fail('a dial')] = takeAll(dialBack, 1);
    for (const slot of [0, 1]) {
      targets[slot] = { source: 'another' };
      dialBack.forget(slot);
    }
    targets[0] = { source: 'one' };
    dialBack.schedule(0, ms(5));
    dialBack.finish(ticket, ms(2));
    expect(takeAll(dialBack, 4)).to.deep.equal([]);
    expect(takeAll(dialBack, 5).map(({ slot }) => slot)).to.deep.equal([0]);
  });

  it('lets those that wait for a source follow also when the next of them cannot go', () => {
    const obstacles: Record<string, (targets: { source: string }[], dialBack: DialBack) => void> = {
      'it left': (_, dialBack) => {
        dialBack.forget(1);
      },
      'it changed its source': (targets) => {
        targets[1] = { source: 'another' };
      },
    };
    for (const [what, happens] of Object.entries(obstacles)) {
      const targets = [{ source: 'one' }, { source: 'one' }, { source: 'one' }];
      const dialBack = dialBackOf(targets);
      for (const slot of range(3)) dialBack.schedule(slot, ms(slot));
      const [ticket = expect.fail('a dial')] = takeAll(dialBack, 10);
      dialBack.finish(ticket, ms(11));
      happens(targets, dialBack);
      const slots = takeAll(dialBack, 11).map(({ slot }) => slot);
      expect(slots, what).to.include(2);
    }
  });

  it('lets those that wait go on when the next of them was dialed too often', () => {
    const targets = ['T:0', 'T:1', 'T:2'].map((target) => ({ source: 'one', target }));
    const dialBack = dialBackOf([...targets, { source: 'other', target: 'T:1' }]);
    for (let i = 0; i < DIALS_A_TARGET_MAX; i++) {
      dialBack.schedule(3, ms(i));
      for (const ticket of takeAll(dialBack, i)) dialBack.finish(ticket, ms(i));
    }
    for (const slot of range(3)) dialBack.schedule(slot, ms(10 + slot));
    const [ticket = expect.fail('a dial')] = takeAll(dialBack, 20);
    dialBack.finish(ticket, ms(20));
    expect(takeAll(dialBack, 20).map(({ slot }) => slot)).to.deep.equal([2]);
  });

  it('hastens a dial and never delays it', () => {
    const dialBack = dialBackOf();
    dialBack.schedule(0, ms(50));
    dialBack.hasten(0, ms(90));
    expect(dialBack.nextWake(ms(0))).to.equal(50);
    dialBack.hasten(0, ms(10));
    expect(dialBack.nextWake(ms(0))).to.equal(10);
  });

  it('keeps every bound, and dials everybody in the end, whatever is asked for', () => {
    const step = fc.record({ slot: fc.nat(9), waitMs: fc.nat(20_000), finishes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const targets = range(10).map((slot) => ({
          source: `s${String(slot % 4)}`,
          host: `h${String(slot % 3)}`,
          target: `h${String(slot % 3)}:${String(slot % 2)}`,
          isClaimed: slot % 5 === 0,
        }));
        const dialBack = dialBackOf(targets);
        const log: { readonly target: string; readonly now: number }[] = [];
        let flying: DialTicket[] = [];
        let now = 0;
        for (const { slot, waitMs, finishes } of steps) {
          now += waitMs;
          dialBack.schedule(slot, ms(now));
          if (finishes) {
            for (const ticket of flying) dialBack.finish(ticket, ms(now));
            flying = [];
          }
          const taken = takeAll(dialBack, now);
          flying.push(...taken);
          log.push(...taken.map(({ target }) => ({ target, now })));
          expect(new Set(flying.map(({ source }) => source)).size).to.equal(flying.length);
          expect(new Set(flying.map(({ target }) => target)).size).to.equal(flying.length);
        }
        for (const { target, now: until } of log) {
          const recent = log.filter((d) => d.target === target && d.now <= until);
          const inMinute = recent.filter((d) => d.now > until - MINUTE);
          expect(inMinute.length).to.be.at.most(DIALS_A_TARGET_MAX);
        }
        for (const ticket of flying) dialBack.finish(ticket, ms(now));
        let dials = log.length;
        for (let i = 0; i < 200; i++) {
          for (const ticket of takeAll(dialBack, (now += 5_000))) {
            dials++;
            dialBack.finish(ticket, ms(now));
          }
        }
        expect(dials).to.be.at.least(new Set(steps.map(({ slot }) => slot)).size);
        expect(dialBack.nextWake(ms(now))).to.equal(undefined);
        expect(dialBack.inFlightCount).to.equal(0);
      }),
    );
  });
});
