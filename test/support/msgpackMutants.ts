/**
 * What a hostile writer of MessagePack would try: a valid message, changed by its structure. Heads
 * claim what is not there, values stand where others belong, parts are doubled, missing, cut off,
 * or nested without end.
 */

import { concatBytes } from '../../shared/bytes.js';
import type { Mutant } from './mutants.js';
import { bytesOf } from './wireVectors.js';

/** One value: its head (tag and length), what a text or binary holds, and the values within. */
interface Item {
  readonly head: Uint8Array;
  readonly body: Uint8Array;
  readonly items: readonly Item[];
  readonly type: 'array' | 'binary' | 'text' | 'scalar';
}

/** Every mutant of `payload`, one of the subset that the wire uses. */
export function* msgpackMutants(payload: Uint8Array): Generator<Mutant, void> {
  const [root] = parse(payload, 0);
  for (const { item, put } of placesIn(root, (changed) => changed)) {
    for (const { what, item: changed } of changesOf(item)) {
      yield { what, bytes: print(put(changed)) };
    }
  }
  for (const end of boundariesOf(root, 0)) yield { what: 'cut off', bytes: payload.slice(0, end) };
  yield { what: 'followed by itself', bytes: concatBytes(payload, payload) };
  yield { what: 'followed by a byte', bytes: concatBytes(payload, Uint8Array.of(0xc0)) };
}

interface Change {
  readonly what: string;
  readonly item: Item;
}

interface Place {
  readonly item: Item;
  /** The whole message with another value in this place. */
  readonly put: (changed: Item) => Item;
}

/** Of long lists the ends. */
const LOOKED_AT = 4;

/** `root` and every value within it. */
function* placesIn(root: Item, put: Place['put']): Generator<Place, void> {
  yield { item: root, put };
  for (const [i, inner] of root.items.entries()) {
    if (i >= LOOKED_AT && i < root.items.length - LOOKED_AT) continue;
    const putInner = (changed: Item): Item =>
      put({ ...root, items: root.items.map((item, j) => (i === j ? changed : item)) });
    yield* placesIn(inner, putInner);
  }
}

function* changesOf(item: Item): Generator<Change, void> {
  for (const foreign of FOREIGN) yield { what: 'another value', item: raw(bytesOf(foreign)) };
  for (const depth of [1, 2, 8, 20_000]) yield { what: 'nested', item: nested(item, depth) };
  if (item.type === 'scalar') yield* scalarChanges(item);
  else yield* lengthChanges(item);
  if (item.type === 'array') yield* arrayChanges(item);
  if (item.type === 'binary' || item.type === 'text') yield* bodyChanges(item);
}

/** One of each tag, empty, full, and with claims that nothing follows. */
const FOREIGN = [
  ...['00', '7f', 'cc80', 'ccff', 'cdffff', 'ceffffffff', 'cf0000000100000000', 'e0', 'd0ff'],
  ...['d1ffff', 'd2ffffffff', 'd3ffffffffffffffff', 'ca3f800000', 'cb3ff0000000000000'],
  ...['c0', 'c1', 'c2', 'c3', 'a0', 'a161', 'd90161', 'c400', 'c40161', 'c5000161', '90', '91c0'],
  ...['80', '8100c0', '8181c0c0', '81a95f5f70726f746f5f5f80', 'de000100c0', 'dc0000', 'dd00000000'],
  ...['d40000', 'd47240', 'd6ff00000000', 'd5000000', 'd7ff0000000000000000', 'c70000', 'c8000000'],
  ...['c7027300c0', 'c9000000000000', 'c6ffffffff', 'dbffffffff', 'ddffffffff', 'dfffffffff'],
  ...['c600100000', 'db00100000', 'dd00100000', 'df00100000', 'c5ffff', 'daffff', 'dcffff'],
];

/** A scalar in forms that are longer than they must be. */
function* scalarChanges({ head }: Item): Generator<Change, void> {
  const tag = head[0] ?? 0;
  if (tag > 0xce || (tag > 0x7f && tag < 0xcc)) return;
  const value = tag < 0x80 ? tag : numberIn(head.subarray(1));
  for (const [size, longer] of [
    [1, 0xcc],
    [2, 0xcd],
    [4, 0xce],
  ] as const) {
    if (size < head.length) continue;
    yield { what: 'any head', item: raw(Uint8Array.of(longer, ...digits(value, size))) };
  }
}

/** Other lengths and counts in the head, before the same content. */
function* lengthChanges(item: Item): Generator<Change, void> {
  const length = item.type === 'array' ? item.items.length : item.body.length;
  for (const claim of [length - 1, length + 1, 2 * length]) {
    for (const head of headsOf(item.type, claim))
      yield { what: 'miscounted', item: { ...item, head } };
  }
  for (const claim of [0xffff, 0x10_0000, 0xffff_ffff]) {
    const what = `claims ${String(claim)}`;
    for (const head of headsOf(item.type, claim)) yield { what, item: { ...item, head } };
  }
  const types = (['array', 'map', 'binary', 'text'] as const).filter((type) => type !== item.type);
  for (const type of types) {
    const count = type === 'map' ? length >> 1 : length;
    for (const head of headsOf(type, count))
      yield { what: 'another type', item: { ...item, head } };
  }
  for (const head of headsOf(item.type, length))
    yield { what: 'any head', item: { ...item, head } };
}

