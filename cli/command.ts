/** What a subcommand is: its flags and arguments, and the function that runs it. */

import type { Kind, ValueOf } from '../shared/config/kinds.js';
import type { Resolved } from '../shared/config/resolve.js';
import type { SettingKey } from '../shared/config/settings.js';
import type { ExitCode } from './exitCodes.js';
import type { Output } from './output.js';

/** A flag that belongs to one command only: no variable, no key in the file. */
export interface Option {
  readonly kind: Kind;
  readonly about: string;
}

export type Options = Readonly<Record<string, Option>>;

export type OptionValues<O extends Options> = {
  readonly [P in keyof O]: ValueOf<O[P]['kind']> | undefined;
};

export interface Invocation<K extends SettingKey, O extends Options> {
  readonly settings: Resolved<K>;
  readonly options: OptionValues<O>;
  readonly positionals: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
}

export interface Command<K extends SettingKey = SettingKey, O extends Options = Options> {
  readonly settings: readonly K[];
  readonly options: O;
  /** Names of the arguments after the command; one that ends with `?` may be left out. */
  readonly positionals: readonly string[];
  readonly run: (invocation: Invocation<K, O>) => Promise<ExitCode>;
}

/** Any command, for those who only list or start it. */
export type AnyCommand = Pick<Command, 'settings' | 'options' | 'positionals'> & {
  readonly run: (invocation: never) => Promise<ExitCode>;
};

/** Gives `command` its types. */
export const defineCommand = <K extends SettingKey, const O extends Options>(
  command: Command<K, O>,
): Command<K, O> => command;

/** The flag of every command that prints something. */
export const JSON_OPTION = {
  kind: { type: 'boolean' },
  about: 'print JSON',
} as const satisfies Option;
