/**
 * Every header that passed its rules, as a tree, with what is known of each.
 *
 * - Most work wins, first seen wins a tie. *Best header*: over all headers that are not invalid.
 *   *Best complete*: over those of them whose bodies are stored all the way back to genesis.
 * - An invalid mark goes to all descendants; nothing is ever added below one while the program
 *   runs.
 * - Adding is O(log n); a mark costs a walk over all entries at most, and an attacker pays for one
 *   with a block's proof of work.
 *
 * About 370 bytes an entry with its 80 bytes.
 */

import { assert } from '../../shared/assert.js';
import type { Header } from '../../shared/consensus/header.js';
import { workOf } from '../../shared/consensus/work.js';
import type { BlockHash } from '../../shared/units.js';
import { ancestorAt, skipHeight, type HeaderEntry } from './headerEntry.js';
import { HeaderSlab } from './headerSlab.js';
import type { HeaderStatus } from './store.js';

/** A header that is to enter the tree, after its rules were checked. */
export interface CheckedHeader {
  readonly header: Header;
  readonly hash: BlockHash;
  /** The 80 bytes; copied. */
  readonly bytes: Uint8Array;
  /** The effective target, whose work is counted. */
  readonly target: bigint;
}

export class HeaderTree {
  readonly #entries: MutableEntry[] = [];
  readonly #byHash = new Map<BlockHash, MutableEntry>();
  readonly #slab = new HeaderSlab();
  readonly #work = new WorkMemory();
  #bestHeader: HeaderEntry;
  #bestComplete: HeaderEntry;

  /** A tree of the genesis block alone: it is always complete, verified and connected. */
  constructor(genesis: CheckedHeader) {
    const entry = this.#insert(genesis, undefined);
    Object.assign(entry, GENESIS_MARKS);
    this.#bestHeader = entry;
    this.#bestComplete = entry;
  }

  get size(): number {
    return this.#entries.length;
  }

  get genesis(): HeaderEntry {
    return this.#entries[0] as HeaderEntry;
  }

  get bestHeader(): HeaderEntry {
    return this.#bestHeader;
  }

  get bestComplete(): HeaderEntry {
    return this.#bestComplete;
  }

  entry(hash: BlockHash): HeaderEntry | undefined {
    return this.#byHash.get(hash);
  }

  /** The 80 bytes of `entry`: a view that stays valid. */
  bytes(entry: HeaderEntry): Uint8Array {
    return this.#slab.at(entry.id);
  }

