import { expect } from 'chai';
import fc from 'fast-check';
import { seededRng } from '../../../shared/rng.js';
import { type ListName, Places, Swarm } from '../../../tracker/registry/swarm.js';

const anyone = (): boolean => true;

describe('tracker/registry/swarm', () => {
  it('samples every live peer equally often, over lists of unequal length', () => {
    const swarm = new Swarm(new Places());
    for (let slot = 0; slot < 6; slot++) swarm.enter('live-private', slot);
    for (let slot = 6; slot < 10; slot++) swarm.enter('live-public', slot);
    const rng = seededRng(1);
    const seen = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      for (const slot of swarm.sample(rng, 'private', 3, anyone))
        seen[slot] = (seen[slot] ?? 0) + 1;
    }
    for (const times of seen) expect(times).to.be.within(2_800, 3_200);
  });

  it('hands out loopback addresses to askers on this machine only', () => {
    const swarm = new Swarm(new Places());
    swarm.enter('live-loopback', 1);
    swarm.enter('live-private', 2);
    swarm.enter('live-public', 3);
    const rng = seededRng(1);
    expect(swarm.sample(rng, 'loopback', 50, anyone).sort()).to.deep.equal([1, 2, 3]);
    expect(swarm.sample(rng, 'private', 50, anyone).sort()).to.deep.equal([2, 3]);
    expect(swarm.sample(rng, 'public', 50, anyone)).to.deep.equal([3]);
  });

  it('looks at a bounded number of slots however many are unwanted', () => {
    const swarm = new Swarm(new Places());
    for (let slot = 0; slot < 10_000; slot++) swarm.enter('live-public', slot);
    let looks = 0;
    const nobody = (): boolean => ++looks < 0;
    expect(swarm.sample(seededRng(1), 'public', 50, nobody)).to.deep.equal([]);
    expect(looks).to.equal(58);
  });

  it('samples distinct members after any moves between lists', () => {
    const lists: ListName[] = ['live-loopback', 'live-private', 'unverified', 'unreachable'];
    const move = fc.record({ slot: fc.nat(30), list: fc.constantFrom(...lists) });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 200 }), fc.nat(40), (moves, count) => {
        const swarm = new Swarm(new Places());
        const twin = new Map<number, ListName>();
        const rng = seededRng(moves.length);
        for (const { slot, list } of moves) {
          const before = twin.get(slot);
          if (before !== undefined) swarm.leave(before, slot);
          swarm.enter(list, slot);
          twin.set(slot, list);
          swarm.sample(rng, 'loopback', count, anyone);
        }
        const live = [...twin].filter(([, list]) => list.startsWith('live')).map(([slot]) => slot);
        const sampled = swarm.sample(rng, 'loopback', count, anyone);
        expect(new Set(sampled).size).to.equal(Math.min(count, live.length));
        expect(live).to.include.members(sampled);
        const unreachable = [...twin].filter(([, list]) => list === 'unreachable');
        expect(swarm.page('unreachable', 0, 99)).to.have.members(unreachable.map(([slot]) => slot));
      }),
    );
  });
});
