/** How a peer or the tracker comes to its end: what it does, and when, drawn from the seed. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Rng } from '../../shared/rng.js';
import type { Cast } from './cast.js';
import { isMove, stateIn } from './leftBehind.js';
import type { Peer } from './peer.js';

/** Everything that is killed here. `launcher` has a network of its own (`launched.ts`). */
export const KINDS = ['sync', 'reorganisation', 'mine', 'start', 'tracker', 'launcher'] as const;

export type Kind = (typeof KINDS)[number];

export interface Killed {
  readonly victim: Peer;
  /** Whom, doing what, and when. */
  readonly what: string;
}

type Ending = (cast: Cast, rng: Rng) => Promise<Killed>;

const BUSY_TIMEOUT_MS = 60_000;
const MINED = 300;
/** After the moment that was waited for: the next milliseconds are as likely as the others. */
const JITTER_MS = 20;
const DOWNLOAD_MS_MAX = 300;
const MOVE_MS_MAX = 100;

/** Each leaves the victim dead, and all others as they were. */
export const ENDINGS: Readonly<Record<Exclude<Kind, 'tracker' | 'launcher'>, Ending>> = {
  sync: async ({ peers, chains }, rng) => {
    const victim = drawn(peers, rng);
    const goal = victim.witness.told?.height ?? 0;
    const isFresh = rng.below(2) === 0;
    await victim.stop();
    victim.replaceChain(isFresh ? undefined : chains.half);
    victim.start();
    await victim.untilUp();
    const from = victim.witness.told?.height ?? 0;
    const at = from + rng.below(Math.max(1, goal - from));
    await victim.watchUntil(`block ${at}`, BUSY_TIMEOUT_MS, ({ height }) => height >= at);
    await victim.witness.watch(rng.below(JITTER_MS));
    await victim.kill();
    const start = isFresh ? 'nothing' : 'half of the chain';
    return { victim, what: `${victim.name} syncs from ${start} to block ${goal}` };
  },

  reorganisation: async ({ peers, chains }, rng) => {
    const victim = drawn(peers, rng);
    await victim.stop();
    victim.replaceChain(chains.branch);
    victim.start();
    await victim.untilUp();
    const own = victim.witness.told?.height ?? 0;
    const isMoving = rng.below(3) > 0;
    if (isMoving) {
      await untilMoving(victim);
      await delay(rng.below(MOVE_MS_MAX));
    } else {
      const isThere = ({ headerHeight }: { headerHeight: number }): boolean => headerHeight > own;
      await victim.watchUntil('the other branch', BUSY_TIMEOUT_MS, isThere);
      await victim.witness.watch(rng.below(DOWNLOAD_MS_MAX));
    }
    await victim.kill();
    return { victim, what: `${victim.name} leaves ${own} blocks for a longer branch` };
  },

  mine: async ({ peers }, rng) => {
    const victim = drawn(peers, rng);
    const from = victim.witness.told?.height ?? 0;
    const at = from + rng.below(MINED) + 1;
    const mining = victim.witness.mine(MINED);
    await victim.watchUntil(`block ${at}`, BUSY_TIMEOUT_MS, ({ height }) => height >= at);
    await victim.witness.watch(rng.below(JITTER_MS));
    await victim.kill();
    await mining;
    return { victim, what: `${victim.name} mines from block ${from} on` };
  },

  start: async ({ peers }, rng) => {
    const victim = drawn(peers, rng);
    const isFresh = rng.below(3) === 0;
    await victim.stop();
    if (isFresh) victim.replaceChain(undefined);
    const ms = rng.below(Math.ceil(victim.startMs));
    victim.start();
    await victim.witness.watch(ms);
    await victim.kill();
    const chain = isFresh ? 'without' : 'with';
    return { victim, what: `${victim.name} starts ${chain} a chain, ${ms} ms ago` };
  },
};

/** Kills the tracker, alive or in its start, and starts it again. Says when. */
export async function killTracker(cast: Cast, rng: Rng): Promise<string> {
  const isStarting = rng.below(2) === 0;
  const miner = drawn(cast.peers, rng);
  const ms = rng.below(TRACKER_MS_MAX);
  const mining = miner.witness.mine(TRACKER_BLOCKS);
  if (isStarting) {
    await cast.killTracker();
    cast.startTracker();
  }
  await delay(ms);
  await cast.killTracker();
  await mining;
  await cast.untilAgreed();
  cast.startTracker();
  await cast.untilTrackerUp();
  return isStarting ? `the tracker starts, ${ms} ms ago` : 'the tracker serves';
}

const TRACKER_MS_MAX = 500;
const TRACKER_BLOCKS = 20;

/**
 * Until a reorganisation was begun, or is over. Looks at the disk: the API may answer only when all
 * of it is over.
 */
async function untilMoving({ name, directory }: Peer): Promise<void> {
  const before = stateIn(directory)?.tip;
  const deadlineMs = performance.now() + BUSY_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    const state = stateIn(directory);
    if (state?.tip !== before || (state !== undefined && isMove(state))) return;
    await delay(1);
  }
  throw new Error(`not within ${BUSY_TIMEOUT_MS / 1_000} s: ${name} begins a reorganisation`);
}

const drawn = (peers: readonly Peer[], rng: Rng): Peer => peers[rng.below(peers.length)] as Peer;
