/**
 * The chain of one network as this node knows it: what it accepts, and where it stands.
 *
 * `accept…` checks headers and bodies and keeps them; nothing moves. `advance` is called after that
 * until it has no more to do: it moves a bounded piece, says what happened, and which signatures it
 * wants checked. Everything that one call changes belongs in one `store.atomically` of the caller.
 */

import { checkBlock } from '../../shared/consensus/checkBlock.js';
import { decodeBlock, encodedSize, type Block } from '../../shared/consensus/block.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { HEADER_BYTES } from '../../shared/consensus/header.js';
import { REJECTS, type Reject } from '../../shared/consensus/reject.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { BlockHash, UnixSeconds } from '../../shared/units.js';
import type { ChainEvent, QueueSizes, SignatureBatch, VerifyResult } from '../types.js';
import { Bodies } from './bodies.js';
import { highestWhere, locatorOf, pathUp, type HeaderEntry } from './headerEntry.js';
import { HeaderIntake, type Accepted } from './headerIntake.js';
import type { HeaderTree } from './headerTree.js';
import { checkLastBlocks, openTree, standingOf } from './load.js';
import { Mover, type Failure } from './mover.js';
import { Signatures } from './signatures.js';
import type { ChainStore, Coin, StorePace } from './store.js';

type AloneSignatures = Pick<
  Signatures,
  'isRight' | 'hasRoomAlone' | 'askAlone' | 'takeBatches' | 'trust'
>;

export interface ChainOptions {
  /** Changes of coins that wait in memory during a long move, 20,000 unless given. */
  readonly coinChangesMax?: number;
}

/** What one `advance` did. */
export interface Advance {
  readonly events: readonly ChainEvent[];
  /** To be checked, each transaction once, and answered to `onVerified`. */
  readonly verify: readonly SignatureBatch[];
  /** Blocks that failed their last checks, in this call or in `onVerified` before it. */
  readonly failures: readonly Failure[];
  /** Of the blocks that were connected to the tip without a reorganisation. */
  readonly blocks: ReadonlyMap<BlockHash, Block>;
  /** Call again soon: there is more to do without any further input. */
  readonly more: boolean;
}

const NOTHING: Advance = { events: [], verify: [], failures: [], blocks: new Map(), more: false };

/** Inputs and outputs, with 16 for each block, of one step: about 20 ms. */
const STEP_COST = 4000;

/** What a step moves, and has its coins written in itself. */
const SAVED_AT_ONCE_COST = 200;

/**
 * Bodies above the first missing one that are asked for before it came: bounds what waits for it.
 */
const DOWNLOAD_WINDOW = 1024;

/** Further below its best header than this many blocks, a chain is syncing and not just late. */
const SYNC_BLOCKS = 16;

/** More would stall a step for longer than 120 ms, fewer would write the same pages more often. */
const COIN_CHANGES_MAX = 20_000;

/** Bytes of blocks read back in one step to ask about their signatures: about 20 ms to decode. */
const READ_BYTES = 1_000_000;

export class Chain {
  readonly network: Network;
  readonly #store: ChainStore;
  readonly #tree: HeaderTree;
  readonly #headers: HeaderIntake;
  readonly #bodies: Bodies;
  readonly #mover: Mover;
  readonly #signatures = new Signatures();
  readonly #lostBodies = new Map<BlockHash, HeaderEntry>();
  #pace: StorePace = 'tip';
  /** Whether a better chain is coming, as far as we were told. */
  #isComing = true;
  /** The last `advance` left nothing to do, and nothing came since. */
  #isAtRest = false;

