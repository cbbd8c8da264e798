/**
 * The headers of a chain as one file, for `cairn headers export` and `cairn verify`.
 *
 * Layout, numbers little-endian: "cairn headers 1\n" ‖ network id 32 ‖ u32 number of headers ‖ the
 * headers from height 1 on, 80 bytes each.
 */

import { closeSync, openSync, readSync } from 'node:fs';
import { ByteReader } from '../../shared/byteReader.js';
import { ByteWriter } from '../../shared/byteWriter.js';
import { equalBytes, utf8 } from '../../shared/bytes.js';
import { HEADER_BYTES } from '../../shared/consensus/header.js';
import { fileTrouble } from '../../shared/io/diskTrouble.js';
import { writeFileAtomically } from '../../shared/io/atomicFile.js';
import { Trouble } from '../../shared/io/trouble.js';
import type { BlockHash } from '../../shared/units.js';
import { pathUp } from '../chain/headerEntry.js';
import { standingIn, type ChainSnapshot } from './snapshot.js';

const MAGIC = utf8('cairn headers 1\n');
const HEAD_BYTES = MAGIC.length + 32 + 4;

/** The headers of a snapshot's active chain from height 1 on, and how many there are. */
export function activeHeaders(snapshot: ChainSnapshot): {
  readonly count: number;
  readonly headers: Iterable<Uint8Array>;
} {
  const { tree, tip } = standingIn(snapshot);
  function* read(): Generator<Uint8Array, void> {
    for (const entry of pathUp(tree.genesis, tip)) yield tree.bytes(entry);
  }
  return { count: tip.height, headers: read() };
}

/** Writes the active chain's headers to `path`; returns how many. Throws `Trouble`. */
export function writeHeadersFile(path: string, snapshot: ChainSnapshot): number {
  const { count, headers } = activeHeaders(snapshot);
  const writer = new ByteWriter(HEAD_BYTES + count * HEADER_BYTES);
  writer.bytes(MAGIC);
  writer.hash(snapshot.network.id);
  writer.u32(count);
  for (const header of headers) writer.bytes(header);
  try {
    writeFileAtomically(path, writer.finish());
  } catch (error) {
    throw fileTrouble(error, path);
  }
  return count;
}

/** A headers file that is open. */
export interface HeadersFile {
  readonly networkId: BlockHash;
  /**
   * To be read once. Throws `Trouble` at the place where the file is cut off or has more. Checks no
   * rule of any header.
   */
  readonly headers: Iterable<Uint8Array>;
  close(): void;
}

/** Opens a headers file. Throws `Trouble` when it is none. */
export function openHeadersFile(path: string): HeadersFile {
  const source = new Source(path);
  try {
    const magic = source.take(MAGIC.length);
    if (magic === undefined || !equalBytes(magic, MAGIC)) throw notHeaders(path);
    const head = new ByteReader(source.take(HEAD_BYTES - MAGIC.length) ?? cutOff(path));
    const networkId = head.hash() as BlockHash;
    const count = head.u32();
    const close = (): void => {
      source.close();
    };
    return { networkId, headers: readHeaders(source, path, count), close };
  } catch (error) {
    source.close();
    throw error;
  }
}

function* readHeaders(source: Source, path: string, count: number): Generator<Uint8Array, void> {
  for (let i = 0; i < count; i++) yield source.take(HEADER_BYTES) ?? cutOff(path);
  if (source.take(1) !== undefined) throw damaged(path, 'has more than its headers');
}

/** Reads a file from its beginning on, some pages at a time. */
class Source {
  readonly #path: string;
  readonly #file: number;
  readonly #page = new Uint8Array(PAGE_BYTES);
  /** What is read of the file and not taken: from, to. */
  #from = 0;
  #to = 0;
  #isOpen = true;

  constructor(path: string) {
    this.#path = path;
    this.#file = this.#guarded(() => openSync(path, 'r'));
  }

  /** The next `count` bytes, valid until the next call; `undefined` when there are fewer. */
  take(count: number): Uint8Array | undefined {
    while (this.#to - this.#from < count) if (!this.#readMore()) return undefined;
    this.#from += count;
    return this.#page.subarray(this.#from - count, this.#from);
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }

  #readMore(): boolean {
    this.#page.copyWithin(0, this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
    const room = PAGE_BYTES - this.#to;
    const read = this.#guarded(() => readSync(this.#file, this.#page, this.#to, room, null));
    this.#to += read;
    return read > 0;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw unreadable(this.#path, error);
    }
  }
}

const PAGE_BYTES = 64 * 1024;

const notHeaders = (path: string): Trouble =>
  new Trouble(
    'not-a-headers-file',
    `${path} holds no headers.`,
    'Name a file of `cairn headers export`.',
  );

function cutOff(path: string): never {
  throw damaged(path, 'ends too early');
}

const damaged = (path: string, what: string): Trouble =>
  new Trouble('headers-file-damaged', `${path} ${what}.`, 'Copy or export it again.');

const unreadable = (path: string, cause: unknown): Trouble =>
  new Trouble(
    'unreadable',
    `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Name a file that this user may read.',
    cause,
  );
