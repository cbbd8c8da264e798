/** The flags of the simulator's programs. */

import { parseArgs } from 'node:util';
import { FAULT_LEVELS, type FaultLevel } from './faults.js';
import type { ScenarioOptions } from './scenario.js';

const STANDARD = { nodes: 12, hours: 1, faults: 'many' } as const;
const SEED_MAX = 2 ** 32 - 1;
const NODES_MAX = 10_000;
const HOURS_MAX = 10_000;

/** What was asked for, with `given` where nothing was; or a sentence that says what is wrong. */
export function readSimFlags(
  words: readonly string[],
  given: Partial<ScenarioOptions>,
): ScenarioOptions | string {
  const values = parse(words);
  if (typeof values === 'string') return values;
  const standard = { seed: 1, ...STANDARD, ...given };
  const seed = number(values.seed, standard.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) return bad('seed', '0 to 2^32 − 1');
  const nodes = number(values.nodes, standard.nodes);
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > NODES_MAX) return bad('nodes', '1 to 10000');
  const hours = number(values.hours, standard.hours);
  if (!(hours > 0 && hours <= HOURS_MAX)) return bad('hours', 'above 0, at most 10000');
  const faults = values.faults ?? standard.faults;
  if (!isLevel(faults)) return bad('faults', Object.keys(FAULT_LEVELS).join(', '));
  return { seed, nodes, hours, faults };
}

function parse(
  words: readonly string[],
): Partial<Record<'seed' | 'nodes' | 'hours' | 'faults', string>> | string {
  const text = { type: 'string' } as const;
  const options = { seed: text, nodes: text, hours: text, faults: text };
  try {
    return parseArgs({ args: [...words], options, strict: true }).values;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} There are: ${KNOWN}.`;
  }
}

const KNOWN = '--seed S, --nodes N, --hours H, --faults none|some|many';

const number = (word: string | undefined, standard: number): number =>
  word === undefined ? standard : word === '' ? Number.NaN : Number(word);

const bad = (flag: string, range: string): string => `--${flag} takes ${range}.`;

const isLevel = (word: string): word is FaultLevel => Object.hasOwn(FAULT_LEVELS, word);
