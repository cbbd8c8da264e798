/**
 * The headers of a chain as one file, for `cairn headers export` and `cairn verify`.
 *
 * Layout, numbers little-endian: "cairn headers 1\n" ‖ network id 32 ‖ u32 number of headers ‖ the
 * headers from height 1 on, 80 bytes each.
 */

import { ByteReader } from '../../shared/byteReader.js';
import { ByteWriter } from '../../shared/byteWriter.js';
import { equalBytes, utf8 } from '../../shared/bytes.js';
import { HEADER_BYTES } from '../../shared/consensus/header.js';
import { fileTrouble } from '../../shared/io/diskTrouble.js';
import { writeFileAtomically } from '../../shared/io/atomicFile.js';
import { FileSource } from '../../shared/io/fileSource.js';
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
  const source = new FileSource(path);
  try {
    const magic = source.take(MAGIC.length);
    if (magic === undefined || !equalBytes(magic, MAGIC)) throw notHeaders(path);
    const head = new ByteReader(source.take(HEAD_BYTES - MAGIC.length) ?? cutOff(path));
    const networkId = head.hash() as BlockHash;
    const count = head.u32();
    const close = (): void => {
      source.close();
    };
    return { networkId, headers: readHeaders(source, count), close };
  } catch (error) {
    source.close();
    throw error;
  }
}

function* readHeaders(source: FileSource, count: number): Generator<Uint8Array, void> {
  for (let i = 0; i < count; i++) yield source.take(HEADER_BYTES) ?? cutOff(source.path);
  if (source.take(1) !== undefined) throw damaged(source.path, 'has more than its headers');
}

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
