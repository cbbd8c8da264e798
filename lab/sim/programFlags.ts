/** What the flags of a program that tries things out have in common. */

import { parseArgs } from 'node:util';

/** What to print in place of a run: help that was asked for, or a sentence on what is wrong. */
export interface Told {
  readonly text: string;
  readonly exitCode: 0 | 1;
}

export type Values = Readonly<Record<string, string | undefined>>;

/** A program, as `npm run` knows it. */
export interface Program {
  readonly command: string;
  /** Each flag and its placeholder. */
  readonly flags: Readonly<Record<string, string>>;
}

export const SEED_MAX = 2 ** 32 - 1;

/** The words behind each flag of `words`, or what to say in place of them. */
export function parse(words: readonly string[], { command, flags }: Program): Values | Told {
  const names = Object.keys(flags).map((name) => [name, { type: 'string' }] as const);
  const options = { ...Object.fromEntries(names), help: { type: 'boolean' } } as const;
  const entries = Object.entries(flags).map(([name, value]) => `--${name} ${value}`);
  const known = entries.join(', ');
  try {
    const read = parseArgs({ args: [...words], options, strict: true, tokens: true });
    const { help, ...values } = read.values;
    const given = read.tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    const twice = given.find((name, i) => given.indexOf(name) < i);
    if (twice !== undefined) return refused(`--${twice} is there twice.`);
    if (help !== true) return values;
    const usage = entries.map((entry) => ` [${entry}]`).join('');
    return { text: `npm run ${command} --${usage}  (docs/simulation.md)`, exitCode: 0 };
  } catch (error) {
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return refused(`${problem.replace(/\.?$/, '.')} There are: ${known}, --help.`);
  }
}

/** A whole number. */
export const WHOLE = /^\d{1,10}$/;
/** With up to six digits behind the point. */
export const DECIMAL = /^\d{1,5}(\.\d{1,6})?$/;

/** The number that `word` is, `NaN` where it has another form; `standard` where there is none. */
export function number(word: string | undefined, form: RegExp, standard: number): number {
  if (word === undefined) return standard;
  return form.test(word) ? Number(word) : Number.NaN;
}

export const isTold = (read: object): read is Told => 'exitCode' in read;

/** Ends the program with 1 and says why. */
export const refused = (text: string): Told => ({ text, exitCode: 1 });

export const bad = (flag: string, range: string): Told => refused(`--${flag} takes ${range}.`);
