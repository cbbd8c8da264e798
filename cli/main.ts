/**
 * From the command line to an exit code: find the command, read its flags, run it, tell of trouble.
 */

import { parseText, type Kind, type Value } from '../shared/config/kinds.js';
import { didYouMean } from '../shared/config/suggest.js';
import { strayVariables } from '../shared/config/resolve.js';
import { flagOf, SETTING_KEYS, settingOf, variableOf } from '../shared/config/settings.js';
import { describeFailure, Trouble } from '../shared/io/trouble.js';
import type { AnyCommand, Invocation, Options } from './command.js';
import { COMMANDS, type Entry } from './commands.js';
import { configure } from './configuration.js';
import { EXIT, type ExitCode } from './exitCodes.js';
import { parseFlags, type CommandLine } from './flags.js';
import { commandHelp, overview } from './help.js';
import { NotRunning } from './notRunning.js';
import { OutcomeUnknown } from './outcomeUnknown.js';
import { Output } from './output.js';
import { hasLauncher } from './stopping.js';

/** Runs `args` (what follows `cairn`) and returns the exit code; never throws. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const output = new Output(process.env);
  process.stdout.on('error', onBrokenPipe);
  try {
    return await dispatch(args, output);
  } catch (error) {
    output.warn(describeFailure(error).trimEnd());
    if (error instanceof OutcomeUnknown) return EXIT.unknown;
    return error instanceof NotRunning ? EXIT.notRunning : EXIT.trouble;
  }
}

/** Whoever read our output has gone (`cairn peers | head -1`): there is nothing left to do. */
function onBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
}

async function dispatch(args: readonly string[], output: Output): Promise<ExitCode> {
  const first = args[0];
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    output.line(overview());
    return EXIT.done;
  }
  if (first === '--version') {
    const { printVersions } = await import('./versions.js');
    printVersions(output, args.includes('--json'));
    return EXIT.done;
  }
  const entry = findEntry(args);
  if (entry === undefined) return unknownCommand(args, output);
  const { command } = await entry.load();
  return invoke(entry, command, args.slice(entry.words.split(' ').length), output);
}

function findEntry(args: readonly string[]): Entry | undefined {
  return COMMANDS.find(({ words }) => words.split(' ').every((word, i) => word === args[i]));
}

/** `cairn network` alone lists what there is; anything else gets a suggestion. */
function unknownCommand(args: readonly string[], output: Output): ExitCode {
  const [first = '', second] = args;
  const isGroup = COMMANDS.some(({ words }) => words.startsWith(`${first} `));
  if (isGroup && (second === undefined || second.startsWith('-'))) {
    output.line(overview(`${first} `));
    return second === '--help' || second === '-h' ? EXIT.done : EXIT.trouble;
  }
  const typed = second === undefined || second.startsWith('-') ? first : `${first} ${second}`;
  const known = COMMANDS.map(({ words }) => words);
  const suggestion = didYouMean(typed, known) || didYouMean(first, known);
  output.warn(`Unknown command ${typed}.${suggestion} cairn --help lists the commands.`);
  return EXIT.trouble;
}

async function invoke(
  entry: Entry,
  command: AnyCommand,
  args: readonly string[],
  output: Output,
): Promise<ExitCode> {
  const kinds = new Map<string, Kind>([['help', { type: 'boolean' }]]);
  for (const [name, { kind }] of Object.entries(command.options)) kinds.set(name, kind);
  for (const key of command.settings) kinds.set(flagOf(key), settingOf(key).kind);
  const parsed = parseFlags(args, kinds);
  if (!parsed.ok) throw new Trouble('wrong-use', parsed.error, '');
  if (parsed.value.flags.get('help')?.[0] === 'true') {
    output.line(commandHelp(entry, command));
    return EXIT.done;
  }
  checkPositionals(entry, command, parsed.value.positionals);
  const environment = process.env;
  const settings = configure(command.settings as readonly never[], parsed.value, environment);
  // Whoever set it reads this in the launcher's own terminal.
  if (!hasLauncher()) warnOfStrays(environment, output);
  const invocation: Invocation<never, Options> = {
    settings,
    options: readOptions(command.options, parsed.value),
    positionals: parsed.value.positionals,
    environment,
    output,
  };
  return command.run(invocation as never);
}

function warnOfStrays(environment: NodeJS.ProcessEnv, output: Output): void {
  const known = SETTING_KEYS.map(variableOf);
  for (const variable of strayVariables(environment)) {
    output.warn(`Unknown variable ${variable} is ignored.${didYouMean(variable, known)}`);
  }
}

function checkPositionals(entry: Entry, command: AnyCommand, given: readonly string[]): void {
  const required = command.positionals.filter((name) => !name.endsWith('?'));
  const missing = required.find((_, i) => (given[i] ?? '') === '');
  const surplus = given[command.positionals.length];
  const help = `cairn ${entry.words} --help tells what it takes.`;
  if (missing !== undefined) throw new Trouble('wrong-use', `${missing} is missing.`, help);
  if (surplus !== undefined) throw new Trouble('wrong-use', `Unexpected ${surplus}.`, help);
}

function readOptions(options: Options, { flags }: CommandLine): Record<string, Value | undefined> {
  const values: Record<string, Value | undefined> = {};
  for (const [name, { kind }] of Object.entries(options)) {
    const text = flags.get(name)?.at(-1);
    if (text === undefined) continue;
    const value = parseText(kind, text);
    if (!value.ok) {
      const message = `--${name}: expected ${value.error}, found ${JSON.stringify(text)}.`;
      throw new Trouble('bad-value', message, '');
    }
    values[name] = value.value;
  }
  return values;
}