  /**
   * Opens the chain of `network` in `store`; throws `StoreDamage` when the store cannot be right.
   */
  constructor(network: Network, store: ChainStore, options: ChainOptions = {}) {
    this.network = network;
    this.#store = store;
    this.#tree = openTree(network, store);
    this.#headers = new HeaderIntake(network.params, this.#tree, store);
    this.#bodies = new Bodies(store);
    const standing = standingOf(this.#tree, store.state());
    checkLastBlocks(standing, store, this.#bodies);
    const { coinChangesMax = COIN_CHANGES_MAX } = options;
    const { params } = network;
    const parts = { params, coinChangesMax, tree: this.#tree, store, bodies: this.#bodies };
    this.#mover = new Mover(parts, standing);
  }

  /** The announced tip: its work never becomes less. */
  get tip(): HeaderEntry {
    return this.#mover.tip;
  }

  /** Most work among the headers that are not invalid. */
  get bestHeader(): HeaderEntry {
    return this.#tree.bestHeader;
  }

  entry(hash: BlockHash): HeaderEntry | undefined {
    return this.#tree.entry(hash);
  }

  /** The block of the announced chain at `height`. */
  active(height: number): HeaderEntry | undefined {
    return this.#mover.active(height);
  }

  isActive(entry: HeaderEntry): boolean {
    return this.#mover.isActive(entry);
  }

  /** The 80 bytes: a view. */
  headerBytes(entry: HeaderEntry): Uint8Array {
    return this.#tree.bytes(entry);
  }

  /** See `locatorOf`. */
  locator(from: HeaderEntry): BlockHash[] {
    return locatorOf(from);
  }

  /** The whole block's bytes, if they are stored. */
  block(hash: BlockHash): Uint8Array | undefined {
    const entry = this.#tree.entry(hash);
    if (entry?.hasBody !== true) return undefined;
    const bytes = this.#store.body(entry.id);
    if (bytes === undefined && this.isActive(entry)) this.#lostBodies.set(hash, entry);
    return bytes;
  }

  /**
   * Blocks of the announced chain that the store did not give back when they were asked for:
   * `acceptBlock` takes their bodies again.
   */
  get lostBodies(): ReadonlyMap<BlockHash, HeaderEntry> {
    return this.#lostBodies;
  }

  /**
   * The coin of an outpoint key, if it is unspent. Inside a reorganisation: as of a block on its
   * way.
   */
  coin(outpoint: string): Coin | undefined {
    return this.#mover.coin(outpoint);
  }

  /** Inside a reorganisation: `coin` speaks of another block than the tip. */
  get isMoving(): boolean {
    return this.#mover.isMoving;
  }

  /** The block of an entry of the active chain, decoded; `undefined` when the disk lost it. */
  decoded(entry: HeaderEntry): Block | undefined {
    return this.#bodies.read(entry);
  }

  /** What is known of, and asked about, the signatures of transactions by themselves. */
  get signatures(): AloneSignatures {
    return this.#signatures;
  }

  /**
   * Whether enough bodies wait and are being worked on: further ones would be decoded twice.
   */
  get isSaturated(): boolean {
    return this.#bodies.isFilling && (this.#signatures.isBusy || this.#mover.canMove);
  }

  /** What waits here for the mover or for answers. */
  queues(): Pick<QueueSizes, 'decodedBlocks' | 'decodedBytes' | 'signatureChecks'> {
    const { decodedCount, decodedBytes } = this.#bodies;
    const { checksUnderWay: signatureChecks } = this.#signatures;
    return { decodedBlocks: decodedCount, decodedBytes, signatureChecks };
  }

  /** Blocks on the way to `toward` whose bodies are missing, lowest first, from one window. */
  missingBodies(toward: HeaderEntry, max: number): HeaderEntry[] {
    const missing: HeaderEntry[] = [];
    if (toward.status === 'invalid') return missing;
    const complete = highestWhere(toward, (entry) => entry.isComplete);
    for (const entry of pathUp(complete, toward)) {
      if (missing.length >= max || entry.height > complete.height + DOWNLOAD_WINDOW) break;
      if (!entry.hasBody) missing.push(entry);
    }
    return missing;
  }

  /**
   * Checks 80 header bytes and keeps them. `successor`: the header that came after it in the same
   * message, which is what lets one more eased header of a crowded parent in.
   */
  acceptHeader(
    bytes: Uint8Array,
    now: UnixSeconds,
    successor?: Uint8Array,
  ): Result<Accepted, Reject> {
    const accepted = this.#headers.accept(bytes, now, successor);
    if (accepted.ok && accepted.value.isNew) this.#isAtRest = false;
    return accepted;
  }

  /**
   * Checks a block as far as that goes without coins and signatures, and keeps it. `made`: what the
   * bytes decode to, where that is known.
   */
  acceptBlock(bytes: Uint8Array, now: UnixSeconds, made?: Block): Result<Accepted, Reject> {
    if (bytes.length < HEADER_BYTES) {
      return fail({ code: 'undecodable-block', problem: 'truncated', transaction: -1 });
    }
    const accepted = this.acceptHeader(bytes.subarray(0, HEADER_BYTES), now);
    if (!accepted.ok) return accepted;
    this.#isAtRest = false;
    const { entry } = accepted.value;
    const isLost = this.#lostBodies.has(entry.hash);
    if (entry.hasBody && !isLost) return ok({ entry, isNew: false });
    const block = made === undefined ? decodeBlock(bytes) : ok(made);
    if (!block.ok) return block;
    const { params } = this.network;
    const checked = checkBlock(params, block.value, entry.height, this.#signatures.isKnown);
    if (checked.ok) {
      if (isLost) this.#restoreBody(entry, bytes);
      else this.#keepBody(entry, block.value, bytes);
      return ok({ entry, isNew: !isLost });
    }
    if (REJECTS[checked.error.code].class === 'invalid') this.#markInvalid(entry);
    return checked;
  }

  /** Moves towards the best candidate, by `costMax` at most. */
  advance(costMax = STEP_COST): Advance {
    if (this.#isAtRest) return NOTHING;
    let cost = 0;
    for (let moved = 1; moved > 0 && cost < costMax; cost += moved) moved = this.#mover.step();
    const isCutShort = this.#askAhead();
    const isMoving = this.#mover.canMove || isCutShort;
    if (!isMoving) this.#bodies.dropUnless((entry) => this.#isNeeded(entry));
    this.#keepPace();
    // Writing the coins of a large block takes longer than all else.
    const isLater = this.#pace === 'sync' || cost > SAVED_AT_ONCE_COST;
    const isLeft = this.#mover.save(isLater) && this.#pace === 'tip';
    this.#isAtRest = !isMoving && !isLeft;
    return {
      events: this.#mover.takeEvents(),
      verify: this.#signatures.takeBatches(),
      failures: this.#mover.takeFailures(),
      blocks: this.#mover.takeBlocks(),
      more: !this.#isAtRest,
    };
  }

  /**
   * Whether a better chain is coming: headers alone may be there for ever without their bodies.
   * Until told otherwise it is taken to be so.
   */
  expectMore(isComing: boolean): void {
    if (isComing === this.#isComing) return;
    this.#isComing = isComing;
    this.#isAtRest = false;
  }

  /** Whether answers about the signatures of this block are to come. */
  isBeingVerified(entry: HeaderEntry): boolean {
    return this.#signatures.isAsked(entry);
  }

  /** Facts about signatures. `advance` uses them. */
  onVerified(results: readonly VerifyResult[]): void {
    this.#isAtRest = false;
    const { verified, broken } = this.#signatures.onVerified(results);
    for (const entry of verified) this.#tree.markVerified(entry);
    for (const { entry, txid } of broken) this.#mover.fail(entry, { code: 'bad-signature', txid });
  }

  #keepBody(entry: HeaderEntry, block: Block, bytes: Uint8Array): void {
    this.#store.putBody(entry.id, bytes);
    this.#tree.markBody(entry);
    if (this.#signatures.areRight(block)) this.#tree.markVerified(entry);
    this.#bodies.keep(entry, block, bytes.length, (kept) => this.#isNeeded(kept));
  }

  #restoreBody(entry: HeaderEntry, bytes: Uint8Array): void {
    this.#store.putBody(entry.id, bytes);
    this.#lostBodies.delete(entry.hash);
  }

  #markInvalid(entry: HeaderEntry): void {
    this.#store.setStatus(entry.id, 'invalid');
    this.#tree.markInvalid(entry);
  }

  /** Asks about signatures on the way to the goal; true when it stopped before it had to. */
  #askAhead(): boolean {
    const wanted = this.#mover.wanted();
    if (wanted === undefined) return false;
    let bytesRead = 0;
    for (const entry of pathUp(wanted.from, wanted.to)) {
      if (entry.isVerified || this.#signatures.isAsked(entry)) continue;
      if (!this.#signatures.hasRoom) return false;
      if (bytesRead >= READ_BYTES) return true;
      const isDecoded = this.#bodies.isDecoded(entry);
      const block = this.#bodies.read(entry);
      if (block === undefined) {
        this.#mover.loseBody(entry);
        return true;
      }
      if (!isDecoded) bytesRead += this.#keepDecoded(entry, block);
      if (this.#signatures.areRight(block)) this.#tree.markVerified(entry);
      else this.#signatures.ask(entry, block);
    }
    return false;
  }

  /** Keeps a block that was read back until it is connected; returns its bytes. */
  #keepDecoded(entry: HeaderEntry, block: Block): number {
    const sizeBytes = encodedSize(block);
    this.#bodies.keep(entry, block, sizeBytes, (kept) => this.#isNeeded(kept));
    return sizeBytes;
  }

  /** Whether `entry` may be connected soon. */
  #isNeeded(entry: HeaderEntry): boolean {
    return entry.status !== 'invalid' && entry.chainWork > this.tip.chainWork;
  }

  #keepPace(): void {
    const behind = this.bestHeader.height - this.tip.height;
    const pace = this.#isComing && behind > SYNC_BLOCKS ? 'sync' : 'tip';
    if (pace === this.#pace) return;
    this.#pace = pace;
    this.#store.setPace(pace);
  }
}
