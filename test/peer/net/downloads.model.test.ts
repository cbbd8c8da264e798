/**
 * The download scheduler among random peers that answer, lack, lie, fall silent and leave: what it
 * asks of whom is checked by a naive observer who counts everything anew at each step.
 */

import { expect } from 'chai';
import fc from 'fast-check';
import type { BlockHash } from '../../../shared/units.js';
import { genesisOf, nextBlock, nextBlocks } from '../../support/blocks.js';
import { DownloadsWorld, network, type Branch, type Seen } from './downloadsWorld.js';

const IN_FLIGHT_MAX = 16;
const REFILL_AT = 8;
const LACKS_MAX = 16;
const ASK_AGAIN_MS = 10_000;
const WINDOW = 1_024;

const trunk = nextBlocks(network, genesisOf(network), 1_300);
const fork = (at: number, count: number): Branch => {
  const first = nextBlock(network, trunk[at - 1] ?? genesisOf(network), { extraNonce: 9 });
  return [...trunk.slice(0, at), first, ...nextBlocks(network, first, count - 1)];
};

/** Heads that peers may have: a short scene with branches, and one longer than the window. */
const SCENES: readonly (readonly Branch[])[] = [
  [trunk.slice(0, 60), trunk.slice(0, 25), fork(30, 31), fork(50, 4)],
  [trunk, trunk.slice(0, 1_100)],
];

/** The observer: what may be asked, and what must be. */
class Observer {
  readonly world: DownloadsWorld;
  #tipHeight = 0;
  /** What is wanted towards each branch, as long as a step lasts. */
  readonly #wanted = new Map<Branch, ReadonlySet<BlockHash>>();

  constructor(branches: readonly Branch[]) {
    this.world = new DownloadsWorld(branches);
    this.world.onAsked = (peer, hashes) => {
      for (const hash of hashes) this.#checkAsked(peer, hash);
      const rest = (branch: Branch): BlockHash[] =>
        this.#free(peer, branch).filter((hash) => !hashes.includes(hash));
      for (const hash of hashes) {
        const isLowest = branches.some((branch) => isBefore(branch, hash, rest(branch)[0]));
        expect(isLowest, 'the lowest come first').to.equal(true);
      }
    };
  }

  settle(): void {
    this.#tipHeight = this.world.chain.tip.height;
    this.#wanted.clear();
    this.world.settle();
    const { peers, downloads, chain, ms } = this.world;
    const all = peers.flatMap(({ owed }) => [...owed]);
    expect(downloads.inFlightCount, 'in flight').to.equal(all.length);
    for (const { session, owed } of peers) {
      for (const hash of owed) expect(downloads.isAsked(session, hash)).to.equal(true);
      expect(owed.size, 'in flight from one peer').to.be.at.most(IN_FLIGHT_MAX);
    }
    // Who was not woken for minutes has two steps to make.
    if ((downloads.nextWake() ?? ms + 1) <= ms) this.world.settle();
    const wake = downloads.nextWake();
    if (wake !== undefined) expect(wake, 'the next wake').to.be.greaterThan(ms);
    if (all.length > 0) expect(wake, 'a wake while something is in flight').not.to.equal(undefined);
    if (!chain.isSaturated) for (const peer of peers) this.#checkNotIdle(peer);
  }

  /** Wanted of the way to `branch`: what is missing of the blocks after the last whole one. */
  wanted(branch: Branch): ReadonlySet<BlockHash> {
    const known = this.#wanted.get(branch);
    if (known !== undefined) return known;
    const isHere = (hash: BlockHash): boolean => this.world.entry(hash).hasBody;
    const hashes = branch.map(({ block }) => block.hash);
    const whole = hashes.findIndex((hash) => !isHere(hash));
    const isBetter = branch.length > this.#tipHeight && whole !== -1;
    const next = isBetter ? hashes.slice(whole, whole + WINDOW) : [];
    const wanted = new Set(next.filter((hash) => !isHere(hash)));
    this.#wanted.set(branch, wanted);
    return wanted;
  }

  #checkAsked(peer: Seen, hash: BlockHash): void {
    const { peers, ms } = this.world;
    const shown = peers.flatMap((one) => [...one.shown]);
    expect(this.world.entry(hash).hasBody, 'it is not here yet').to.equal(false);
    expect(
      shown.some((branch) => this.wanted(branch).has(hash)),
      'it is wanted',
    ).to.equal(true);
    expect(has(peer, hash), 'the peer has shown it').to.equal(true);
    expect(peer.owed.has(hash), 'the peer owes it already').to.equal(false);
    const lackedAt = peer.lacked.get(hash) ?? Number.NEGATIVE_INFINITY;
    expect(ms - lackedAt, 'since the peer lacked it').to.be.at.least(ASK_AGAIN_MS);
    for (const other of peers) {
      const isBusy = other.owed.has(hash) && !other.late.has(hash) && !other.isSlow;
      expect(isBusy, 'another peer is at it').to.equal(false);
    }
  }

  /** Who has room, and is not slow, is asked for everything that nobody is asked for. */
  #checkNotIdle(peer: Seen): void {
    const { ms, peers } = this.world;
    const lacks = [...peer.lacked.values()].filter((at) => ms - at < ASK_AGAIN_MS);
    if (peer.isSlow || peer.owed.size > REFILL_AT || lacks.length >= LACKS_MAX) return;
    for (const branch of new Set(peers.flatMap((one) => [...one.shown]))) {
      expect(this.#free(peer, branch).slice(0, 3), 'free blocks').to.deep.equal([]);
    }
  }

  /** What `peer` may be asked for on the way to `branch`, and nobody is asked for; lowest first. */
  #free(peer: Seen, branch: Branch): readonly BlockHash[] {
    const { ms, peers } = this.world;
    const isLacked = (hash: BlockHash): boolean =>
      ms - (peer.lacked.get(hash) ?? Number.NEGATIVE_INFINITY) < ASK_AGAIN_MS;
    const asked = new Set(peers.flatMap(({ owed }) => [...owed]));
    return [...this.wanted(branch)].filter(
      (hash) => !asked.has(hash) && !isLacked(hash) && has(peer, hash),
    );
  }
}

