/**
 * Moves the coins from block to block, and with them the announced tip: the one place that does.
 *
 * - At rest `position` (where the coins stand) is the tip. A candidate that continues the tip is
 *   connected block by block, and the tip goes along.
 * - A candidate on another branch makes `target`: the first of its blocks that has more work than
 *   the tip. The move starts only when every block up to it is stored and its signatures are
 *   right; `position` goes there over the fork while the tip stays. On arrival the target becomes
 *   the tip, at once.
 * - A target that turns out invalid is replaced by the tip, and `position` goes back.
 *
 * Coins reach the store some blocks late in a long sync. A restart then finds `position` behind the
 * tip, and takes the tip as its target: the same move, with nothing to announce.
 */

import { assertDefined, assertNever } from '../../shared/assert.js';
import type { Block } from '../../shared/consensus/block.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import type { Reject } from '../../shared/consensus/reject.js';
import type { BlockHash } from '../../shared/units.js';
import type { ChainEvent } from '../types.js';
import type { Bodies } from './bodies.js';
import { decodeCoins, encodeCoins } from './coinBytes.js';
import { CoinView } from './coinView.js';
import { connectBlock, disconnectBlock } from './connect.js';
import { forkOf, pathUp, type HeaderEntry } from './headerEntry.js';
import type { HeaderTree } from './headerTree.js';
import type { Standing } from './load.js';
import { goalOf, nextMove, type Move, type Situation } from './moves.js';
import { StoreDamage, type ChainStore, type Coin } from './store.js';
import { VerifiedPath } from './verifiedPath.js';

/** A block that failed its last checks, and which one. It is marked by now. */
export interface Failure {
  readonly entry: HeaderEntry;
  readonly reject: Reject;
}

export interface MoverParts {
  readonly params: NetworkParams;
  /** Coins wait to be written until there are that many changes. */
  readonly coinChangesMax: number;
  readonly tree: HeaderTree;
  readonly store: ChainStore;
  readonly bodies: Bodies;
}

/** What one block costs beside its inputs and outputs, in their unit of about 5 µs. */
const BLOCK_COST = 16;

export class Mover {
  readonly #parts: MoverParts;
  readonly #coins: CoinView;
  /** The announced chain by height. */
  readonly #active: HeaderEntry[];
  readonly #verified = new VerifiedPath();
  #tip: HeaderEntry;
  #position: HeaderEntry;
  #target: HeaderEntry | undefined;
  #storedPosition: HeaderEntry;
  /** What the store knows of where we are: tip, position and target. */
  #stored: readonly (HeaderEntry | undefined)[];
  #toldTip: HeaderEntry;
  /** A reorganisation came to its end since the last `takeEvents`. */
  #hasArrived = false;
  #events: ChainEvent[] = [];
  #blocks = new Map<BlockHash, Block>();
  #failures: Failure[] = [];

  constructor(parts: MoverParts, standing: Standing) {
    this.#parts = parts;
    this.#coins = new CoinView((outpoint) => parts.store.coin(outpoint));
    this.#active = [parts.tree.genesis, ...pathUp(parts.tree.genesis, standing.tip)];
    this.#tip = standing.tip;
    this.#toldTip = standing.tip;
    this.#position = standing.position;
    this.#storedPosition = standing.position;
    this.#target = standing.target;
    this.#stored = [standing.tip, standing.position, standing.target];
  }

  get tip(): HeaderEntry {
    return this.#tip;
  }

  /** The entry of the announced chain at `height`. */
  active(height: number): HeaderEntry | undefined {
    return this.#active[height];
  }

  isActive(entry: HeaderEntry): boolean {
    return this.#active[entry.height] === entry;
  }

  /** A coin as it is at the position. */
  coin(outpoint: string): Coin | undefined {
    return this.#coins.coin(outpoint);
  }

  /** Whether the coins are on their way to another block than the tip. */
  get isMoving(): boolean {
    return this.#target !== undefined;
  }

  /** Whether `step` would move, as things are. */
  get canMove(): boolean {
    return this.#next() !== undefined;
  }

  /**
   * Makes one move, if there is one, and returns what it cost: 0 when there is none, or before what
   * a reorganisation brought was taken (`takeEvents`): what left the chain must be stored elsewhere
   * in the step in which it left.
   */
  step(): number {
    const move = this.#hasArrived ? undefined : this.#next();
    if (move === undefined) return 0;
    switch (move.type) {
      case 'connect':
        return this.#connect(move.entry);
      case 'disconnect':
        return this.#disconnect(move.entry);
      case 'begin':
        this.#begin(move.target);
        return BLOCK_COST;
      case 'arrive':
        return this.#arrive(move.target);
      default:
        return assertNever(move);
    }
  }

