/**
 * An empty block found on A → connected on B: two idle peers, blocks mined on demand one at a time.
 * Both times are those of the peers' own logs, whose monotonic clock is the machine's: from the
 * message of the worker that found the nonce to the event that follows the commit on the other
 * side.
 */

import type { UnixSeconds } from '../shared/units.js';
import { makeNetwork } from '../test/support/blocks.js';
import { FOUND_BY_WORKERS } from './chains.js';
import {
  spawnPeer,
  temporaryDirectory,
  until,
  untilHeight,
  type LogLine,
  type PeerProcess,
} from './processes.js';
import { bareExchangeMs } from './reference.js';
import { median, percentile, type Figure } from './report.js';

const BLOCKS = 200;

export async function relay(): Promise<Figure[]> {
  const times = await relayTimesMs();
  const bare = await bareExchangeMs();
  return [
    { metric: 'found-to-connected-median', value: median(times), unit: 'ms', goal: '≤ 2' },
    { metric: 'found-to-connected-p99', value: percentile(times, 0.99), unit: 'ms' },
    { metric: 'bare-exchange-median', value: bare, unit: 'ms' },
    { metric: 'found-to-connected-per-bare-exchange', value: median(times) / bare, unit: 'times' },
  ];
}

/** How long each of some empty blocks took from one of two peers to the other. */
export async function relayTimesMs(): Promise<readonly number[]> {
  const time = (Math.floor(Date.now() / 1000) - 2 * BLOCKS) as UnixSeconds;
  const network = makeNetwork({ time, ...FOUND_BY_WORKERS });
  const [here, there] = [temporaryDirectory(), temporaryDirectory()];
  const finder = await spawnPeer({ network, directory: here.path });
  await untilHeight(finder, 0);
  const connect = finder.tcpPort;
  const receiver = await spawnPeer({ network, directory: there.path, connect });
  await until('a session', () => lineOf(receiver, 'peer ready'));
  for (let height = 1; height <= BLOCKS; height++) {
    await finder.post('/api/mining/generate', { count: 1 });
    await until('the block', () => lineOf(receiver, 'block-connected', height));
  }
  await until('the log', () => lineOf(finder, 'mined a block', BLOCKS));
  const times = latenciesMs(finder, receiver);
  await Promise.all([finder.stop(), receiver.stop()]);
  here.remove();
  there.remove();
  return times;
}

export const lineOf = (peer: PeerProcess, message: string, height?: number): LogLine | undefined =>
  peer.lines.findLast(
    (line) => line.message === message && (height === undefined || line['height'] === height),
  );

export function latenciesMs(finder: PeerProcess, receiver: PeerProcess): number[] {
  const connectedAt = new Map<unknown, number>();
  for (const { message, hash, mono } of receiver.lines) {
    if (message === 'block-connected') connectedAt.set(hash, mono);
  }
  const times: number[] = [];
  let connected: number | undefined;
  for (const { message, hash, foundMono } of finder.lines) {
    if (message === 'mined a block') connected = connectedAt.get(hash);
    if (message !== 'found a nonce' || connected === undefined) continue;
    times.push(connected - Number(foundMono));
    connected = undefined;
  }
  return times;
}
