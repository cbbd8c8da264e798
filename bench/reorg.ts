/**
 * A peer with a branch of 1,000 blocks meets another one with 1,001: it leaves all of its own.
 * Timed from its spawn, so that start, handshake, headers and download of the other branch are in
 * the figure.
 */

import { benchBlocks, benchNetwork, fillDirectory } from './chains.js';
import { monoMs, spawnPeer, temporaryDirectory, untilHeight } from './processes.js';
import type { Figure } from './report.js';

const DEPTH = 1000;

export async function reorg(): Promise<Figure[]> {
  const network = benchNetwork({ blockCount: DEPTH, transactionCount: 0 });
  const plan = { blockCount: DEPTH, transactionCount: 0 };
  const longer = temporaryDirectory();
  const shorter = temporaryDirectory();
  const longerPlan = { ...plan, blockCount: DEPTH + 1, extraNonce: 1 };
  fillDirectory(longer.path, network, benchBlocks(network, longerPlan));
  fillDirectory(shorter.path, network, benchBlocks(network, plan));
  const stays = await spawnPeer({ network, directory: longer.path });
  await untilHeight(stays, DEPTH + 1);
  const connect = stays.tcpPort;
  const moves = await spawnPeer({ network, directory: shorter.path, connect });
  await untilHeight(moves, DEPTH + 1);
  const seconds = (monoMs() - moves.spawnedMono) / 1000;
  await Promise.all([stays.stop(), moves.stop()]);
  longer.remove();
  shorter.remove();
  return [{ metric: 'spawn-to-reorganised-1000-blocks', value: seconds, unit: 's', goal: '≤ 2' }];
}
