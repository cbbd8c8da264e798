/** The flags of `npm run kills`. */

import {
  bad,
  isTold,
  number,
  parse,
  SEED_MAX,
  WHOLE,
  type Told,
} from '../../lab/sim/programFlags.js';

export interface KillFlags {
  readonly kills: number;
  /** 0 to 2^32 − 1. */
  readonly seed: number;
}

const KILLS = 20;
const KILLS_MAX = 100_000;

/** What was asked for, with `seed` where none was. */
export function readKillFlags(words: readonly string[], seed: number): KillFlags | Told {
  const values = parse(words, { command: 'kills', flags: { kills: 'N', seed: 'S' } });
  if (isTold(values)) return values;
  const flags = {
    kills: number(values['kills'], WHOLE, KILLS),
    seed: number(values['seed'], WHOLE, seed),
  };
  if (!(flags.kills >= 1 && flags.kills <= KILLS_MAX)) return bad('kills', '1 to 100000');
  return flags.seed <= SEED_MAX ? flags : bad('seed', '0 to 2^32 − 1');
}
