/**
 * What people read about the settings: the example file, its JSON Schema, the table of the
 * operations page.
 */

import { assertNever } from '../assert.js';
import { expected, parseText, printValue, type Kind, type Value } from './kinds.js';
import { flagOf, SETTING_KEYS, settingOf, variableOf, type SettingKey } from './settings.js';

/**
 * config.example.json: every key that a file may have, with its default; `null` stands for "not
 * set".
 */
export function exampleFile(): string {
  return print(nested(defaultJson, (section) => section));
}

/** config.schema.json, for editors that complete and check. */
export function schemaFile(): string {
  const sections = nested(
    (key) => ({ description: settingOf(key).about, ...jsonSchemaOf(settingOf(key).kind) }),
    (properties) => ({ type: 'object', additionalProperties: false, properties }),
  );
  return print({
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of cairn',
    type: 'object',
    additionalProperties: false,
    properties: { $schema: { type: 'string' }, ...sections },
  });
}

/** The rows of the table in docs/operations.md, in Markdown. */
export function settingsTable(): string {
  const rows = SETTING_KEYS.map((key) => {
    const { kind, about, default: fallback } = settingOf(key);
    const shown = fallback === undefined ? '–' : `\`${fallback}\``;
    const cells = [`\`${key}\``, `\`--${flagOf(key)}\``, `\`${variableOf(key)}\``, shown];
    return `| ${[...cells, `${about}: ${expected(kind)}`].join(' | ')} |`;
  });
  const head =
    '| key | flag | variable | default | meaning and values |\n| --- | --- | --- | --- | --- |';
  return [head, ...rows].join('\n');
}

function defaultJson(key: SettingKey): unknown {
  const { kind, default: text } = settingOf(key);
  if (text === undefined) return null;
  const value = parseText(kind, text);
  return value.ok ? jsonOf(value.value) : text;
}

const jsonOf = (value: Value): unknown => (typeof value === 'object' ? printValue(value) : value);

type Tree = Record<string, unknown>;

/** The keys of the file as a tree, whose branches are `sectionOf` what is in them. */
function nested(valueOf: (key: SettingKey) => unknown, sectionOf: (tree: Tree) => Tree): Tree {
  const branch = (start: string): Tree => {
    const tree: Tree = {};
    for (const key of SETTING_KEYS) {
      if (settingOf(key).inFile === false || !key.startsWith(start)) continue;
      const [name = '', ...below] = key.slice(start.length).split('.');
      tree[name] ??= below.length === 0 ? valueOf(key) : sectionOf(branch(`${start}${name}.`));
    }
    return tree;
  };
  return branch('');
}

function jsonSchemaOf(kind: Kind): object {
  switch (kind.type) {
    case 'boolean':
      return { type: ['boolean', 'null'] };
    case 'integer':
      return { type: ['integer', 'null'], minimum: kind.min, maximum: kind.max };
    case 'number':
      return { type: ['number', 'null'], minimum: kind.min, maximum: kind.max };
    case 'text':
      return { type: ['string', 'null'], minLength: 1, maxLength: kind.lengthMax };
    case 'choice':
      return { enum: [...kind.of, null] };
    case 'endpoint':
      return { type: ['string', 'integer', 'null'] };
    case 'name':
    case 'network-name':
    case 'path':
      return { type: ['string', 'null'] };
    case 'endpoints':
    case 'paths':
      return { type: ['array', 'string', 'null'], items: { type: 'string' } };
    default:
      return assertNever(kind);
  }
}

const print = (json: unknown): string => `${JSON.stringify(json, null, 2)}\n`;
