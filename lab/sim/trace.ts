/** What happened in a world, as one number: two runs of one seed must give the same. */

import { createHash } from 'node:crypto';
import type { Host, Message } from './host.js';
import type { Watcher } from './world.js';

const PIECE_BYTES = 65_536;

/** SHA-256 over every input: its time, place, kind and bytes. */
export class Trace implements Watcher {
  readonly #clock: { readonly ms: number };
  readonly #hash = createHash('sha256');
  readonly #piece = new Uint8Array(PIECE_BYTES);
  readonly #view = new DataView(this.#piece.buffer);
  readonly #numbers = new Map<Host, number>();
  readonly #types = new Map<string, number>();
  #end = 0;
  #inputCount = 0;

  constructor(clock: { readonly ms: number }) {
    this.#clock = clock;
  }

  get inputCount(): number {
    return this.#inputCount;
  }

  onInput(host: Host, input: Message): void {
    this.#inputCount++;
    if (this.#end > PIECE_BYTES - HEAD_BYTES) this.#flush();
    const bytes = input['bytes'];
    const isBytes = bytes instanceof Uint8Array;
    const view = this.#view;
    view.setFloat64(this.#end, this.#clock.ms, true);
    view.setUint32(this.#end + 8, numberOf(this.#numbers, host), true);
    view.setUint32(this.#end + 12, numberOf(this.#types, input.type), true);
    view.setUint32(this.#end + 16, isBytes ? bytes.length : 0, true);
    this.#end += HEAD_BYTES;
    if (isBytes) this.#add(bytes);
  }

  /** In hex; once, at the end. */
  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #add(bytes: Uint8Array): void {
    if (this.#end + bytes.length > PIECE_BYTES) this.#flush();
    if (bytes.length > PIECE_BYTES) this.#hash.update(bytes);
    else {
      this.#piece.set(bytes, this.#end);
      this.#end += bytes.length;
    }
  }

  #flush(): void {
    this.#hash.update(this.#piece.subarray(0, this.#end));
    this.#end = 0;
  }
}

const HEAD_BYTES = 20;

/** The same number for the same key: the order in which they were first seen. */
function numberOf<Key>(numbers: Map<Key, number>, key: Key): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}