  /**
   * Adds a header below `parent`, an entry of this tree. Its id is the number of entries before it.
   */
  add(checked: CheckedHeader, parent: HeaderEntry): HeaderEntry {
    assert(!this.#byHash.has(checked.hash), 'a header enters the tree once');
    const entry = this.#insert(checked, parent);
    if (parent.status === 'invalid') entry.status = 'invalid';
    else if (beats(entry, this.#bestHeader)) this.#bestHeader = entry;
    return entry;
  }

  /** The body of `entry` is stored. */
  markBody(entry: HeaderEntry): void {
    const marked = this.#own(entry);
    marked.hasBody = true;
    if (marked.parent?.isComplete === true) this.#complete(marked);
  }

  /** The body of `entry` cannot be read any more: it has to come again. */
  forgetBody(entry: HeaderEntry): void {
    this.#own(entry).hasBody = false;
    this.#forEachBelow(entry, (below) => (below.isComplete = false));
    if (!this.#bestComplete.isComplete) this.#chooseBestAnew();
  }

  /** Every signature in the body of `entry` is right. */
  markVerified(entry: HeaderEntry): void {
    this.#own(entry).isVerified = true;
  }

  /** `entry` was connected: signatures and coins are right. */
  markConnected(entry: HeaderEntry): void {
    const marked = this.#own(entry);
    marked.status = 'connected';
    marked.isVerified = true;
  }

  /** `entry` broke a rule: neither it nor what is built on it can ever be chosen. */
  markInvalid(entry: HeaderEntry): void {
    this.#forEachBelow(entry, (below) => (below.status = 'invalid'));
    const isBestGone = [this.#bestHeader, this.#bestComplete].some((e) => e.status === 'invalid');
    if (isBestGone) this.#chooseBestAnew();
  }

  /** Does `parent` have `count` children or more for which `holds`? */
  hasChildren(parent: HeaderEntry, count: number, holds: (at: HeaderEntry) => boolean): boolean {
    let found = 0;
    for (let at = parent.firstChild; at !== undefined && found < count; at = at.nextSibling) {
      if (holds(at)) found++;
    }
    return found >= count;
  }

  #insert(checked: CheckedHeader, parent: HeaderEntry | undefined): MutableEntry {
    const height = parent === undefined ? 0 : parent.height + 1;
    const entry: MutableEntry = {
      id: this.#entries.length,
      hash: checked.hash,
      parent,
      height,
      time: checked.header.time,
      bits: checked.header.bits,
      chainWork: (parent?.chainWork ?? 0n) + this.#work.of(checked.target),
      status: 'unproven',
      hasBody: false,
      isComplete: false,
      isVerified: false,
      skip: parent === undefined ? undefined : ancestorAt(parent, skipHeight(height)),
      firstChild: undefined,
      nextSibling: parent?.firstChild,
    };
    if (parent !== undefined) this.#own(parent).firstChild = entry;
    this.#entries.push(entry);
    this.#byHash.set(entry.hash, entry);
    this.#slab.put(entry.id, checked.bytes);
    return entry;
  }

  /** `from` got complete, and with it all descendants whose bodies came before. */
  #complete(from: MutableEntry): void {
    const stack: MutableEntry[] = [from];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      at.isComplete = true;
      if (at.status !== 'invalid' && beats(at, this.#bestComplete)) this.#bestComplete = at;
      for (let child = at.firstChild; child !== undefined; child = child.nextSibling) {
        if (child.hasBody) stack.push(this.#own(child));
      }
    }
  }

  /** Visits `from` and all of its descendants. */
  #forEachBelow(from: HeaderEntry, visit: (entry: MutableEntry) => void): void {
    const stack: HeaderEntry[] = [from];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      visit(this.#own(at));
      for (let child = at.firstChild; child !== undefined; child = child.nextSibling) {
        stack.push(child);
      }
    }
  }

  #chooseBestAnew(): void {
    this.#bestHeader = this.genesis;
    this.#bestComplete = this.genesis;
    for (const entry of this.#entries) {
      if (entry.status === 'invalid') continue;
      if (beats(entry, this.#bestHeader)) this.#bestHeader = entry;
      if (entry.isComplete && beats(entry, this.#bestComplete)) this.#bestComplete = entry;
    }
  }

  #own(entry: HeaderEntry): MutableEntry {
    const own = this.#entries[entry.id];
    assert(own === entry, 'an entry belongs to one tree');
    return own;
  }
}

type MutableEntry = { -readonly [Field in keyof HeaderEntry]: HeaderEntry[Field] };

const GENESIS_MARKS: {
  readonly status: HeaderStatus;
  readonly hasBody: boolean;
  readonly isComplete: boolean;
  readonly isVerified: boolean;
} = { status: 'connected', hasBody: true, isComplete: true, isVerified: true };

/** More work, or as much and seen before. */
const beats = (a: HeaderEntry, b: HeaderEntry): boolean =>
  a.chainWork > b.chainWork || (a.chainWork === b.chainWork && a.id < b.id);

/**
 * The work of the last target: a network with a fixed target asks for the same division each time.
 */
class WorkMemory {
  #target = 0n;
  #work = workOf(0n);

  of(target: bigint): bigint {
    if (target !== this.#target) {
      this.#target = target;
      this.#work = workOf(target);
    }
    return this.#work;
  }
}
