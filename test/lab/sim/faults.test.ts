import { expect } from 'chai';
import { Faults } from '../../../lab/sim/faults.js';
import { Participant } from '../../../lab/sim/participant.js';
import { Sometimes } from '../../../lab/sim/sometimes.js';
import { World } from '../../../lab/sim/world.js';
import { makeNetwork } from '../../support/blocks.js';

const network = makeNetwork();
const NODES = 5;
const MINUTE = 60_000;

/** Faults among a few who do nothing else, a hundred an hour. */
function scene(): { world: World; participants: readonly Participant[]; faults: Faults } {
  const world = new World({ seed: 7, startUnix: network.params.time + 60 });
  const participants = Array.from(
    { length: NODES },
    () =>
      new Participant(world, {
        network,
        trackers: [],
        hashesPerSecond: 0,
        outboundWanted: 1,
        onEvent: () => undefined,
      }),
  );
  const tracker = { tracker: undefined, start: () => undefined, kill: () => undefined };
  const faults = new Faults({
    world,
    participants,
    others: () => [],
    tracker,
    sometimes: new Sometimes(),
  });
  faults.begin(100);
  return { world, participants, faults };
}

describe('sim/faults', () => {
  it('cut a node off in both directions, or in either one', () => {
    const { world, participants } = scene();
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
    world.run(60 * MINUTE);
    faults.end();
    for (const one of participants) {
      expect([one.skewSeconds, one.node?.host.isFrozen]).to.deep.equal([0, false]);
      for (const other of participants) {
        expect([world.isHeld(one, other), world.refuses(one, other)]).to.deep.equal([false, false]);
      }
    }
  });
});
