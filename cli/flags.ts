/**
 * The command line, cut into flags and arguments. What a flag's text means is decided later, by its
 * kind.
 */

import parse from 'yargs-parser';
import { fail, ok, type Result } from '../shared/result.js';
import { didYouMean } from '../shared/config/suggest.js';
import type { Kind } from '../shared/config/kinds.js';

export interface CommandLine {
  /** By name without dashes; each text that was given, in order. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

/** `args` in the light of the flags that exist; the error is a sentence. */
export function parseFlags(
  args: readonly string[],
  known: ReadonlyMap<string, Kind>,
): Result<CommandLine, string> {
  const names = [...known.keys()];
  const spelled = spellOut(args, known);
  const parsed = parse.detailed(spelled, {
    string: names,
    narg: Object.fromEntries(names.map((name) => [name, 1])),
    configuration: PLAIN,
  });
  const flags = new Map<string, string[]>();
  for (const [name, value] of Object.entries(parsed.argv)) {
    if (name === '_') continue;
    if (!known.has(name)) return fail(unknownFlag(name, known));
    flags.set(name, (Array.isArray(value) ? value : [value]).map(String));
  }
  if (parsed.error instanceof Error) return fail(missingValue(spelled, known));
  return ok({ flags, positionals: parsed.argv._.map(String) });
}

/** Nothing clever: a flag is its name and its text. */
const PLAIN = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'flatten-duplicate-arrays': false,
};

const SHORT: Readonly<Record<string, string>> = { '-h': '--help' };

/** `--mine` → `--mine=true`, `--no-mine` → `--mine=false`, `--mine false` → `--mine=false`. */
function spellOut(args: readonly string[], known: ReadonlyMap<string, Kind>): string[] {
  const spelled: string[] = [];
  const isBoolean = (name: string): boolean => known.get(name)?.type === 'boolean';
  for (let i = 0; i < args.length; i++) {
    const arg = SHORT[args[i] ?? ''] ?? args[i] ?? '';
    if (arg === '--') return [...spelled, ...args.slice(i)];
    const name = arg.startsWith('--') ? arg.slice(2) : '';
    const isNegated = name.startsWith('no-') && isBoolean(name.slice(3)) && !known.has(name);
    if (isNegated) spelled.push(`--${name.slice(3)}=false`);
    else if (!isBoolean(name)) spelled.push(arg);
    else if (args[i + 1] === 'true' || args[i + 1] === 'false') spelled.push(`${arg}=${args[++i]}`);
    else spelled.push(`${arg}=true`);
  }
  return spelled;
}

function unknownFlag(name: string, known: ReadonlyMap<string, Kind>): string {
  const dashed = [...known.keys()].map((flag) => `--${flag}`);
  const written = name.length === 1 ? `-${name}` : `--${name}`;
  const isLog = name === 'json' && known.has('log-format');
  const hint = isLog
    ? ' Its log lines are JSON with --log-format json.'
    : didYouMean(written, dashed);
  return `Unknown flag ${written}.${hint} --help lists the flags.`;
}

function missingValue(args: readonly string[], known: ReadonlyMap<string, Kind>): string {
  const isBare = (arg: string, i: number): boolean => {
    const next = args[i + 1];
    return known.has(arg.slice(2)) && (next === undefined || next.startsWith('-'));
  };
  const flag = args.find(isBare) ?? 'A flag';
  return `${flag} needs a value: ${flag}=VALUE.`;
}
