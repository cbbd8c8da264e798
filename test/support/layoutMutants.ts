/**
 * What a hostile writer of our binary layouts would try: valid bytes, changed by their structure.
 * Counts and tags say something else, elements are missing, doubled or in another order, bytes are
 * too few or too many at each boundary.
 */

import { concatBytes } from '../../shared/bytes.js';
import type { Mutant } from './mutants.js';

/** Goes over bytes that are valid, and notes where numbers, other fields and elements are. */
export class Layout {
  readonly bytes: Uint8Array;
  readonly numbers: Range[] = [];
  readonly elements: Range[] = [];
  readonly fields: Range[] = [];
  #at = 0;

  constructor(bytes: Uint8Array, walk: (layout: Layout) => void) {
    this.bytes = bytes;
    walk(this);
    if (this.#at !== bytes.length) throw new Error('the walk does not end where the bytes do');
  }

  /** A little-endian number of `size` bytes. */
  number(size: number): number {
    this.numbers.push({ start: this.#at, end: this.#at + size });
    const value = valueIn(this.bytes, { start: this.#at, end: this.#at + size });
    this.#at += size;
    return value;
  }

  /** Bytes that are no number: a hash, a key, a text. */
  field(size: number): void {
    this.fields.push({ start: this.#at, end: this.#at + size });
    this.#at += size;
  }

  /** `count` elements, each of which `walk` goes over. */
  list(count: number, walk: (layout: Layout) => void): void {
    for (let i = 0; i < count; i++) {
      const start = this.#at;
      walk(this);
      this.elements.push({ start, end: this.#at });
    }
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

export function walkTransaction(layout: Layout): void {
  layout.number(1);
  layout.list(layout.number(2), () => {
    layout.field(32);
    for (const size of [4, 8, 2]) layout.number(size);
  });
  const keyCount = layout.number(2);
  const field = (size: number) => (): void => {
    layout.field(size);
  };
  layout.list(keyCount, field(32));
  layout.list(layout.number(2), walkOutput);
  layout.number(4);
  layout.field(layout.number(2));
  layout.list(keyCount, field(64));
}

export function walkBlock(layout: Layout): void {
  walkHeader(layout);
  layout.list(layout.number(4), walkTransaction);
}

export function walkHeader(layout: Layout): void {
  layout.number(4);
  layout.field(64);
  for (const size of [4, 4, 4]) layout.number(size);
}

export function walkParams(layout: Layout): void {
  layout.number(2);
  for (const size of [16, 32, 16]) layout.field(size);
  for (const size of [4, 4, 4, 4, 4, 4, 4, 1, 8, 4, 4, 4]) layout.number(size);
  layout.list(layout.number(2), walkOutput);
}

function walkOutput(layout: Layout): void {
  layout.number(1);
  layout.number(8);
  layout.field(20);
}

/** Stored coins. */
export function walkCoins(layout: Layout): void {
  layout.list(layout.bytes.length / 32, () => {
    layout.number(8);
    layout.field(20);
    layout.number(4);
  });
}

/** Every mutant of the bytes of `layout`. */
export function* layoutMutants(layout: Layout): Generator<Mutant, void> {
  const { bytes, numbers, elements, fields } = layout;
  for (const range of numbers) yield* numberMutants(bytes, range);
  for (const range of fields) yield* fieldMutants(bytes, range);
  for (const range of elements) yield* elementMutants(bytes, range);
  const bounds = [...numbers, ...elements].flatMap(({ start, end }) => [start, end]);
  for (const at of new Set([0, ...bounds, bytes.length])) {
    yield { what: 'cut off', bytes: bytes.slice(0, at) };
    yield { what: 'cut off', bytes: bytes.slice(0, Math.max(0, at - 1)) };
    yield { what: 'without its beginning', bytes: bytes.slice(at) };
    yield { what: 'one byte less', bytes: put(bytes, { start: at, end: at + 1 }) };
    yield { what: 'one byte more', bytes: put(bytes, { start: at, end: at }, Uint8Array.of(0)) };
  }
  yield { what: 'followed by itself', bytes: concatBytes(bytes, bytes) };
}

function* numberMutants(bytes: Uint8Array, range: Range): Generator<Mutant, void> {
  const size = range.end - range.start;
  const value = valueIn(bytes, range);
  const most = 256 ** size - 1;
  for (const other of [0, 1, 2, value - 1, value + 1, 2 * value, most >> 1, most]) {
    if (other === value || other < 0 || other > most) continue;
    yield { what: 'another number', bytes: put(bytes, range, littleEndian(other, size)) };
  }
  if (size === 2 || size === 4) {
    const claim = littleEndian(size === 2 ? 0xffff : 0x10_0000, size);
    yield { what: 'a large number', bytes: put(bytes, range, claim) };
  }
}

function* fieldMutants(bytes: Uint8Array, range: Range): Generator<Mutant, void> {
  const content = bytes.subarray(range.start, range.end);
  for (const byte of [0, 0x61, 0xff]) {
    yield {
      what: 'another content',
      bytes: put(
        bytes,
        range,
        content.map(() => byte),
      ),
    };
    const last = { start: Math.max(range.start, range.end - 1), end: range.end };
    yield { what: 'another last byte', bytes: put(bytes, last, Uint8Array.of(byte)) };
  }
}

function* elementMutants(bytes: Uint8Array, range: Range): Generator<Mutant, void> {
  const element = bytes.slice(range.start, range.end);
  const many = concatBytes(...Array.from({ length: 200 }, () => element));
  const next = { start: range.end, end: range.end + element.length };
  yield { what: 'without an element', bytes: put(bytes, range) };
  yield { what: 'an element twice', bytes: put(bytes, range, concatBytes(element, element)) };
  yield { what: 'an element 200 times', bytes: put(bytes, range, many) };
  yield {
    what: 'an element of zeros',
    bytes: put(
      bytes,
      range,
      element.map(() => 0),
    ),
  };
  yield {
    what: 'an element of ones',
    bytes: put(
      bytes,
      range,
      element.map(() => 0xff),
    ),
  };
  if (next.end > bytes.length) return;
  const swapped = concatBytes(bytes.slice(next.start, next.end), element);
  const both = { start: range.start, end: next.end };
  yield { what: 'elements swapped', bytes: put(bytes, both, swapped) };
}

/** `bytes` with `content` in place of what is at `range`. */
const put = (
  bytes: Uint8Array,
  { start, end }: Range,
  content: Uint8Array = new Uint8Array(),
): Uint8Array => concatBytes(bytes.slice(0, start), content, bytes.slice(end));

const valueIn = (bytes: Uint8Array, { start, end }: Range): number =>
  bytes.subarray(start, end).reduceRight((value, byte) => value * 256 + byte, 0);

const littleEndian = (value: number, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) % 256);
