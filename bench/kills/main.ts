/**
 * `npm run kills -- [--kills N] [--seed S]`: programs killed with `kill -9` while they sync, mine,
 * reorganise or start. Ends with 1 when something was lost or did not come up by itself.
 */

import { randomInt } from 'node:crypto';
import { isTold } from '../../lab/sim/programFlags.js';
import { readKillFlags, type KillFlags } from './killFlags.js';
import { Kills } from './kills.js';

const BLOCKS = 3_000;

async function main(flags: KillFlags): Promise<void> {
  console.log(`seed ${flags.seed}`);
  const kills = new Kills({ ...flags, blockCount: BLOCKS, onLine: (line) => console.log(line) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void kills.close().finally(() => process.exit(130));
    });
  }
  try {
    const { kills: count, failed, byKind, inTheMiddle } = await kills.run();
    console.log([...byKind].map(([kind, times]) => `${kind} ${times}`).join(', '));
    console.log(`${count} kills, ${failed} failed`);
    if (failed > 0) process.exitCode = 1;
    if (byKind.has('reorganisation') && inTheMiddle === 0) {
      console.log('no kill hit a reorganisation in the middle: nothing is proven of it');
      process.exitCode = 1;
    }
  } finally {
    await kills.close();
  }
  if (process.exitCode === 1) console.log(`again: npm run kills -- ${wordsOf(flags)}`);
}

const wordsOf = ({ kills, seed }: KillFlags): string => `--kills ${kills} --seed ${seed}`;

const flags = readKillFlags(process.argv.slice(2), randomInt(2 ** 32 - 1));
if (isTold(flags)) {
  (flags.exitCode === 0 ? console.log : console.error)(flags.text);
  process.exitCode = flags.exitCode;
} else {
  await main(flags);
}
