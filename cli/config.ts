/** `cairn config [PROGRAM]`: each setting, its value and where it comes from. */

import { printValue, type Value } from '../shared/config/kinds.js';
import { flagOf, keysOf, SETTING_KEYS, variableOf } from '../shared/config/settings.js';
import { Trouble } from '../shared/io/trouble.js';
import { configure } from './configuration.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import type { Output } from './output.js';

const PROGRAMS = ['tracker', 'peer', 'network'] as const;

export const command = defineCommand({
  settings: keysOf('', 'log'),
  options: { json: JSON_OPTION },
  positionals: ['PROGRAM?'],
  run: async ({ settings, options, positionals, environment, output }) => {
    const keys = keysFor(positionals[0]);
    const flags = givenFlags(settings.values, settings.origins);
    const resolved = configure(keys, { flags, positionals: [] }, environment);
    const rows = keys.map((key) => {
      const value = resolved.values[key];
      return { key, value: jsonOf(value), ...resolved.origins[key], variable: variableOf(key) };
    });
    if (options.json === true) output.json(rows);
    else printRows(rows, output);
    return Promise.resolve(EXIT.done);
  },
});

function keysFor(program: string | undefined): typeof SETTING_KEYS {
  if (program === undefined) return SETTING_KEYS;
  const section = PROGRAMS.find((name) => name === program);
  if (section !== undefined) return keysOf('', 'log', section);
  const message = `There is no program ${program}.`;
  throw new Trouble('wrong-use', message, `Programs are ${PROGRAMS.join(', ')}.`);
}

type Flags = Map<string, readonly string[]>;

/** The flags of this command, as they were given: they are settings, too. */
function givenFlags(
  values: Readonly<Record<string, Value | undefined>>,
  origins: Readonly<Record<string, { readonly type: string }>>,
): Flags {
  const flags: Flags = new Map();
  for (const key of keysOf('', 'log')) {
    const value = values[key];
    if (origins[key]?.type === 'flag' && value !== undefined) {
      flags.set(flagOf(key), [printValue(value)]);
    }
  }
  return flags;
}

const jsonOf = (value: Value | undefined): string | number | boolean | null =>
  value === undefined ? null : typeof value === 'object' ? printValue(value) : value;

interface Row {
  readonly key: string;
  readonly value: string | number | boolean | null;
  readonly type: string;
  readonly from: string;
}

function printRows(rows: readonly Row[], output: Output): void {
  const shown = rows.map(({ key, value, type, from }) => [
    key,
    value === null ? output.symbols.none : String(value),
    from === '' ? type : `${type} ${from}`,
  ]);
  const width = (column: number): number =>
    Math.max(...shown.map((cells) => (cells[column] ?? '').length));
  const [first, second] = [width(0), width(1)];
  for (const [key = '', value = '', origin = ''] of shown) {
    output.line(`${key.padEnd(first)}  ${value.padEnd(second)}  ${origin}`);
  }
}
