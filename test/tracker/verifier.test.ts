import { expect } from 'chai';

import { seededRng } from '../../shared/rng.js';
import type { Now } from '../../shared/units.js';
import type { TrackerEvent } from '../../tracker/types.js';
import { type Dial, Verifier } from '../../tracker/verifier.js';
import { at, claimOf, keyOf, NETWORKS } from './registry/claims.js';

function verifierOf(): { verifier: Verifier; events: TrackerEvent[] } {
  const events: TrackerEvent[] = [];
  const dependencies = { rng: seededRng(1), tell: (event: TrackerEvent) => events.push(event) };
  return {
    events,
    verifier: new Verifier({ networks: NETWORKS, intervalSeconds: 60 }, dependencies),
  };
}

/** `count` peers announce themselves, each from an address of its own. */
function announceMany(verifier: Verifier, count: number): void {
  for (let i = 0; i < count; i++) {
    const host = `9.1.${String(i >> 8)}.${String(i & 255)}`;
    verifier.announce('started', claimOf({ host }), at(0));
  }
}

/** All dials that are to be made now. */
function nextDials(verifier: Verifier, now: Now): Dial[] {
  const dials: Dial[] = [];
  for (let dial = verifier.nextDial(now); dial !== undefined; dial = verifier.nextDial(now)) {
    dials.push(dial);
  }
  return dials;
}

function nextDial(verifier: Verifier, now: Now): Dial {
  const dial = verifier.nextDial(now);
  if (dial === undefined) throw new Error('nothing is to be dialed');
  return dial;
}

describe('tracker/verifier', () => {
  it('asks for a dial that says what must be found there', () => {
    const { verifier } = verifierOf();
    verifier.announce('started', claimOf(), at(0));
    const dial = nextDial(verifier, at(0));
    expect(dial.address).to.deep.equal({ host: '9.0.0.1', port: 6000 });
    expect(dial.network).to.equal(NETWORKS[0]);
    expect(dial.nodeKey.slice(0, 4)).to.equal('0001');
    expect(verifier.nextDial(at(0))).to.equal(undefined);
  });

  it('ignores the end of a dial whose peer is gone, even when another has its slot', () => {
    const { verifier } = verifierOf();
    const slot = verifier.announce('started', claimOf(), at(0));
    const dial = nextDial(verifier, at(0));
    verifier.stop(slot as number, at(1));
    const next = verifier.announce('started', claimOf({ nodeKey: keyOf(2) }), at(1));
    expect(next).to.equal(slot);
    verifier.onReached(dial, 9, at(2));
    expect(verifier.registry.state(next as number)).to.equal('unverified');
    expect(nextDial(verifier, at(2)).nodeKey.slice(0, 4)).to.equal('0002');
  });

  it('goes on when a peer leaves that was claimed, waited for its dial, then came itself', () => {
    const { verifier } = verifierOf();
    for (const port of [6000, 6001]) {
      verifier.announce('started', claimOf({ port, from: '9.0.0.2' }), at(0));
    }
    const dial = nextDial(verifier, at(0));
    expect(verifier.nextDial(at(0))).to.equal(undefined);
    const slot = verifier.announce('alive', claimOf({ port: 6001 }), at(1));
    verifier.stop(slot as number, at(2));
    verifier.onMissed(dial, 'timed-out', at(400));
    expect(verifier.nextDial(at(400))).to.equal(undefined);
    expect(verifier.registry.count).to.equal(1);
  });

  it('tells once that a peer is live, however often it is reached', () => {
    const { verifier, events } = verifierOf();
    verifier.announce('started', claimOf(), at(0));
    for (const seconds of [0, 70, 140]) {
      verifier.onReached(nextDial(verifier, at(seconds)), 1, at(seconds));
    }
    expect(events.map(({ type }) => type)).to.deep.equal(['peer-live']);
  });

  it('makes 250 dials a second, and has 256 in flight', () => {
    const { verifier } = verifierOf();
    announceMany(verifier, 300);
    const first = nextDials(verifier, at(0));
    expect(first).to.have.length(250);
    expect(nextDials(verifier, at(10))).to.have.length(6);
    expect(verifier.dialsInFlightCount).to.equal(256);
    expect(nextDials(verifier, at(20))).to.deep.equal([]);
    for (const dial of first.slice(0, 3)) verifier.onReached(dial, 1, at(20));
    expect(nextDials(verifier, at(20))).to.have.length(3);
  });

  it('dials those that it knew before a restart one after the other, and newcomers between', () => {
    const { verifier: before } = verifierOf();
    announceMany(before, 500);
    const { upserts } = before.registry.takeChanges(1_000);
    const { verifier } = verifierOf();
    upserts.forEach((row, i) => {
      verifier.restore(row, i, at(0));
    });
    expect(verifier.registry.count).to.equal(500);
    verifier.announce('started', claimOf({ host: '9.9.9.9' }), at(1));
    const hosts = nextDials(verifier, at(1)).map(({ address }) => address.host);
    expect(hosts).to.have.length.within(100, 150);
    expect(hosts).to.include('9.9.9.9');
  });
});
