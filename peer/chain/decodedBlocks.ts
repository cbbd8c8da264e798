/**
 * Blocks that were decoded when they arrived, kept until they are connected, so that a sync decodes
 * each block once. Full means that further ones are decoded again later: what came first is
 * connected first.
 */

import type { Block } from '../../shared/consensus/block.js';
import type { HeaderEntry } from './headerEntry.js';

/** A decoded block takes about seven times its bytes: 56 MB at most, and none at rest. */
const BYTES_MAX = 8_000_000;
/** Blocks without transactions cost more than their bytes: 1,024 of them take 2 MB. */
const BLOCKS_MAX = 1024;

export class DecodedBlocks {
  readonly #kept = new Map<HeaderEntry, { readonly block: Block; readonly sizeBytes: number }>();
  #bytes = 0;

  /** Keeps `block` if there is room for it; `isNeeded` tells which of the older ones are still. */
  keep(
    entry: HeaderEntry,
    block: Block,
    sizeBytes: number,
    isNeeded: (entry: HeaderEntry) => boolean,
  ): void {
    if (!this.#hasRoom(sizeBytes)) this.dropUnless(isNeeded);
    if (!this.#hasRoom(sizeBytes) || this.#kept.has(entry)) return;
    this.#kept.set(entry, { block, sizeBytes });
    this.#bytes += sizeBytes;
  }

  get count(): number {
    return this.#kept.size;
  }

  get sizeBytes(): number {
    return this.#bytes;
  }

  /** Half full: what is on its way now still finds its place. */
  get isFilling(): boolean {
    return this.#kept.size > BLOCKS_MAX / 2 || this.#bytes > BYTES_MAX / 2;
  }

  block(entry: HeaderEntry): Block | undefined {
    return this.#kept.get(entry)?.block;
  }

  drop(entry: HeaderEntry): void {
    const kept = this.#kept.get(entry);
    if (kept === undefined) return;
    this.#kept.delete(entry);
    this.#bytes -= kept.sizeBytes;
  }

  #hasRoom(sizeBytes: number): boolean {
    return this.#kept.size < BLOCKS_MAX && this.#bytes + sizeBytes <= BYTES_MAX;
  }

  dropUnless(isNeeded: (entry: HeaderEntry) => boolean): void {
    for (const entry of this.#kept.keys()) if (!isNeeded(entry)) this.drop(entry);
  }
}
