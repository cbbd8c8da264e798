/**
 * A chain of headers alone: the same tree and the same rules as a full peer's, and the branch with
 * the most work is the chain. That its blocks keep the other rules is believed of that work.
 */

import { assertDefined } from '../../shared/assert.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { HEADER_BYTES } from '../../shared/consensus/header.js';
import type { Reject } from '../../shared/consensus/reject.js';
import type { Result } from '../../shared/result.js';
import type { BlockHash, UnixSeconds } from '../../shared/units.js';
import { ancestorAt, forkOf, locatorOf, type HeaderEntry } from '../chain/headerEntry.js';
import { HeaderIntake, type Accepted } from '../chain/headerIntake.js';
import type { HeaderTree } from '../chain/headerTree.js';
import { loadTree } from '../chain/load.js';
import type { ChainEvent } from '../types.js';
import type { LightStore } from './store.js';

export class LightChain {
  readonly network: Network;
  readonly #tree: HeaderTree;
  readonly #intake: HeaderIntake;
  /** The tip that was told last. */
  #told: HeaderEntry;

  /** Throws `StoreDamage` when the store cannot be right. */
  constructor(network: Network, store: LightStore) {
    this.network = network;
    this.#tree = openTree(network, store);
    this.#intake = new HeaderIntake(network.params, this.#tree, store);
    this.#told = this.#tree.bestHeader;
  }

  get tip(): HeaderEntry {
    return this.#tree.bestHeader;
  }

  get bestHeader(): HeaderEntry {
    return this.#tree.bestHeader;
  }

  entry(hash: BlockHash): HeaderEntry | undefined {
    return this.#tree.entry(hash);
  }

  active(height: number): HeaderEntry | undefined {
    return height >= 0 && height <= this.tip.height ? ancestorAt(this.tip, height) : undefined;
  }

  isActive(entry: HeaderEntry): boolean {
    return this.active(entry.height) === entry;
  }

  /** The 80 bytes: a view. */
  headerBytes(entry: HeaderEntry): Uint8Array {
    return this.#tree.bytes(entry);
  }

  /** See `locatorOf`. */
  locator(from: HeaderEntry): BlockHash[] {
    return locatorOf(from);
  }

  /** See `HeaderIntake`. */
  acceptHeader(
    bytes: Uint8Array,
    now: UnixSeconds,
    successor?: Uint8Array,
  ): Result<Accepted, Reject> {
    return this.#intake.accept(bytes, now, successor);
  }

  /** How the tip moved since the last call. */
  takeEvents(): readonly ChainEvent[] {
    const [from, to] = [this.#told, this.tip];
    if (from === to) return [];
    this.#told = to;
    const changed = { type: 'tip-changed', hash: to.hash, height: to.height } as const;
    const fork = forkOf(from, to);
    if (fork === from) return [changed];
    const depth = from.height - fork.height;
    return [{ type: 'reorganised', from: from.hash, to: to.hash, fork: fork.hash, depth }, changed];
  }
}

function openTree(network: Network, store: LightStore): HeaderTree {
  const found = loadTree(network, store.headers());
  if (found !== undefined) return found;
  store.putHeader(0, network.genesisBytes.subarray(0, HEADER_BYTES));
  return assertDefined(loadTree(network, store.headers()), 'the genesis header was stored');
}
