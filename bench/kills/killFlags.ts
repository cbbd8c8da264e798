/** The flags of `npm run kills`. */

import { parseArgs } from 'node:util';

export interface KillFlags {
  readonly kills: number;
  readonly seed: number;
}

const KILLS = 20;
const KILLS_MAX = 100_000;
const SEED_MAX = 2 ** 32 - 1;

/** What was asked for, with `seed` where none was; or a sentence that says what is wrong. */
export function readKillFlags(words: readonly string[], seed: number): KillFlags | string {
  let values: { readonly kills?: string; readonly seed?: string };
  try {
    const text = { type: 'string' } as const;
    const options = { kills: text, seed: text };
    values = parseArgs({ args: [...words], options, strict: true }).values;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return `${problem} There are: --kills N, --seed S.`;
  }
  const flags = { kills: whole(values.kills, KILLS), seed: whole(values.seed, seed) };
  if (!(flags.kills >= 1 && flags.kills <= KILLS_MAX)) return '--kills takes 1 to 100000.';
  if (!(flags.seed >= 0 && flags.seed <= SEED_MAX)) return '--seed takes 0 to 2^32 − 1.';
  return flags;
}

const whole = (word: string | undefined, standard: number): number => {
  if (word === undefined) return standard;
  return /^\d{1,10}$/.test(word) ? Number(word) : Number.NaN;
};
