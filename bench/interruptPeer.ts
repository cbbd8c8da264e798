/**
 * How soon the workers of a whole peer, with its files, index and API, hash on the blocks that it
 * finds, by its own metrics.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { availableParallelism } from 'node:os';
import type { Network } from '../shared/consensus/genesis.js';
import { bitsOf } from '../shared/consensus/work.js';
import type { UnixSeconds } from '../shared/units.js';
import { makeNetwork } from '../test/support/blocks.js';
import { spawnPeer, temporaryDirectory, until, type PeerProcess } from './processes.js';
import type { Figure } from './report.js';

/** A few blocks a second, found by its workers. */
const EXPECTED_HASHES = 2n ** 22n;
const WARM_UP_MS = 20_000;
const MEASURED_MS = 60_000;

/** Shares of all interrupts, in percent. */
export async function interruptsOfPeer(): Promise<Figure[]> {
  const directory = temporaryDirectory();
  const flags = ['--mine', '--threads', String(availableParallelism()), '--cpu', '100'];
  const wish = { network: quickNetwork(), directory: directory.path, flags };
  const peer = await spawnPeer({ ...wish, logLevel: 'info' });
  await until('the peer', () => peer.get('/api/status'));
  await delay(WARM_UP_MS);
  const before = await interruptsWithin(peer);
  await delay(MEASURED_MS);
  const after = await interruptsWithin(peer);
  await peer.stop();
  directory.remove();
  const grown = (bound: string): number => (after.get(bound) ?? 0) - (before.get(bound) ?? 0);
  const share = (seconds: string): number => (grown(seconds) / grown('+Inf')) * 100;
  const name = 'a peer that finds blocks';
  return [
    { metric: `${name}, within 1 ms`, value: share('0.001'), unit: '%', goal: '≥ 50' },
    { metric: `${name}, within 3 ms`, value: share('0.003'), unit: '%', goal: '≥ 99' },
  ];
}

function quickNetwork(): Network {
  const genesisBits = bitsOf(2n ** 256n / EXPECTED_HASHES);
  const time = (Math.floor(Date.now() / 1_000) - 1_000) as UnixSeconds;
  return makeNetwork({ time, genesisBits });
}

/** How many interrupts there were, by the upper bound of how long they took. */
async function interruptsWithin({ url }: PeerProcess): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const buckets = text.matchAll(/^cairn_mining_interrupt_seconds_bucket\{le="(.+)"\} (\d+)$/gm);
  return new Map(Array.from(buckets, ([, bound = '', count]) => [bound, Number(count)]));
}
