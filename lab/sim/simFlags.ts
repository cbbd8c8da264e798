/** The flags of the simulator's programs. */

import { parseArgs } from 'node:util';
import { FAULT_LEVELS, type FaultLevel } from './faults.js';
import type { ScenarioOptions } from './scenario.js';

const STANDARD = { nodes: 12, hours: 1, faults: 'many' } as const;
const SEED_MAX = 2 ** 32 - 1;
const NODES_MAX = 10_000;
const HOURS_MAX = 10_000;

/** What to print in place of a run: help that was asked for, or a sentence on what is wrong. */
export interface Told {
  readonly text: string;
  readonly exitCode: 0 | 1;
}

export interface SoakOptions extends ScenarioOptions {
  /** How many seeds, from the first on. */
  readonly seeds: number;
}

/** What `npm run sim` was asked for, with `seed` where none was. */
export function readSimFlags(words: readonly string[], seed: number): ScenarioOptions | Told {
  const values = parse(words, { command: 'sim', flags: FLAGS });
  return isTold(values) ? values : scenarioOf(values, seed);
}

/** What `npm run soak` was asked for: from seed 1 on to the last there is, where nothing was. */
export function readSoakFlags(words: readonly string[]): SoakOptions | Told {
  const values = parse(words, { command: 'soak', flags: { ...FLAGS, seeds: 'COUNT' } });
  if (isTold(values)) return values;
  const scenario = scenarioOf(values, 1);
  if (isTold(scenario)) return scenario;
  const seedsMax = SEED_MAX - scenario.seed + 1;
  const seeds = number(values['seeds'], WHOLE, seedsMax);
  if (!(seeds >= 1 && seeds <= seedsMax)) {
    return refused(`--seeds takes 1 to ${seedsMax} from seed ${scenario.seed} on.`);
  }
  return { ...scenario, seeds };
}

type Values = Readonly<Record<string, string | undefined>>;

interface Program {
  readonly command: string;
  /** Each flag and its placeholder. */
  readonly flags: Readonly<Record<string, string>>;
}

const FLAGS = {
  ...{ seed: 'S', nodes: 'N', hours: 'H' },
  faults: Object.keys(FAULT_LEVELS).join('|'),
};

function parse(words: readonly string[], { command, flags }: Program): Values | Told {
  const names = Object.keys(flags).map((name) => [name, { type: 'string' }] as const);
  const options = { ...Object.fromEntries(names), help: { type: 'boolean' } } as const;
  const entries = Object.entries(flags).map(([name, value]) => `--${name} ${value}`);
  const known = entries.join(', ');
  try {
    const { help, ...values } = parseArgs({ args: [...words], options, strict: true }).values;
    if (help !== true) return values;
    const usage = entries.map((entry) => ` [${entry}]`).join('');
    return { text: `npm run ${command} --${usage}  (docs/simulation.md)`, exitCode: 0 };
  } catch (error) {
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return refused(`${problem.replace(/\.?$/, '.')} There are: ${known}, --help.`);
  }
}

function scenarioOf(values: Values, standardSeed: number): ScenarioOptions | Told {
  const seed = number(values['seed'], WHOLE, standardSeed);
  if (!(seed <= SEED_MAX)) return bad('seed', '0 to 2^32 − 1');
  const nodes = number(values['nodes'], WHOLE, STANDARD.nodes);
  if (!(nodes >= 1 && nodes <= NODES_MAX)) return bad('nodes', '1 to 10000');
  const hours = number(values['hours'], DECIMAL, STANDARD.hours);
  if (!(hours > 0 && hours <= HOURS_MAX)) return bad('hours', 'above 0, at most 10000');
  const faults = values['faults'] ?? STANDARD.faults;
  if (!isLevel(faults)) return bad('faults', Object.keys(FAULT_LEVELS).join(', '));
  return { seed, nodes, hours, faults };
}

const WHOLE = /^\d{1,10}$/;
const DECIMAL = /^\d{1,5}(\.\d{1,6})?$/;

function number(word: string | undefined, form: RegExp, standard: number): number {
  if (word === undefined) return standard;
  return form.test(word) ? Number(word) : Number.NaN;
}

export const isTold = (read: object): read is Told => 'exitCode' in read;

const refused = (text: string): Told => ({ text, exitCode: 1 });

const bad = (flag: string, range: string): Told => refused(`--${flag} takes ${range}.`);

const isLevel = (word: string): word is FaultLevel => Object.hasOwn(FAULT_LEVELS, word);