function* arrayChanges(item: Item): Generator<Change, void> {
  const { items } = item;
  const of = (others: readonly Item[]): Item => arrayOf(others);
  yield { what: 'emptied', item: of([]) };
  yield { what: 'doubled', item: of([...items, ...items]) };
  yield { what: 'repeated', item: of(Array.from({ length: 200 }, () => items).flat()) };
  yield { what: 'turned round', item: of([...items].reverse()) };
  for (const [i, one] of [...items.entries()].slice(0, LOOKED_AT)) {
    yield { what: 'one more', item: of([...items.slice(0, i), one, ...items.slice(i)]) };
    yield { what: 'one less', item: of(items.filter((_, j) => j !== i)) };
  }
}

function* bodyChanges(item: Item): Generator<Change, void> {
  const { body, type } = item;
  const bodies = [
    ...[body.subarray(1), concatBytes(body, body), concatBytes(body, Uint8Array.of(0))],
    ...[new Uint8Array(), new Uint8Array(300).fill(0xff), new Uint8Array(70_000).fill(0x61)],
  ];
  for (const other of bodies) {
    const [head] = headsOf(type, other.length).slice(-1);
    yield { what: 'another body', item: { ...item, head: head ?? item.head, body: other } };
  }
}

/** The heads that can say `length`, and last the shortest. */
function headsOf(type: Item['type'] | 'map', length: number): Uint8Array[] {
  const heads: Uint8Array[] = [];
  const forms = FORMS[type === 'scalar' ? 'text' : type];
  for (const [size, tag] of [...forms.sized].reverse()) {
    if (length >= 0 && length < 256 ** size)
      heads.push(Uint8Array.of(tag, ...digits(length, size)));
  }
  if (length >= 0 && length <= forms.fixedMax) heads.push(Uint8Array.of(forms.fixed + length));
  return heads;
}

const FORMS = {
  array: {
    fixed: 0x90,
    fixedMax: 15,
    sized: [
      [2, 0xdc],
      [4, 0xdd],
    ],
  },
  map: {
    fixed: 0x80,
    fixedMax: 15,
    sized: [
      [2, 0xde],
      [4, 0xdf],
    ],
  },
  text: {
    fixed: 0xa0,
    fixedMax: 31,
    sized: [
      [1, 0xd9],
      [2, 0xda],
      [4, 0xdb],
    ],
  },
  binary: {
    fixed: 0,
    fixedMax: -1,
    sized: [
      [1, 0xc4],
      [2, 0xc5],
      [4, 0xc6],
    ],
  },
} as const;

const digits = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)) % 256);

const numberIn = (bytes: Uint8Array): number =>
  bytes.reduce((value, byte) => value * 256 + byte, 0);

const NONE = new Uint8Array();

const raw = (head: Uint8Array): Item => ({ head, body: NONE, items: [], type: 'scalar' });

function arrayOf(items: readonly Item[]): Item {
  const [head = NONE] = headsOf('array', items.length).slice(-1);
  return { head, body: NONE, items, type: 'array' };
}

const nested = (item: Item, depth: number): Item => ({
  ...arrayOf([item]),
  head: new Uint8Array(depth).fill(0x91),
});

function print(item: Item): Uint8Array {
  return concatBytes(item.head, item.body, ...item.items.map(print));
}

/** Where heads, bodies and values begin and end, and the middle of each body. */
function boundariesOf(item: Item, start: number): number[] {
  let at = start + item.head.length;
  const ends = [start, start + 1, at, at + (item.body.length >> 1)];
  at += item.body.length;
  for (const [i, inner] of item.items.entries()) {
    if (i < LOOKED_AT) ends.push(...boundariesOf(inner, at));
    at += print(inner).length;
    ends.push(at - 1);
  }
  return start === 0 ? ends.filter((end) => end < at) : ends;
}

/** The value at `start`, and where it ends. Of what our own encoder wrote. */
function parse(bytes: Uint8Array, start: number): readonly [Item, number] {
  const tag = bytes[start] ?? 0;
  const { type, size, length } = headAt(bytes, start, tag);
  const head = bytes.slice(start, start + 1 + size);
  let at = start + 1 + size;
  if (type !== 'array') {
    const end = type === 'scalar' ? at : at + length;
    return [{ head, body: bytes.slice(at, end), items: [], type }, end];
  }
  const items: Item[] = [];
  for (let i = 0; i < length; i++) {
    const [item, end] = parse(bytes, at);
    items.push(item);
    at = end;
  }
  return [{ head, body: NONE, items, type }, at];
}

/** Its type, the bytes of the length or number after the tag, and the length. */
function headAt(
  bytes: Uint8Array,
  start: number,
  tag: number,
): { readonly type: Item['type']; readonly size: number; readonly length: number } {
  for (const type of ['array', 'text', 'binary'] as const) {
    const { fixed, fixedMax, sized } = FORMS[type];
    if (tag >= fixed && tag <= fixed + fixedMax) return { type, size: 0, length: tag - fixed };
    for (const [size, sizedTag] of sized) {
      const length = numberIn(bytes.subarray(start + 1, start + 1 + size));
      if (tag === sizedTag) return { type, size, length };
    }
  }
  return { type: 'scalar', size: { 0xcc: 1, 0xcd: 2, 0xce: 4 }[tag] ?? 0, length: 0 };
}
