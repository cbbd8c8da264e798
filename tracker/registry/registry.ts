/**
 * The registry: which peers of which networks there are, and what is known of each.
 *
 *   (nothing) → unverified            announced; the dial-back is on its way
 *   unverified, unreachable → live    it answered with its own key: may be handed out
 *   unverified, live → unreachable    a dial-back failed: not handed out any more
 *   unreachable → unverified          it started again, and is called again
 *   any → (nothing)                   stopped; expired: announced itself no more; lost: was live,
 *                                     missed three dials and was not heard of since the first
 *
 * A peer is (network, address, port). A live one is never displaced by another key; one that is not
 * live is, except that a claimed address never displaces one that announces from there itself.
 * Everything is bounded: peers, peers a source, names, pruned peers remembered.
 */

import { assert, assertDefined } from '../../shared/assert.js';
import { equalBytes } from '../../shared/bytes.js';
import type { Rng } from '../../shared/rng.js';
import type { BlockHash, Now } from '../../shared/units.js';
import { KeyTable, NO_SLOT } from './keyTable.js';
import { Names } from './names.js';
import type { Asker, Claim, PeerView, PrunedPeer, PruneReason } from './peer.js';
import { PeerColumns, type PeerState, type Reach } from './peerColumns.js';
import { Sources } from './sources.js';
import type { Changes, PeerKey, PeerRow } from './store.js';
import { type ListName, Places, Swarm } from './swarm.js';

export interface RegistryOptions {
  /** Ids of the networks that are served; their place here is their number. At most 64. */
  readonly networks: readonly BlockHash[];
  readonly peersMax: number;
  readonly peersPerSourceMax: number;
}

export interface RegistryDependencies {
  readonly rng: Rng;
  /** Called when a peer is about to leave its slot. */
  readonly onGone: (slot: number) => void;
}

export type AnnounceOutcome =
  | { readonly type: 'registered'; readonly slot: number; readonly isNew: boolean }
  /** Another key is registered there and stays; a dial of `slot` shows whether it still holds. */
  | { readonly type: 'taken'; readonly slot: number }
  | { readonly type: 'refused'; readonly why: 'registry-full' | 'source-full' };

/** Pruned peers remembered a network: two screens of the page. */
export const PRUNED_MAX = 100;

export class Registry {
  readonly #options: RegistryOptions;
  readonly #dependencies: RegistryDependencies;
  readonly #table: KeyTable;
  readonly #sources: Sources;
  readonly #names = new Names();
  readonly #columns = new PeerColumns();
  readonly #swarms: Swarm[];
  readonly #pruned: PrunedPeer[][];
  #dirty: number[] = [];
  #removals: PeerKey[] = [];

  constructor(options: RegistryOptions, dependencies: RegistryDependencies) {
    assert(options.networks.length <= 64, 'a registry serves at most 64 networks');
    this.#options = options;
    this.#dependencies = dependencies;
    this.#table = new KeyTable(KEY_BYTES, dependencies.rng.below(2 ** 32));
    this.#sources = new Sources(dependencies.rng.below(2 ** 32));
    const places = new Places();
    this.#swarms = options.networks.map(() => new Swarm(places));
    this.#pruned = options.networks.map(() => []);
  }

  get count(): number {
    return this.#table.count;
  }

