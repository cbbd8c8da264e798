/**
 * Blocks by their tree entry: decoded when they arrived, or read back from the store and looked at
 * again.
 */

import { toHexReversed } from '../../shared/bytes.js';
import { decodeBlock, transactionsRoot, type Block } from '../../shared/consensus/block.js';
import type { BlockHash } from '../../shared/units.js';
import { DecodedBlocks } from './decodedBlocks.js';
import type { HeaderEntry } from './headerEntry.js';
import { StoreDamage, type ChainStore } from './store.js';

export class Bodies {
  readonly #store: Pick<ChainStore, 'body'>;
  readonly #decoded = new DecodedBlocks();

  constructor(store: Pick<ChainStore, 'body'>) {
    this.#store = store;
  }

  /** Keeps `block` until `drop`, if there is room beside those that `isNeeded`. */
  keep(entry: HeaderEntry, block: Block, sizeBytes: number, isNeeded: Need): void {
    this.#decoded.keep(entry, block, sizeBytes, isNeeded);
  }

  /** Whether the place for decoded ones is half full. */
  get isFilling(): boolean {
    return this.#decoded.isFilling;
  }

  get decodedCount(): number {
    return this.#decoded.count;
  }

  /** What the decoded ones took as bytes. */
  get decodedBytes(): number {
    return this.#decoded.sizeBytes;
  }

  isDecoded(entry: HeaderEntry): boolean {
    return this.#decoded.block(entry) !== undefined;
  }

  /**
   * The block of an entry that has its body, or `undefined` when the store does not give it back
   * whole.
   */
  read(entry: HeaderEntry): Block | undefined {
    return this.#decoded.block(entry) ?? this.#readStored(entry);
  }

  /** The same for a block without which the node cannot go on. */
  need(entry: HeaderEntry): Block {
    const block = this.read(entry);
    if (block !== undefined) return block;
    throw new StoreDamage(`Block ${String(entry.height)} of the active chain cannot be read.`);
  }

  /** `entry` was connected: it is not needed soon. */
  drop(entry: HeaderEntry): void {
    this.#decoded.drop(entry);
  }

  /** Forgets what is decoded and not needed. */
  dropUnless(isNeeded: Need): void {
    this.#decoded.dropUnless(isNeeded);
  }

  #readStored(entry: HeaderEntry): Block | undefined {
    const bytes = this.#store.body(entry.id);
    return bytes && wholeBlock(bytes, entry.hash);
  }
}

/** The block in `bytes` if it is the one called `hash`, with all of its transactions. */
export function wholeBlock(bytes: Uint8Array, hash: BlockHash): Block | undefined {
  const decoded = decodeBlock(bytes);
  if (!decoded.ok || decoded.value.hash !== hash) return undefined;
  const { header, transactions } = decoded.value;
  const isWhole = toHexReversed(transactionsRoot(transactions)) === header.merkleRoot;
  return isWhole ? decoded.value : undefined;
}

type Need = (entry: HeaderEntry) => boolean;
