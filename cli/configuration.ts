/** Reads what a command was told: its flags, the environment, the configuration file. */

import { readFileSync } from 'node:fs';
import { resolve as absolute } from 'node:path';
import { explain, type ConfigProblem } from '../shared/config/problem.js';
import { resolve, type ConfigFile, type Resolved } from '../shared/config/resolve.js';
import { SETTING_KEYS, variableOf, type SettingKey } from '../shared/config/settings.js';
import { withoutMark } from '../shared/io/jsonFile.js';
import { Trouble } from '../shared/io/trouble.js';
import type { CommandLine } from './flags.js';
import { homeAt } from './home.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings `keys`. Throws `Trouble` with one line for whatever is wrong with them. */
export function configure<K extends SettingKey>(
  keys: readonly K[],
  { flags }: CommandLine,
  environment: Environment,
): Resolved<K> {
  const where = orThrow(resolve(['config', 'home'], { flags, environment, file: undefined }));
  const { config, home } = where.values;
  const standard = homeAt(home).configFile;
  const file = readConfigFile(config ?? standard, config !== undefined);
  return orThrow(resolve(keys, { flags, environment, file }));
}

/** `undefined` when it does not exist and nobody named it. */
function readConfigFile(path: string, isNamed: boolean): ConfigFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !isNamed) return undefined;
    const message = `The configuration file ${absolute(path)} cannot be read (${String(code)}).`;
    throw new Trouble('config-unreadable', message, 'Check the path and its permissions.', error);
  }
  try {
    return { path, json: JSON.parse(withoutMark(text)) as unknown };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const message = `The configuration file ${absolute(path)} is not JSON: ${detail}.`;
    throw new Trouble('config-not-json', message, 'Compare it with config.example.json.', error);
  }
}

function orThrow<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: ConfigProblem },
): T {
  if (result.ok) return result.value;
  const known = { keys: SETTING_KEYS, variables: SETTING_KEYS.map(variableOf) };
  throw new Trouble(result.error.code, explain(result.error, known), '');
}