  /** A peer started or lives. */
  announce(claim: Claim, now: Now): AnnounceOutcome {
    const key = this.#key(claim.network, claim.address, claim.port);
    const found = this.#table.find(key);
    if (found !== NO_SLOT) {
      if (this.#columns.hasNodeKey(found, claim.nodeKey)) return this.#refresh(found, claim, now);
      if (!this.#yields(found, claim)) return { type: 'taken', slot: found };
    }
    if (!this.#hasRoomFor(claim, found, now)) return { type: 'refused', why: 'source-full' };
    if (found !== NO_SLOT) this.#remove(found, 'replaced', now);
    else if (!this.#hasRoom(now)) return { type: 'refused', why: 'registry-full' };
    const slot = this.#register(claim, now);
    this.#columns.firstSeenUnix[slot] = now.unix;
    this.#hear(slot, claim, now);
    return { type: 'registered', slot, isNew: true };
  }

  /** The slot of the peer, if it is registered with this key. */
  find(
    network: number,
    address: Uint8Array,
    port: number,
    nodeKey: Uint8Array,
  ): number | undefined {
    const slot = this.#table.find(this.#key(network, address, port));
    return slot !== NO_SLOT && this.#columns.hasNodeKey(slot, nodeKey) ? slot : undefined;
  }

  /** It runs anew: what failed dials found out before says nothing of it now. */
  onStarted(slot: number): void {
    if (this.#columns.state(slot) === 'unreachable') this.#move(slot, 'unverified');
  }

  /** The peer was dialed, holds its key and answers. */
  onReached(slot: number, height: number): void {
    this.#move(slot, 'live');
    this.#columns.misses[slot] = 0;
    this.#columns.mark(slot, 'proven', true);
    this.#columns.height[slot] = height;
    this.#touch(slot);
  }

  /** A dial failed. Returns the misses in a row, or `pruned`. */
  onMissed(slot: number, now: Now): number | 'pruned' {
    const columns = this.#columns;
    const misses = Math.min((columns.misses[slot] as number) + 1, 255);
    columns.misses[slot] = misses;
    if (misses === 1) columns.mark(slot, 'heardSinceMiss', false);
    if (misses >= MISSES_MAX && columns.is(slot, 'proven') && !columns.is(slot, 'heardSinceMiss')) {
      this.#remove(slot, 'lost', now);
      return 'pruned';
    }
    this.#move(slot, 'unreachable');
    return misses;
  }

  prune(slot: number, reason: PruneReason, now: Now): void {
    this.#remove(slot, reason, now);
  }

  /** Live peers for `asker`: at random, without itself, at most `count`. */
  sample(network: number, asker: Asker, count: number): number[] {
    const isOther = (slot: number): boolean =>
      slot !== asker.slot && !this.#columns.hasNodeKey(slot, asker.nodeKey);
    return this.#swarm(network).sample(this.#dependencies.rng, asker.reach, count, isOther);
  }

  state(slot: number): PeerState {
    return this.#columns.state(slot);
  }

  network(slot: number): number {
    return this.#table.byte(slot, 0);
  }

  /** A view of 16 bytes, valid until the next announce. */
  address(slot: number): Uint8Array {
    return this.#table.key(slot).subarray(1, 17);
  }

  port(slot: number): number {
    return (this.#table.byte(slot, 17) << 8) | this.#table.byte(slot, 18);
  }

  /** A view of 32 bytes, valid until the next announce. */
  nodeKey(slot: number): Uint8Array {
    return this.#columns.nodeKey(slot);
  }

  /** A view of 16 bytes, valid until the next announce. */
  source(slot: number): Uint8Array {
    return this.#sources.key(this.#columns.source[slot] as number);
  }

  isClaimed(slot: number): boolean {
    return this.#columns.is(slot, 'claimed');
  }

  /** Milliseconds since the last announce. */
  silenceMs(slot: number, now: Now): number {
    return now.mono - (this.#columns.heardAt[slot] as number);
  }

  /** Seconds since it registered. */
  ageSeconds(slot: number, now: Now): number {
    return now.unix - (this.#columns.firstSeenUnix[slot] as number);
  }

  countOf(network: number, name: ListName): number {
    return this.#swarm(network).count(name);
  }

  /** Up to `limit` peers of one list of a network. */
  page(network: number, name: ListName, offset: number, limit: number): PeerView[] {
    const slots = this.#swarm(network).page(name, offset, limit);
    return slots.map((slot) => this.view(slot));
  }

  /** Peers that left, the latest first, at most `PRUNED_MAX`. */
  pruned(network: number): readonly PrunedPeer[] {
    return [...(this.#pruned[network] ?? [])].reverse();
  }

  view(slot: number): PeerView {
    const columns = this.#columns;
    return {
      address: this.address(slot).slice(),
      port: this.port(slot),
      nodeKey: columns.nodeKey(slot).slice(),
      name: this.#names.text(columns.name[slot] as number),
      height: columns.height[slot] as number,
      firstSeenUnix: columns.firstSeenUnix[slot] as number,
      lastSeenUnix: columns.lastSeenUnix[slot] as number,
      misses: columns.misses[slot] as number,
    };
  }

  hasChanges(): boolean {
    return this.#dirty.length > 0 || this.#removals.length > 0;
  }

  /** What is to be stored since the last call, at most `max` of it. */
  takeChanges(max: number): Changes {
    const removals = this.#removals.splice(0, max);
    const upserts: PeerRow[] = [];
    while (this.#dirty.length > 0 && removals.length + upserts.length < max) {
      const slot = this.#dirty.pop() as number;
      if (!this.#columns.is(slot, 'dirty')) continue;
      this.#columns.mark(slot, 'dirty', false);
      upserts.push(this.#row(slot));
    }
    return { removals, upserts };
  }

  /** Takes a stored peer back as unverified. Returns its slot, if its network is served. */
  restore(row: PeerRow, reach: Reach, now: Now): number | undefined {
    const network = this.#options.networks.indexOf(row.network);
    if (network < 0 || this.count >= this.#options.peersMax) return undefined;
    if (this.#table.find(this.#key(network, row.address, row.port)) !== NO_SLOT) return undefined;
    if (this.#sources.count(row.source) >= this.#options.peersPerSourceMax) return undefined;
    const slot = this.#register({ ...row, network, reach }, now);
    this.#columns.firstSeenUnix[slot] = row.firstSeenUnix;
    this.#columns.lastSeenUnix[slot] = row.lastSeenUnix;
    this.#columns.mark(slot, 'proven', true);
    return slot;
  }

  #refresh(slot: number, claim: Claim, now: Now): AnnounceOutcome {
    if (!claim.isClaimed && this.isClaimed(slot)) this.#moveTo(claim.source, slot);
    this.#hear(slot, claim, now);
    return { type: 'registered', slot, isNew: false };
  }

  /**
   * The peer in `slot` is announced from its own address now, and counts there; not where that has
   * as many as it may, or two who claim for each other could have any number.
   */
  #moveTo(source: Uint8Array, slot: number): void {
    const isSame = equalBytes(this.source(slot), source);
    if (!isSame && this.#sources.count(source) >= this.#options.peersPerSourceMax) return;
    this.#sources.release(this.#columns.source[slot] as number);
    this.#columns.source[slot] = this.#sources.use(source);
    this.#columns.mark(slot, 'claimed', false);
  }

  /** Whether the peer in `slot` gives way to another key. */
  #yields(slot: number, claim: Claim): boolean {
    if (this.#columns.state(slot) === 'live') return false;
    return !claim.isClaimed || this.isClaimed(slot);
  }

  /**
   * When a source has as many peers as it may, the one that is replaced makes room, or one that is
   * unreachable. A few are looked at: who fills a source with those makes them easy to find.
   */
  #hasRoomFor({ source, network }: Claim, replaced: number, now: Now): boolean {
    if (this.#sources.count(source) < this.#options.peersPerSourceMax) return true;
    if (replaced !== NO_SLOT && equalBytes(this.source(replaced), source)) return true;
    const swarm = this.#swarm(network);
    const count = swarm.count('unreachable');
    const from = this.#dependencies.rng.below(Math.max(1, count - UNREACHABLE_LOOKS));
    const looked = swarm.page('unreachable', from, UNREACHABLE_LOOKS);
    const leaving = looked.find((slot) => equalBytes(this.source(slot), source));
    if (leaving !== undefined) this.#remove(leaving, 'evicted', now);
    return leaving !== undefined;
  }

  /** When the registry is full, an unreachable peer makes room. */
  #hasRoom(now: Now): boolean {
    if (this.count < this.#options.peersMax) return true;
    for (const swarm of this.#swarms) {
      const count = swarm.count('unreachable');
      if (count === 0) continue;
      const [slot] = swarm.page('unreachable', this.#dependencies.rng.below(count), 1);
      this.#remove(assertDefined(slot, 'a list has its members'), 'evicted', now);
      return true;
    }
    return false;
  }

  #register(claim: Claim, now: Now): number {
    const slot = this.#table.add(this.#key(claim.network, claim.address, claim.port));
    const columns = this.#columns;
    columns.reserve(this.#table.capacity);
    columns.setNodeKey(slot, claim.nodeKey);
    columns.source[slot] = this.#sources.use(claim.source);
    columns.name[slot] = this.#names.use(claim.name);
    columns.height[slot] = claim.height;
    columns.heardAt[slot] = now.mono;
    columns.misses[slot] = 0;
    columns.clearFlags(slot);
    columns.mark(slot, 'claimed', claim.isClaimed);
    columns.setState(slot, 'unverified');
    columns.setReach(slot, claim.reach);
    this.#swarm(claim.network).enter('unverified', slot);
    return slot;
  }

  #hear(slot: number, claim: Claim, now: Now): void {
    const columns = this.#columns;
    columns.heardAt[slot] = now.mono;
    columns.lastSeenUnix[slot] = now.unix;
    columns.mark(slot, 'heardSinceMiss', true);
    if (claim.height > (columns.height[slot] as number)) columns.height[slot] = claim.height;
    this.#touch(slot);
  }

  #move(slot: number, state: PeerState): void {
    const swarm = this.#swarm(this.network(slot));
    swarm.leave(this.#listOf(slot), slot);
    this.#columns.setState(slot, state);
    swarm.enter(this.#listOf(slot), slot);
  }

  #listOf(slot: number): ListName {
    const state = this.#columns.state(slot);
    return state === 'live' ? `live-${this.#columns.reach(slot)}` : state;
  }

  #remove(slot: number, reason: PruneReason, now: Now): void {
    this.#dependencies.onGone(slot);
    const network = this.network(slot);
    const view = this.view(slot);
    this.#remember(network, { ...view, reason, prunedUnix: now.unix });
    this.#removals.push({ ...view, network: this.#networkId(network) });
    this.#swarm(network).leave(this.#listOf(slot), slot);
    this.#names.release(this.#columns.name[slot] as number);
    this.#sources.release(this.#columns.source[slot] as number);
    this.#columns.clearFlags(slot);
    this.#table.remove(slot);
  }

  #remember(network: number, peer: PrunedPeer): void {
    const pruned = assertDefined(this.#pruned[network], 'a peer is of a served network');
    pruned.push(peer);
    if (pruned.length > PRUNED_MAX) pruned.shift();
  }

  #touch(slot: number): void {
    if (this.#columns.is(slot, 'dirty')) return;
    this.#columns.mark(slot, 'dirty', true);
    this.#dirty.push(slot);
  }

  #row(slot: number): PeerRow {
    return {
      ...this.view(slot),
      network: this.#networkId(this.network(slot)),
      source: this.source(slot).slice(),
      isClaimed: this.isClaimed(slot),
    };
  }

  #networkId(network: number): BlockHash {
    return assertDefined(this.#options.networks[network], 'a peer is of a served network');
  }

  #swarm(network: number): Swarm {
    return assertDefined(this.#swarms[network], 'a peer is of a served network');
  }

  #key(network: number, address: Uint8Array, port: number): Uint8Array {
    const key = this.#scratch;
    key[0] = network;
    key.set(address, 1);
    key[17] = port >> 8;
    key[18] = port & 0xff;
    return key;
  }

  readonly #scratch = new Uint8Array(KEY_BYTES);
}

/** Failed dials in a row after which a silent peer is gone. */
const MISSES_MAX = 3;

/** Unreachable peers that are looked at for one of a source that is full. */
const UNREACHABLE_LOOKS = 32;

/** network u8 ‖ address 16 ‖ port u16, big-endian. */
const KEY_BYTES = 19;
