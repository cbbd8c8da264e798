/**
 * How far each peer was asked about our addresses: all that it knows of some of them, up to a
 * block. Kept by node key, so that nobody is asked twice for the same after a restart.
 */

import type { AddressHash, NodeKey } from '../../shared/units.js';
import { forkOf, type HeaderEntry } from '../chain/headerEntry.js';
import type { LightChain } from './lightChain.js';
import type { LightStore } from './store.js';

/** Of the last ones that were heard; one asked before these is asked for everything again. */
export const TESTIMONIES_MAX = 8;

interface Testimony {
  readonly addresses: Set<AddressHash>;
  upTo: HeaderEntry;
}

export class Testimonies {
  readonly #chain: LightChain;
  readonly #store: LightStore;
  /** The one heard longest ago first. */
  readonly #byKey = new Map<NodeKey, Testimony>();

  constructor(chain: LightChain, store: LightStore) {
    this.#chain = chain;
    this.#store = store;
    for (const { nodeKey, upTo, addresses } of store.testimonies()) {
      const entry = chain.entry(upTo);
      if (entry === undefined) continue;
      this.#byKey.set(nodeKey, { upTo: entry, addresses: new Set(addresses) });
    }
  }

  /** All addresses of which somebody told. */
  get addresses(): ReadonlySet<AddressHash> {
    const all = new Set<AddressHash>();
    for (const { addresses } of this.#byKey.values()) for (const one of addresses) all.add(one);
    return all;
  }

  /** Whether somebody told all that he knows of `address`. */
  covers(address: AddressHash): boolean {
    for (const { addresses } of this.#byKey.values()) if (addresses.has(address)) return true;
    return false;
  }

  /** Whether somebody told of all of `wanted` up to the tip. */
  isCurrent(wanted: readonly AddressHash[]): boolean {
    for (const { upTo, addresses } of this.#byKey.values()) {
      if (upTo !== this.#chain.tip) continue;
      if (wanted.every((address) => addresses.has(address))) return true;
    }
    return false;
  }

  /** Those of `wanted` of which the peer was not asked. */
  missing(nodeKey: NodeKey, wanted: readonly AddressHash[]): AddressHash[] {
    const known = this.#byKey.get(nodeKey)?.addresses;
    return known === undefined ? [...wanted] : wanted.filter((address) => !known.has(address));
  }

  /** All of which the peer was asked. */
  addressesOf(nodeKey: NodeKey): AddressHash[] {
    return [...(this.#byKey.get(nodeKey)?.addresses ?? [])];
  }

  /** The last block of the chain up to which the peer told of all that it was asked. */
  standing(nodeKey: NodeKey): HeaderEntry | undefined {
    const known = this.#byKey.get(nodeKey);
    return known && forkOf(known.upTo, this.#chain.tip);
  }

  /** It told all of `addresses` from genesis to `upTo`. */
  onTold(nodeKey: NodeKey, addresses: readonly AddressHash[], upTo: HeaderEntry): void {
    const known = this.#byKey.get(nodeKey);
    if (known === undefined) this.#put(nodeKey, { addresses: new Set(), upTo }, addresses);
    else this.#put(nodeKey, { ...known, upTo: forkOf(known.upTo, upTo) }, addresses);
    this.#forgetOldest();
  }

  /** It told all that is new of those that it was asked before, up to `upTo`. */
  onMore(nodeKey: NodeKey, upTo: HeaderEntry): void {
    const known = this.#byKey.get(nodeKey);
    if (known !== undefined) this.#put(nodeKey, { ...known, upTo }, []);
  }

  #put(nodeKey: NodeKey, testimony: Testimony, fresh: readonly AddressHash[]): void {
    for (const address of fresh) testimony.addresses.add(address);
    this.#byKey.delete(nodeKey);
    this.#byKey.set(nodeKey, testimony);
    const { hash: upTo } = testimony.upTo;
    this.#store.putTestimony({ nodeKey, upTo, addresses: fresh });
  }

  #forgetOldest(): void {
    for (const nodeKey of this.#byKey.keys()) {
      if (this.#byKey.size <= TESTIMONIES_MAX) return;
      this.#byKey.delete(nodeKey);
      this.#store.deleteTestimony(nodeKey);
    }
  }
}
