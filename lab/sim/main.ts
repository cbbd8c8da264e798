/**
 * `npm run sim -- --seed S --nodes N --hours H [--faults LEVEL]`: one run in virtual time. Its
 * first line is the seed, its last one the digest of all that happened. Ends with 1 when something
 * broke.
 */

import { randomInt } from 'node:crypto';
import { readSimFlags } from './simFlags.js';
import { isTold } from './programFlags.js';
import { replayCommand, tableOf } from './report.js';
import { runScenario } from './scenario.js';

const flags = readSimFlags(process.argv.slice(2), randomInt(2 ** 32 - 1));
if (isTold(flags)) {
  (flags.exitCode === 0 ? console.log : console.error)(flags.text);
  process.exitCode = flags.exitCode;
} else {
  console.log(`seed ${String(flags.seed)}`);
  const { nodes, hours, faults } = flags;
  console.log(`${String(nodes)} nodes, ${String(hours)} virtual hours, faults: ${faults}`);
  const verdict = runScenario(flags, ({ hours: at, heights }) => {
    const [low, high] = [Math.min(...heights), Math.max(...heights)];
    console.log(`${at.toFixed(2)} h: heights ${String(low)} to ${String(high)}`);
  });
  for (const line of tableOf(verdict.sometimes)) console.log(line);
  console.log(`${String(verdict.inputCount)} inputs, height ${String(verdict.height)}`);
  if (verdict.failure === undefined) console.log('verdict: all held');
  else {
    console.log(`verdict: BROKEN ${verdict.failure}`);
    console.log(`replay: ${replayCommand(flags)}`);
    process.exitCode = 1;
  }
  console.log(`digest ${verdict.digest}`);
}
