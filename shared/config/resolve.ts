/**
 * Flags over environment over file over defaults: the value of each setting and where it came from.
 * Pure; the shell reads the command line, the variables and the file.
 */

import { fail, ok, type Result } from '../result.js';
import { isList, parseJson, parseText, type Value } from './kinds.js';
import type { ConfigProblem } from './problem.js';
import {
  flagOf,
  SETTING_KEYS,
  settingOf,
  variableOf,
  type SettingKey,
  type Settings,
} from './settings.js';

export interface Sources {
  /** By name without dashes; each text that was given, in order. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The parsed configuration file, where there is one. */
  readonly file: ConfigFile | undefined;
}

export interface ConfigFile {
  readonly path: string;
  readonly json: unknown;
}

export interface Origin {
  readonly type: 'flag' | 'environment' | 'file' | 'default';
  /** The flag, the variable, the file; empty for a default. */
  readonly from: string;
}

export interface Resolved<K extends SettingKey> {
  readonly values: Settings<K>;
  readonly origins: Readonly<Record<K, Origin>>;
}

/**
 * The settings `keys` from `sources`. Every key of the file and every variable is checked, used or
 * not.
 */
export function resolve<K extends SettingKey>(
  keys: readonly K[],
  sources: Sources,
): Result<Resolved<K>, ConfigProblem> {
  const problem = unknownVariable(sources.environment) ?? fileProblem(sources.file);
  if (problem !== undefined) return fail(problem);
  const values: Partial<Record<K, Value | undefined>> = {};
  const origins: Partial<Record<K, Origin>> = {};
  for (const key of keys) {
    const found = find(key, sources);
    if (!found.ok) return found;
    values[key] = found.value.value;
    origins[key] = found.value.origin;
  }
  return ok({ values: values as Settings<K>, origins: origins as Record<K, Origin> });
}

interface Found {
  readonly value: Value | undefined;
  readonly origin: Origin;
}

function find(key: SettingKey, sources: Sources): Result<Found, ConfigProblem> {
  const { kind, default: fallback } = settingOf(key);
  const flag = sources.flags.get(flagOf(key));
  if (flag !== undefined) {
    const from = `--${flagOf(key)}`;
    if (flag.length > 1 && !isList(kind)) return fail({ code: 'given-twice', source: from });
    return readText(key, flag.join(','), { type: 'flag', from });
  }
  const variable = sources.environment[variableOf(key)];
  if (variable !== undefined && variable !== '') {
    return readText(key, variable, { type: 'environment', from: variableOf(key) });
  }
  const json = sources.file === undefined ? undefined : inFile(sources.file.json, key);
  if (sources.file !== undefined && json !== undefined && json !== null) {
    return readJson(key, json, sources.file.path);
  }
  const origin: Origin = { type: 'default', from: '' };
  return fallback === undefined
    ? ok({ value: undefined, origin })
    : readText(key, fallback, origin);
}

function readText(key: SettingKey, text: string, origin: Origin): Result<Found, ConfigProblem> {
  const value = parseText(settingOf(key).kind, text);
  if (value.ok) return ok({ value: value.value, origin });
  const given = JSON.stringify(text);
  return fail({ code: 'bad-value', source: origin.from, given, expected: value.error });
}

function readJson(key: SettingKey, json: unknown, path: string): Result<Found, ConfigProblem> {
  const value = parseJson(settingOf(key).kind, json);
  if (value.ok) return ok({ value: value.value, origin: { type: 'file', from: path } });
  const given = JSON.stringify(json);
  return fail({ code: 'bad-value', source: `${key} in ${path}`, given, expected: value.error });
}

function inFile(json: unknown, key: SettingKey): unknown {
  let value = json;
  for (const part of key.split('.')) value = isObject(value) ? value[part] : undefined;
  return value;
}

/** The first parts that make a variable ours: others, such as CAIRN_VECTORS, are not settings. */
const SECTIONS = new Set(SETTING_KEYS.filter((key) => key.includes('.')).map(sectionOf));
/** What keys of several parts begin with: `peer.`, `peer.mining.`. */
const BRANCHES = new Set(
  SETTING_KEYS.flatMap((key) =>
    [...key.matchAll(/\./g)].map(({ index }) => key.slice(0, index + 1)),
  ),
);

function unknownVariable(environment: Sources['environment']): ConfigProblem | undefined {
  const known = new Set(SETTING_KEYS.map(variableOf));
  for (const variable of Object.keys(environment)) {
    const section = /^CAIRN_([A-Z]+)_/.exec(variable)?.[1]?.toLowerCase();
    const isOurs = section !== undefined && SECTIONS.has(section);
    if (isOurs && !known.has(variable)) return { code: 'unknown-variable', variable };
  }
  return undefined;
}

/**
 * Variables that look like settings and are none, such as CAIRN_HOEM. Those of a section are
 * refused; these may be somebody else's.
 */
export function strayVariables(environment: Sources['environment']): string[] {
  const known = new Set([...SETTING_KEYS.map(variableOf), ...TEST_VARIABLES]);
  return Object.entries(environment)
    .filter(([name, value]) => name.startsWith('CAIRN_') && !known.has(name) && value !== '')
    .map(([name]) => name);
}

/** What our own tests read. */
const TEST_VARIABLES = ['CAIRN_VECTORS', 'CAIRN_REQUIRE_ALL', 'CAIRN_RUNS'];

/** A key that no setting has, in any section; `$schema` is for editors. */
function fileProblem(file: ConfigFile | undefined): ConfigProblem | undefined {
  if (file === undefined) return undefined;
  if (!isObject(file.json)) {
    return { code: 'not-an-object', what: 'The configuration', file: file.path };
  }
  const settings = Object.entries(file.json).filter(([name]) => name !== '$schema');
  return treeProblem(Object.fromEntries(settings), '', file.path);
}

/** `start`: of the keys in `tree`, with a dot at its end. */
function treeProblem(tree: Tree, start: string, file: string): ConfigProblem | undefined {
  for (const [name, value] of Object.entries(tree)) {
    const key = `${start}${name}`;
    if (!BRANCHES.has(`${key}.`)) {
      const problem = keyProblem(key, file);
      if (problem !== undefined) return problem;
      continue;
    }
    if (!isObject(value)) return { code: 'not-an-object', what: key, file };
    const problem = treeProblem(value, `${key}.`, file);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

type Tree = Readonly<Record<string, unknown>>;

function keyProblem(key: string, file: string): ConfigProblem | undefined {
  if (!(SETTING_KEYS as readonly string[]).includes(key)) return { code: 'unknown-key', key, file };
  const isAllowed = settingOf(key as SettingKey).inFile !== false;
  return isAllowed ? undefined : { code: 'flag-only', key, file };
}

function sectionOf(key: SettingKey): string {
  return key.slice(0, key.indexOf('.'));
}

function isObject(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
