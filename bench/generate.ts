/**
 * A thousand blocks on demand, on a development network: until all are stored, and until another
 * peer has them.
 */

import { benchNetwork } from './chains.js';
import { monoMs, spawnPeer, temporaryDirectory, until, untilHeight } from './processes.js';
import { median, type Figure } from './report.js';
import { lineOf } from './relay.js';

const BLOCKS = 1_000;
const RUNS = 5;

export async function generate(): Promise<Figure[]> {
  const network = benchNetwork({ blockCount: BLOCKS * RUNS, transactionCount: 0 });
  const [here, there] = [temporaryDirectory(), temporaryDirectory()];
  const finder = await spawnPeer({ network, directory: here.path, logLevel: 'info' });
  await untilHeight(finder, 0);
  const other = await spawnPeer({
    network,
    directory: there.path,
    logLevel: 'info',
    connect: finder.tcpPort,
  });
  await until('a session', () => lineOf(other, 'peer ready'));
  const [stored, passedOn]: [number[], number[]] = [[], []];
  for (let run = 1; run <= RUNS; run++) {
    const begin = monoMs();
    await finder.post('/api/mining/generate', { count: BLOCKS });
    stored.push((monoMs() - begin) / 1_000);
    await untilHeight(other, run * BLOCKS);
    passedOn.push((monoMs() - begin) / 1_000);
  }
  await Promise.all([finder.stop(), other.stop()]);
  here.remove();
  there.remove();
  return [
    { metric: '1000-blocks-stored', value: median(stored), unit: 's', goal: '≤ 0.5' },
    { metric: 'first-1000-blocks-stored', value: stored[0] ?? 0, unit: 's' },
    { metric: '1000-blocks-at-another', value: median(passedOn), unit: 's', goal: '≤ 0.5' },
  ];
}
