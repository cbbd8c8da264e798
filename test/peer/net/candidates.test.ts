import { expect } from 'chai';
import { Candidates } from '../../../peer/net/candidates.js';
import { seededRng } from '../../../shared/rng.js';
import type { MonoMs, NodeKey } from '../../../shared/units.js';
import type { NetAddress } from '../../../shared/wire/netAddress.js';

const at = (ms: number): MonoMs => ms as MonoMs;
const place = (n: number): NetAddress => ({ host: `10.0.${n >> 8}.${n & 255}`, port: 6_000 });
const anyone = (): boolean => true;
const newCandidates = (): Candidates => new Candidates(seededRng(1));

describe('net/candidates', () => {
  it("chooses the operator's before neighbours, and those before a tracker's", () => {
    const candidates = newCandidates();
    candidates.add(place(1), 'tracker');
    candidates.add(place(2), 'neighbour');
    candidates.add(place(3), 'operator');
    const chosen = candidates.choose(2, at(0), anyone);
    expect(chosen.map(({ source }) => source)).to.deep.equal(['operator', 'neighbour']);
  });

  it('waits about twice as long after each failure, five minutes at most', () => {
    const candidates = newCandidates();
    candidates.add(place(1), 'neighbour');
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      candidates.onFailure(place(1), at(0));
      waits.push(candidates.nextDue(anyone) ?? -1);
    }
    expect(waits[0]).to.be.within(750, 1_250);
    expect(waits[3]).to.be.within(6_000, 10_000);
    expect(waits[11]).to.be.within(225_000, 375_000);
    expect(candidates.choose(1, at(200_000), anyone)).to.deep.equal([]);
    expect(candidates.choose(1, at(400_000), anyone)).to.have.length(1);
  });

  it("forgets a tracker's address after six failures, and a neighbour's never", () => {
    const candidates = newCandidates();
    candidates.add(place(1), 'tracker');
    candidates.add(place(2), 'neighbour');
    for (let i = 0; i < 6; i++) {
      candidates.onFailure(place(1), at(0));
      candidates.onFailure(place(2), at(0));
    }
    expect(candidates.at(place(1))).to.equal(undefined);
    expect(candidates.at(place(2))?.failures).to.equal(6);
  });

  it('lets the operator dial a failed address at once', () => {
    const candidates = newCandidates();
    candidates.add(place(1), 'neighbour');
    candidates.onFailure(place(1), at(0));
    candidates.add(place(1), 'operator');
    expect(candidates.choose(1, at(0), anyone)).to.have.length(1);
  });

  it('keeps the failures of an address that a tracker names again', () => {
    const candidates = newCandidates();
    candidates.add(place(1), 'tracker');
    candidates.onFailure(place(1), at(0));
    candidates.add(place(1), 'tracker', 'aa'.repeat(32) as NodeKey);
    expect(candidates.at(place(1))).to.include({ failures: 1, nodeKey: 'aa'.repeat(32) });
  });

  it('starts anew after a session that lasted', () => {
    const candidates = newCandidates();
    candidates.add(place(1), 'tracker');
    for (let i = 0; i < 5; i++) candidates.onFailure(place(1), at(0));
    candidates.onParted(place(1), at(0));
    expect(candidates.at(place(1))?.failures).to.equal(0);
    expect(candidates.nextDue(anyone)).to.be.within(750, 1_250);
  });

  it('gives those that are lost their turns, the last eight, whatever they wait for', () => {
    const candidates = newCandidates();
    for (let i = 1; i <= 10; i++) {
      candidates.add(place(i), 'tracker');
      candidates.onParted(place(i), at(i));
      for (let j = 0; j < 8; j++) candidates.onUnreached(place(i), at(i));
    }
    const turns = Array.from({ length: 16 }, (_, i) => {
      const lost = candidates.nextLost(at(100 + i), anyone);
      if (lost !== undefined) candidates.onDialed(lost.address, at(100 + i));
      return lost?.address.host;
    });
    const lastEight = Array.from({ length: 8 }, (_, i) => place(i + 3).host);
    expect(new Set(turns)).to.deep.equal(new Set(lastEight));
    expect(turns.slice(8)).to.deep.equal(turns.slice(0, 8));
  });

  it('has lost nobody whom it found again, nor for longer than an hour', () => {
    const candidates = newCandidates();
    for (const n of [1, 2]) {
      candidates.add(place(n), 'tracker');
      candidates.onLost(place(n), at(0));
    }
    candidates.onFound(place(1), 'aa'.repeat(32) as NodeKey);
    expect(candidates.nextLost(at(3_599_999), anyone)?.address).to.deep.equal(place(2));
    expect(candidates.nextLost(at(3_600_000), anyone)).to.equal(undefined);
    for (let i = 0; i < 6; i++) candidates.onUnreached(place(2), at(3_600_000));
    expect(candidates.at(place(2)), 'forgotten like any other').to.equal(undefined);
  });

  it('gives those that take a connection and say nothing no turn for 30 s', () => {
    const candidates = newCandidates();
    candidates.add(place(1), 'tracker');
    candidates.onLost(place(1), at(0));
    candidates.onMute(place(1), at(1_000));
    expect(candidates.nextLost(at(1_000), anyone)?.turnAt).to.equal(31_000);
    candidates.add(place(2), 'tracker');
    candidates.onLost(place(2), at(0));
    candidates.onDialed(place(2), at(30_999));
    expect(candidates.nextLost(at(30_999), anyone)?.address).to.deep.equal(place(2));
  });

  it('has lost a neighbour that it never reached, and not what a tracker named', () => {
    const candidates = newCandidates();
    candidates.add(place(1), 'tracker');
    candidates.add(place(2), 'neighbour');
    expect(candidates.nextLost(at(0), anyone)).to.equal(undefined);
    for (const n of [1, 2]) candidates.onUnreached(place(n), at(0));
    expect(candidates.nextLost(at(1), anyone)?.address).to.deep.equal(place(2));
  });

  it("stays at 256 under a flood, and lets a tracker's address go before a neighbour", () => {
    const candidates = newCandidates();
    candidates.add(place(1), 'neighbour');
    for (let i = 2; i < 2_000; i++) candidates.add(place(i), 'tracker');
    expect(candidates.size).to.equal(256);
    expect(candidates.at(place(1))).to.not.equal(undefined);
    expect(candidates.at(place(1_999))).to.not.equal(undefined);
  });
});
