/** What somebody wrote by hand, or to do harm: a valid text, changed by its structure. */

export interface TextMutant {
  readonly what: string;
  readonly text: string;
}

/** One of each type, and the borders of numbers; as text, for JSON can say what values cannot. */
const FOREIGN: readonly string[] = [
  ...['null', 'true', 'false', '0', '-0', '-1', '1.5', '1e400', '-1e400', '9007199254740993'],
  ...['1e15', '""', '"text"', '"\\u0000\\u001b[2J"', '[]', '{}', '[null]', '{"a":1}'],
  ...['{"__proto__":{"a":1}}', '[[[[]]]]', '"-1"', '"1"', 'NaN', "'text'", 'undefined', ''],
];

/** Every mutant of the JSON of `value`. */
export function* jsonMutants(value: unknown): Generator<TextMutant, void> {
  const text = JSON.stringify(value);
  yield* placed(value, (inner) => inner);
  const ends = [...text.matchAll(/[{}[\],:"]/g)].map(({ index }) => index);
  for (const end of ends) {
    yield { what: 'cut off', text: text.slice(0, end) };
    yield { what: 'a sign less', text: text.slice(0, end) + text.slice(end + 1) };
    yield { what: 'a sign twice', text: text.slice(0, end + 1) + text.slice(end) };
  }
  yield { what: 'followed by itself', text: text + text };
  yield { what: 'nested without end', text: '['.repeat(50_000) };
  yield { what: 'nested', text: `${'['.repeat(5_000)}${']'.repeat(5_000)}` };
  yield { what: 'after a mark', text: `\uFEFF${text}` };
}

/** The values that are in `value`, each in its place changed; `around` gives the whole text. */
function* placed(value: unknown, around: (inner: string) => string): Generator<TextMutant, void> {
  for (const other of FOREIGN) yield { what: 'another value', text: around(other) };
  if (typeof value === 'string') yield* stringMutants(value, around);
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  const entries = Object.entries(value).map(([key, inner]) => ({
    key: isList ? '' : `${JSON.stringify(key)}:`,
    inner: inner as unknown,
  }));
  const texts = entries.map(({ key, inner }) => key + JSON.stringify(inner));
  const print = (some: readonly string[]): string =>
    around(isList ? `[${some.join(',')}]` : `{${some.join(',')}}`);
  yield { what: 'turned round', text: print([...texts].reverse()) };
  yield { what: 'repeated', text: print(Array.from({ length: 300 }, () => texts).flat()) };
  if (!isList) yield { what: 'one more', text: print([...texts, '"constructor":1']) };
  for (const [i, { key, inner }] of entries.entries()) {
    yield { what: 'one less', text: print(texts.filter((_, j) => j !== i)) };
    yield { what: 'one twice', text: print([...texts, texts[i] ?? '']) };
    for (const other of isList ? [] : ['Key', '\\u001b[2J\\n', 'k'.repeat(5_000)]) {
      yield { what: 'another key', text: print(replaced(texts, i, `"${other}":1`)) };
    }
    yield* placed(inner, (other) => print(replaced(texts, i, key + other)));
  }
}

function* stringMutants(value: string, around: (inner: string) => string): Generator<TextMutant> {
  const others = [
    ...[value.slice(1), value.slice(0, -1), value + value, ` ${value}`, `${value}\n`],
    ...[value.toUpperCase(), value.repeat(2_000), `${value}\u00e9`],
  ];
  for (const other of others) yield { what: 'another text', text: around(JSON.stringify(other)) };
}

const replaced = (texts: readonly string[], at: number, other: string): string[] =>
  texts.map((text, i) => (i === at ? other : text));

/** Every mutant of a short text that is not JSON: signs less, more, others, and thousands. */
export function* signMutants(text: string): Generator<TextMutant, void> {
  const signs = '0 3 9 a F x . : [ ] % - + :: 0x %25 \u0000 \u0661 \ud800'.split(' ');
  signs.push(' ');
  for (let at = 0; at <= text.length; at++) {
    const [before, after] = [text.slice(0, at), text.slice(at)];
    yield { what: 'cut off', text: before };
    yield { what: 'a sign less', text: before + after.slice(1) };
    for (const sign of signs) {
      yield { what: 'a sign more', text: before + sign + after };
      yield { what: 'another sign', text: before + sign + after.slice(1) };
    }
    yield { what: 'repeated', text: before + (after[0] ?? '').repeat(5_000) + after };
  }
  yield { what: 'repeated', text: text.repeat(2_000) };
}
