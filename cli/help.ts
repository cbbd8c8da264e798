/** Help texts, made from the tables of commands and settings. */

import { expected, type Kind } from '../shared/config/kinds.js';
import { flagOf, settingOf } from '../shared/config/settings.js';
import type { AnyCommand } from './command.js';
import { COMMANDS, type Entry } from './commands.js';

/** What `cairn` alone prints; with `prefix`, only the commands that begin with it. */
export function overview(prefix = ''): string {
  const rows = COMMANDS.filter(({ words }) => words.startsWith(prefix)).map(
    ({ words, summary }): Row => [`cairn ${words}`, summary],
  );
  return [
    'Usage: cairn COMMAND [FLAGS]',
    '',
    ...table(rows),
    '',
    'cairn COMMAND --help tells more; cairn --version prints versions.',
    'Flags come before CAIRN_… variables, before the configuration file, before defaults.',
  ].join('\n');
}

/** What `cairn COMMAND --help` prints. */
export function commandHelp(entry: Entry, command: AnyCommand): string {
  const names = command.positionals.map((name) =>
    name.endsWith('?') ? `[${name.slice(0, -1)}]` : name,
  );
  const usage = ['Usage: cairn', entry.words, ...names, '[FLAGS]'].join(' ');
  return [usage, '', capitalised(entry.summary), '', ...table(flagRows(command))].join('\n');
}

type Row = readonly [string, string];

function flagRows(command: AnyCommand): Row[] {
  const own = Object.entries(command.options).map(([name, { kind, about }]): Row => [
    synopsis(name, kind),
    about,
  ]);
  const settings = command.settings.map((key): Row => {
    const { kind, about, default: fallback } = settingOf(key);
    const tail = fallback === undefined ? '' : ` [${fallback}]`;
    return [synopsis(flagOf(key), kind), `${about}${tail}`];
  });
  return [...own, ...settings, ['--help', 'print this']];
}

function synopsis(name: string, kind: Kind): string {
  if (kind.type === 'boolean') return `--${name}`;
  const value = {
    integer: 'N',
    number: 'N',
    text: 'TEXT',
    name: 'NAME',
    'network-name': 'NAME',
    path: 'PATH',
    paths: 'PATH,…',
  };
  if (kind.type === 'choice') return `--${name} ${kind.of.join('|')}`;
  if (kind.type === 'endpoint') return `--${name} ${expected(kind).replace(' or ', '|')}`;
  return `--${name} ${kind.type === 'endpoints' ? 'HOST:PORT,…' : value[kind.type]}`;
}

function table(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`);
}

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