  /** The path on which signatures are wanted: above `from`, up to `to`. */
  wanted(): { readonly from: HeaderEntry; readonly to: HeaderEntry } | undefined {
    const to = goalOf(this.#situation());
    if (to === undefined) return undefined;
    return { from: this.#verified.upTo(forkOf(this.#tip, to), to), to };
  }

  /** `entry` broke a rule: it will not be tried again. */
  fail(entry: HeaderEntry, reject: Reject): void {
    if (entry.status === 'invalid') return;
    if (entry.status === 'connected') {
      throw new StoreDamage(`Block ${entry.hash} was right before and now is not: ${reject.code}.`);
    }
    this.#parts.store.setStatus(entry.id, 'invalid');
    this.#parts.tree.markInvalid(entry);
    this.#failures.push({ entry, reject });
  }

  /** The body of `entry` cannot be read: it has to come again, unless the active chain needs it. */
  loseBody(entry: HeaderEntry): void {
    if (this.isActive(entry)) this.#parts.bodies.need(entry);
    this.#parts.tree.forgetBody(entry);
  }

  /** What happened since the last call, in order. */
  takeEvents(): ChainEvent[] {
    this.#tellTip();
    const events = this.#events;
    this.#events = [];
    this.#hasArrived = false;
    return events;
  }

  /** The blocks that continued the tip since the last call. */
  takeBlocks(): ReadonlyMap<BlockHash, Block> {
    const blocks = this.#blocks;
    if (blocks.size > 0) this.#blocks = new Map();
    return blocks;
  }

  takeFailures(): Failure[] {
    const failures = this.#failures;
    this.#failures = [];
    return failures;
  }

  /**
   * Hands coins and state to the store; where it has time, coins only once there are many. Returns
   * whether some are left that could be written.
   */
  save(hasTime: boolean): boolean {
    const { store, coinChangesMax } = this.#parts;
    const isDue = this.#position === this.#tip && !hasTime;
    if (isDue || this.#coins.changeCount >= coinChangesMax) {
      if (this.#coins.changeCount > 0) store.writeCoins(this.#coins.take());
      this.#storedPosition = this.#position;
    }
    this.#saveState();
    return this.#position === this.#tip && this.#storedPosition !== this.#position;
  }

  #saveState(): void {
    const [tip, position, target] = this.#stored;
    const isStored = tip === this.#tip && position === this.#storedPosition;
    if (isStored && target === this.#target) return;
    this.#stored = [this.#tip, this.#storedPosition, this.#target];
    this.#parts.store.setState({
      tip: this.#tip.hash,
      position: this.#storedPosition.hash,
      target: this.#target?.hash,
    });
  }

  #connect(entry: HeaderEntry): number {
    const { params, bodies } = this.#parts;
    const block = bodies.read(entry);
    if (block === undefined) {
      this.loseBody(entry);
      return BLOCK_COST;
    }
    const undo = connectBlock({ params, height: entry.height }, block, this.#coins);
    if (undo.ok) this.#advanceTo(entry, block, undo.value);
    else this.fail(entry, undo.error);
    return costOf(block);
  }

  #advanceTo(entry: HeaderEntry, block: Block, undo: readonly Coin[]): void {
    const { store, tree, bodies } = this.#parts;
    if (entry.status !== 'connected') {
      store.putUndo(entry.id, encodeCoins(undo));
      store.setStatus(entry.id, 'connected');
      tree.markConnected(entry);
    }
    bodies.drop(entry);
    this.#position = entry;
    if (this.#target !== undefined) return;
    this.#tip = entry;
    this.#active.push(entry);
    this.#blocks.set(entry.hash, block);
    this.#tell('block-connected', entry);
  }

  #disconnect(entry: HeaderEntry): number {
    const { store, bodies } = this.#parts;
    const block = bodies.need(entry);
    const undo = store.undo(entry.id);
    if (undo === undefined) throw new StoreDamage(`The undo of block ${entry.hash} is missing.`);
    disconnectBlock(block, decodeCoins(undo), this.#coins);
    this.#position = assertDefined(entry.parent, 'genesis is never disconnected');
    return costOf(block);
  }

  #begin(target: HeaderEntry): void {
    this.#tellTip();
    this.#target = target;
  }

  /** The move is over; when it was a reorganisation, this is when it is told. */
  #arrive(target: HeaderEntry): number {
    this.#target = undefined;
    const from = this.#tip;
    if (target === from) return BLOCK_COST;
    const fork = forkOf(from, target);
    for (let at = from; at !== fork; at = at.parent as HeaderEntry) {
      this.#tell('block-disconnected', at);
    }
    this.#active.length = fork.height + 1;
    for (const entry of pathUp(fork, target)) {
      this.#active.push(entry);
      this.#tell('block-connected', entry);
    }
    this.#tip = target;
    this.#tellTip();
    this.#hasArrived = true;
    const depth = from.height - fork.height;
    const hashes = { from: from.hash, to: target.hash, fork: fork.hash };
    this.#events.push({ type: 'reorganised', ...hashes, depth });
    return BLOCK_COST;
  }

  #next(): Move | undefined {
    const target = this.#target;
    if (target !== undefined && !isUsable(target)) {
      if (target === this.#tip) throw new StoreDamage(`The way to block ${target.hash} is lost.`);
      this.#target = this.#tip;
    }
    return nextMove(this.#situation(), (from, goal) => this.#verified.upTo(from, goal));
  }

  #situation(): Situation {
    const { bestComplete } = this.#parts.tree;
    return { tip: this.#tip, position: this.#position, target: this.#target, bestComplete };
  }

  #tell(type: 'block-connected' | 'block-disconnected' | 'tip-changed', entry: HeaderEntry): void {
    this.#events.push({ type, hash: entry.hash, height: entry.height });
  }

  #tellTip(): void {
    if (this.#toldTip === this.#tip) return;
    this.#toldTip = this.#tip;
    this.#tell('tip-changed', this.#tip);
  }
}

const isUsable = (entry: HeaderEntry): boolean => entry.isComplete && entry.status !== 'invalid';

function costOf({ transactions }: Block): number {
  let cost = BLOCK_COST;
  for (const { inputs, outputs } of transactions) cost += inputs.length + outputs.length;
  return cost;
}
