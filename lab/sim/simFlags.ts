/** The flags of the simulator's programs. */

import { FAULT_LEVELS, type FaultLevel } from './faults.js';
import {
  bad,
  DECIMAL,
  isTold,
  number,
  parse,
  refused,
  SEED_MAX,
  WHOLE,
  type Told,
  type Values,
} from './programFlags.js';
import type { ScenarioOptions } from './scenario.js';

const STANDARD = { nodes: 12, hours: 1, faults: 'many' } as const;
const NODES_MAX = 10_000;
const HOURS_MAX = 10_000;

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

const FLAGS = {
  ...{ seed: 'S', nodes: 'N', hours: 'H' },
  faults: Object.keys(FAULT_LEVELS).join('|'),
};

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

const isLevel = (word: string): word is FaultLevel => Object.hasOwn(FAULT_LEVELS, word);