/** Whether `hash` is on `branch`, and not above `other`. */
function isBefore(branch: Branch, hash: BlockHash, other: BlockHash | undefined): boolean {
  const hashes = [...placeIn(branch)];
  return (
    hashes.includes(hash) && (other === undefined || hashes.indexOf(hash) < hashes.indexOf(other))
  );
}

const has = ({ shown }: Seen, hash: BlockHash): boolean =>
  [...shown].some((branch) => placeIn(branch).has(hash));

const places = new Map<Branch, ReadonlySet<BlockHash>>();

function placeIn(branch: Branch): ReadonlySet<BlockHash> {
  const known = places.get(branch) ?? new Set(branch.map(({ block }) => block.hash));
  places.set(branch, known);
  return known;
}

const operation = fc.record({
  what: fc.constantFrom(
    ...(['join', 'join', 'show', 'deliver', 'deliver', 'deliver', 'deliver', 'deliver'] as const),
    ...([
      'some',
      'some',
      'most',
      'most',
      'lack',
      'lack',
      'mutate',
      'leave',
      'wait',
      'wait',
      'advance',
    ] as const),
  ),
  peer: fc.nat(20),
  branch: fc.nat(20),
  number: fc.nat(20),
  ms: fc.constantFrom(0, 1, 50, 500, 1_999, 2_000, 5_000, 10_000, 64_000, 121_000),
});
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

function operate({ world }: Observer, step: Operation): void {
  const { what, ms, number } = step;
  const branch = world.branches[step.branch % world.branches.length] ?? [];
  if (what === 'advance') world.advance();
  if (what === 'wait') world.ms += ms;
  if (what === 'join' && world.peers.length < 6) {
    world.show(world.join(number % 2 === 0 ? 'inbound' : 'outbound'), branch);
  }
  const peer = world.peers[step.peer % Math.max(1, world.peers.length)];
  if (peer === undefined) return;
  if (what === 'show') world.show(peer, branch);
  if (what === 'leave' && number % 4 === 0) world.leave(peer);
  const owed = [...peer.owed];
  const hash = owed[number % Math.max(1, owed.length)];
  if (hash === undefined) return;
  if (what === 'lack') world.answer(peer, hash, 'not-found');
  if (what === 'mutate' && number % 4 === 0) world.answer(peer, hash, 'mutated');
  if (what === 'some') world.answer(peer, hash, 'block');
  if (what === 'most') for (const one of owed.slice(0, -3)) world.answer(peer, one, 'block');
  if (what === 'deliver') for (const one of owed) world.answer(peer, one, 'block');
}

/** With one honest peer more, and no answer of any other, all of the longest branch comes. */
function expectAll(observer: Observer): void {
  const { world } = observer;
  const until = world.ms + 300_000;
  const honest = world.join('outbound');
  const [longest = []] = [...world.branches].sort((a, b) => b.length - a.length);
  for (const branch of world.branches) world.show(honest, branch);
  observer.settle();
  while (world.chain.tip.height < longest.length && world.ms < until) {
    const owed = [...honest.owed];
    for (const hash of owed) world.answer(honest, hash, 'block');
    while (world.advance());
    if (owed.length === 0) world.ms = Math.ceil(world.downloads.nextWake() ?? until);
    observer.settle();
  }
  expect(world.chain.tip.height, 'everything came').to.equal(longest.length);
}

describe('net/downloads: model', () => {
  for (const [i, branches] of SCENES.entries()) {
    it(`asks nobody too much, nobody twice, leaves nobody idle: scene ${String(i)}`, function () {
      this.timeout(60_000);
      fc.assert(
        fc.property(fc.array(operation, { minLength: 10, maxLength: 80 }), (operations) => {
          const observer = new Observer(branches);
          for (const each of operations) {
            operate(observer, each);
            observer.settle();
          }
          expectAll(observer);
          const usual = ['connection-lost', 'stalled', 'invalid-block'];
          expect(usual).to.include.members(observer.world.endings);
        }),
        { numRuns: i === 0 ? 80 : 6 },
      );
    });
  }
});
