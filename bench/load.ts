/**
 * What mining at full speed costs the rest of the machine: a peer hashes with a thread on each
 * core, while its API is asked, and while two other peers pass blocks on.
 */

import { availableParallelism } from 'node:os';
import { networkOf, type Network } from '../shared/consensus/genesis.js';
import { bitsOf } from '../shared/consensus/work.js';
import type { UnixSeconds } from '../shared/units.js';
import { makeNetwork } from '../test/support/blocks.js';
import { askFor } from './flood.js';
import { spawnPeer, temporaryDirectory, until, type PeerProcess } from './processes.js';
import { relayTimesMs } from './relay.js';
import { median, percentile, type Figure } from './report.js';

const SECONDS = 20;
/** So that no block is ever found. */
const EXPECTED_HASHES = 2n ** 64n;

export async function load(): Promise<Figure[]> {
  const network = endlessNetwork();
  const directory = temporaryDirectory();
  const threads = String(availableParallelism());
  const flags = ['--mine', '--threads', threads, '--cpu', '100'];
  const miner = await spawnPeer({ network, directory: directory.path, logLevel: 'info', flags });
  await until('hashes', () => isHashing(miner));
  const api = await askFor(miner, SECONDS);
  const relay = await relayTimesMs();
  await miner.stop();
  directory.remove();
  return [
    { metric: 'api-median', value: median(api), unit: 'ms' },
    { metric: 'api-p99', value: percentile(api, 0.99), unit: 'ms', goal: '≤ 50' },
    { metric: 'relay-median', value: median(relay), unit: 'ms' },
    { metric: 'relay-p99', value: percentile(relay, 0.99), unit: 'ms', goal: '≤ 20' },
  ];
}

function endlessNetwork(): Network {
  const genesisBits = bitsOf(2n ** 256n / EXPECTED_HASHES);
  const time = (Math.floor(Date.now() / 1000) - 1000) as UnixSeconds;
  return networkOf({ ...makeNetwork({ time }).params, genesisBits });
}

async function isHashing(miner: PeerProcess): Promise<true | undefined> {
  const status = await miner.get<{ hashRate: number }>('/api/status');
  return status !== undefined && status.hashRate > 0 ? true : undefined;
}
