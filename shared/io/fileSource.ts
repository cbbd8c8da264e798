/** A file that is read from its beginning on, some pages at a time. */

import { closeSync, openSync, readSync } from 'node:fs';
import { unreadable } from './diskTrouble.js';

const PAGE_BYTES = 64 * 1024;

export class FileSource {
  readonly path: string;
  readonly #file: number;
  #page: Uint8Array = new Uint8Array(PAGE_BYTES);
  /** What is read of the file and not taken: from, to. */
  #from = 0;
  #to = 0;
  #isOpen = true;

  /** Throws `Trouble`, as all of its methods do. */
  constructor(path: string) {
    this.path = path;
    this.#file = this.#guarded(() => openSync(path, 'r'));
  }

  /** The next `count` bytes, its caller's own; `undefined` when there are fewer. */
  take(count: number): Uint8Array | undefined {
    while (this.#to - this.#from < count) if (!this.#readMore(count)) return undefined;
    this.#from += count;
    return this.#page.slice(this.#from - count, this.#from);
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }

  /** Makes room for `count` bytes only as far as the file has them. */
  #readMore(count: number): boolean {
    const kept = this.#page.subarray(this.#from, this.#to);
    const isFull = kept.length === this.#page.length;
    const wanted = Math.min(Math.max(count, PAGE_BYTES), 2 * this.#page.length);
    const page = isFull ? new Uint8Array(wanted) : this.#page;
    if (page === this.#page) page.copyWithin(0, this.#from, this.#to);
    else page.set(kept);
    this.#to -= this.#from;
    this.#from = 0;
    this.#page = page;
    const room = page.length - this.#to;
    const read = this.#guarded(() => readSync(this.#file, page, this.#to, room, null));
    this.#to += read;
    return read > 0;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw unreadable(error, this.path);
    }
  }
}
