/**
 * A chain as one file, for `cairn chain export` and `import`: what a peer would have sent, in
 * order.
 *
 * Layout, numbers little-endian: "cairn chain 1\n" ‖ u32 length ‖ network parameters ‖ for each
 * block from height 1 on: u32 length ‖ block ‖ at the end: u32 zero ‖ u32 number of blocks ‖ hash
 * of the last 32.
 */

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { ByteReader } from '../../shared/byteReader.js';
import { ByteWriter } from '../../shared/byteWriter.js';
import { equalBytes, utf8 } from '../../shared/bytes.js';
import { networkOf, type Network } from '../../shared/consensus/genesis.js';
import { HEADER_BYTES, headerHash } from '../../shared/consensus/header.js';
import { decodeParams } from '../../shared/consensus/params.js';
import { fileTrouble } from '../../shared/io/diskTrouble.js';
import { FileSource } from '../../shared/io/fileSource.js';
import { Trouble } from '../../shared/io/trouble.js';
import type { BlockHash } from '../../shared/units.js';
import { pathUp, type HeaderEntry } from '../chain/headerEntry.js';
import { startFrom } from '../chain/load.js';
import { lostBlocks } from './lostParts.js';
import { standingIn, type ChainSnapshot } from './snapshot.js';

const MAGIC = utf8('cairn chain 1\n');

/** No block of any network is larger: what a length may claim. */
const BLOCK_BYTES_MAX = 4_000_000;

/** The blocks of a snapshot's active chain from height 1 on, and how many there are. */
export interface ActiveBlocks {
  readonly count: number;
  readonly blocks: Iterable<Uint8Array>;
}

/** Throws `Trouble` at the first block that is lost. */
export function activeBlocks(snapshot: ChainSnapshot): ActiveBlocks {
  const { tree, tip, position } = standingIn(snapshot);
  function* read(): Generator<Uint8Array, void> {
    for (const { id, height } of pathUp(tree.genesis, tip)) {
      const bytes = snapshot.chain.body(id);
      if (bytes === undefined) throw blockLost(height, position);
      yield bytes;
    }
  }
  return { count: tip.height, blocks: read() };
}

function blockLost(height: number, position: HeaderEntry): Trouble {
  const loss = lostBlocks({ heights: [height], startFrom: startFrom(position) });
  return new Trouble('block-lost', loss.problem, loss.advice);
}

/**
 * Writes `blocks` of `network` to `path`, one for each `next`, whose value is how many are
 * written. The file appears when it is whole; a generator that is abandoned leaves nothing.
 */
export function* writeChainFile(
  path: string,
  network: Network,
  blocks: Iterable<Uint8Array>,
): Generator<number, number> {
  const draft = `${path}.${String(process.pid)}.tmp`;
  let isWhole = false;
  try {
    const file = openSync(draft, 'wx');
    try {
      const count = yield* writePieces(file, network, blocks);
      fsyncSync(file);
      isWhole = true;
      return count;
    } finally {
      closeSync(file);
      if (isWhole) renameSync(draft, path);
    }
  } catch (error) {
    throw fileTrouble(error, path);
  } finally {
    if (!isWhole) rmSync(draft, { force: true });
  }
}

function* writePieces(
  file: number,
  network: Network,
  blocks: Iterable<Uint8Array>,
): Generator<number, number> {
  writeWhole(file, MAGIC);
  writeRecord(file, network.paramsBytes);
  let count = 0;
  let lastHash: BlockHash = network.id;
  for (const block of blocks) {
    writeRecord(file, block);
    lastHash = headerHash(block.subarray(0, HEADER_BYTES));
    yield ++count;
  }
  const end = new ByteWriter(END_BYTES);
  end.u32(0);
  end.u32(count);
  end.hash(lastHash);
  writeWhole(file, end.finish());
  return count;
}

const END_BYTES = 40;

function writeRecord(file: number, bytes: Uint8Array): void {
  const length = new ByteWriter(4);
  length.u32(bytes.length);
  writeWhole(file, length.finish());
  writeWhole(file, bytes);
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** A chain file that is open. */
export interface ChainFile {
  readonly network: Network;
  /**
   * Throws `Trouble` at the place where the file is cut off or wrong. Checks no rule of any block.
   */
  readonly blocks: Iterable<Uint8Array>;
  close(): void;
}

/** Opens a chain file. Throws `Trouble` when it is none. */
export function openChainFile(path: string): ChainFile {
  const source = new Source(path);
  try {
    if (!equalBytes(source.take(MAGIC.length), MAGIC)) throw notAChain(path);
    const params = decodeParams(source.take(source.u32()));
    if (!params.ok) throw wrongParams(path, params.error.problem);
    const network = networkOf(params.value);
    const close = (): void => {
      source.close();
    };
    return { network, blocks: readBlocks(source, network), close };
  } catch (error) {
    source.close();
    throw error;
  }
}

function* readBlocks(source: Source, network: Network): Generator<Uint8Array, void> {
  let count = 0;
  let lastHash: BlockHash = network.id;
  for (let length = source.u32(); length > 0; length = source.u32()) {
    if (length < HEADER_BYTES) throw source.wrong();
    const block = source.take(length);
    lastHash = headerHash(block.subarray(0, HEADER_BYTES));
    yield block;
    count++;
  }
  const end = new ByteReader(source.take(END_BYTES - 4));
  if (end.u32() !== count || end.hash() !== lastHash) throw source.wrong();
  if (!source.isAtEnd()) throw source.wrong();
}

/** The pieces of a chain file; throws `Trouble` where it is cut off or wrong. */
class Source {
  readonly #file: FileSource;

  constructor(path: string) {
    this.#file = new FileSource(path);
  }

  isAtEnd(): boolean {
    return this.#file.take(1) === undefined;
  }

  u32(): number {
    return new ByteReader(this.take(4)).u32();
  }

  /** The next `count` bytes. */
  take(count: number): Uint8Array {
    if (count > BLOCK_BYTES_MAX) throw this.wrong();
    const bytes = this.#file.take(count);
    if (bytes === undefined) throw cutOff(this.#file.path);
    return bytes;
  }

  wrong(): Trouble {
    const message = `${this.#file.path} is damaged: its pieces do not fit together.`;
    return new Trouble('chain-file-damaged', message, COPY_AGAIN);
  }

  close(): void {
    this.#file.close();
  }
}

const COPY_AGAIN = 'Copy or export it again; what came before the damage was good.';

const notAChain = (path: string): Trouble =>
  new Trouble(
    'not-a-chain-file',
    `${path} is not a chain.`,
    'Name a file of `cairn chain export`.',
  );

const wrongParams = (path: string, problem: string): Trouble =>
  new Trouble('not-a-chain-file', `${path} has wrong network parameters. ${problem}`, COPY_AGAIN);

const cutOff = (path: string): Trouble =>
  new Trouble('chain-file-damaged', `${path} ends too early.`, COPY_AGAIN);
