/** The registry as one would write it without a thought of memory or speed: one array of peers. */

import { decodeHost, scopeOf } from '../../../shared/wire/netAddress.js';
import type { PeerState, Reach } from '../../../tracker/registry/peerColumns.js';
import type { PruneReason } from '../../../tracker/registry/peer.js';
import type { PeerRow } from '../../../tracker/registry/store.js';
import { at, NETWORKS } from './claims.js';

/** An announce, with hosts as texts and keys as numbers. */
export interface TwinClaim {
  readonly network: number;
  readonly host: string;
  readonly port: number;
  readonly from: string;
  readonly key: number;
  readonly name: string;
  readonly height: number;
}

export interface TwinPeer extends TwinClaim {
  from: string;
  height: number;
  state: PeerState;
  misses: number;
  firstSeen: number;
  lastSeen: number;
  /** Seconds. */
  heardAt: number;
  wasLive: boolean;
  /** Heard of since the first miss in a row. */
  isHeard: boolean;
}

/** What comes of an announce; one of `room` has to leave for it, where there is any. */
export type TwinOutcome =
  | { readonly type: 'registered'; readonly isNew: boolean; readonly room: readonly TwinPeer[] }
  | { readonly type: 'taken' }
  | { readonly type: 'refused'; readonly why: 'source-full' | 'registry-full' };

export interface TwinLimits {
  readonly peersMax: number;
  readonly peersPerSourceMax: number;
}

export class RegistryTwin {
  peers: TwinPeer[] = [];
  /** Those that left since the start, by network, in no order. */
  left: string[][] = [[], []];
  readonly #limits: TwinLimits;

  constructor(limits: TwinLimits) {
    this.#limits = limits;
  }

  find({
    network,
    host,
    port,
  }: Pick<TwinClaim, 'network' | 'host' | 'port'>): TwinPeer | undefined {
    return this.peers.find((p) => p.network === network && p.host === host && p.port === port);
  }

  announce(claim: TwinClaim, seconds: number): TwinOutcome {
    const found = this.find(claim);
    if (found?.key === claim.key) return this.#refresh(found, claim, seconds);
    if (found !== undefined && !yields(found, claim)) return { type: 'taken' };
    const others = this.peers.filter((peer) => peer !== found);
    const isSourceFull = this.#isSourceFull(others, claim.from);
    const isFull = others.length >= this.#limits.peersMax;
    const gone = others.filter(({ state }) => state === 'unreachable');
    const [first] = gone.map(({ network }) => network).sort();
    const room = isSourceFull
      ? gone.filter(({ from, network }) => from === claim.from && network === claim.network)
      : gone.filter(({ network }) => network === first);
    const mustLeave = isSourceFull || isFull;
    if (mustLeave && room.length === 0) {
      return { type: 'refused', why: isSourceFull ? 'source-full' : 'registry-full' };
    }
    if (found !== undefined) this.remove(found, 'replaced', seconds);
    this.peers.push(fresh(claim, seconds));
    return { type: 'registered', isNew: true, room: mustLeave ? room : [] };
  }

  /** A dial of `peer` failed. */
  miss(peer: TwinPeer, seconds: number): number | 'pruned' {
    peer.misses++;
    if (peer.misses === 1) peer.isHeard = false;
    peer.state = 'unreachable';
    if (peer.misses < 3 || !peer.wasLive || peer.isHeard) return peer.misses;
    this.remove(peer, 'lost', seconds);
    return 'pruned';
  }

  remove(peer: TwinPeer, reason: PruneReason, seconds: number): void {
    this.peers = this.peers.filter((other) => other !== peer);
    this.left[peer.network]?.push(printLeft(peer, reason, at(seconds).unix));
  }

  /** A new process, which takes back `rows` as far as there is room. */
  restart(rows: readonly PeerRow[], seconds: number): void {
    this.peers = [];
    this.left = [[], []];
    for (const row of rows) {
      const from = decodeHost(row.source);
      const isFull = this.peers.length >= this.#limits.peersMax;
      if (isFull || this.#isSourceFull(this.peers, from)) continue;
      const network = NETWORKS.indexOf(row.network);
      const place = { network, host: decodeHost(row.address), port: row.port, from };
      const { name, height, firstSeenUnix: firstSeen, lastSeenUnix: lastSeen } = row;
      const peer = fresh({ ...place, key: row.nodeKey[1] ?? 0, name, height }, seconds);
      this.peers.push({ ...peer, firstSeen, lastSeen, wasLive: true, isHeard: false });
    }
  }

  #refresh(peer: TwinPeer, claim: TwinClaim, seconds: number): TwinOutcome {
    const others = this.peers.filter((other) => other !== peer);
    const isOwn = isClaimed(peer) && !isClaimed(claim);
    if (isOwn && !this.#isSourceFull(others, claim.from)) peer.from = claim.from;
    peer.height = Math.max(peer.height, claim.height);
    Object.assign(peer, { isHeard: true, heardAt: seconds, lastSeen: at(seconds).unix });
    return { type: 'registered', isNew: false, room: [] };
  }

  #isSourceFull(peers: readonly TwinPeer[], from: string): boolean {
    return peers.filter((peer) => peer.from === from).length >= this.#limits.peersPerSourceMax;
  }
}

export const isClaimed = ({ host, from }: Pick<TwinClaim, 'host' | 'from'>): boolean =>
  host !== from;

/** How far an address reaches. */
export const reachOf = (host: string): Reach => scopeOf(host) as Reach;

/** One that left, in one line. */
export const printLeft = (
  { host, port, key }: Pick<TwinClaim, 'host' | 'port' | 'key'>,
  reason: PruneReason,
  unix: number,
): string => [host, port, key, reason, unix].join(' ');

/** Whether `peer` gives way to another key. */
const yields = (peer: TwinPeer, claim: TwinClaim): boolean =>
  peer.state !== 'live' && (!isClaimed(claim) || isClaimed(peer));

const fresh = (claim: TwinClaim, seconds: number): TwinPeer => ({
  ...claim,
  ...{ state: 'unverified', misses: 0, wasLive: false, isHeard: true, heardAt: seconds },
  ...{ firstSeen: at(seconds).unix, lastSeen: at(seconds).unix },
});
