/** What the tracker's page and JSON show: the read port of the machine. */

import { toHex } from '../shared/bytes.js';
import type { BlockHash, NodeKey, Now } from '../shared/units.js';
import { decodeHost, printNetAddress } from '../shared/wire/netAddress.js';
import type { PeerView, PruneReason } from './registry/peer.js';
import type { Registry } from './registry/registry.js';
import type { ListName } from './registry/swarm.js';
import type { Tracker } from './tracker.js';

/** What is known of a network beside its peers. */
export interface NetworkCard {
  readonly id: BlockHash;
  readonly name: string;
  /** Seconds between two blocks. */
  readonly targetInterval: number;
}

export interface PeerJson {
  /** `host:port`. */
  readonly address: string;
  readonly nodeKey: NodeKey;
  /** Program, version and name, as the peer says. */
  readonly name: string;
  readonly height: number;
  readonly firstSeenUnix: number;
  readonly lastSeenUnix: number;
}

export interface UnreachablePeerJson extends PeerJson {
  /** Failed dials in a row. */
  readonly misses: number;
}

export interface PrunedPeerJson extends PeerJson {
  readonly reason: PruneReason;
  readonly prunedUnix: number;
}

export interface NetworkJson extends NetworkCard {
  /** Peers that are handed out. */
  readonly liveCount: number;
  /** Peers that announced themselves and were not dialed yet. */
  readonly unverifiedCount: number;
  /** Peers that announce themselves and cannot be dialed. */
  readonly unreachableCount: number;
}

export interface NetworkPeersJson extends NetworkJson {
  readonly live: readonly PeerJson[];
  readonly unverified: readonly PeerJson[];
  readonly unreachable: readonly UnreachablePeerJson[];
  /** The latest that left, last one first. */
  readonly pruned: readonly PrunedPeerJson[];
}

export interface StatusJson {
  readonly service: 'tracker';
  readonly version: string;
  /** Where peers reach it: `host:port`. */
  readonly listen: string;
  readonly startedUnix: number;
  readonly uptimeSeconds: number;
  readonly connections: number;
  /** Announces answered since the start. */
  readonly announces: number;
  readonly dialsInFlight: number;
  readonly networks: readonly NetworkJson[];
}

export interface ViewsOptions {
  readonly version: string;
  readonly listen: string;
  readonly started: Now;
  /** In the order of their numbers in the registry. */
  readonly networks: readonly NetworkCard[];
}

/** Which part of each list is wanted. */
export interface Page {
  readonly offset: number;
  readonly limit: number;
}

export class Views {
  readonly #options: ViewsOptions;
  readonly #tracker: Tracker;

  constructor(options: ViewsOptions, tracker: Tracker) {
    this.#options = options;
    this.#tracker = tracker;
  }

  status(now: Now): StatusJson {
    const { version, listen, started } = this.#options;
    return {
      service: 'tracker',
      version,
      listen,
      startedUnix: started.unix,
      uptimeSeconds: Math.floor((now.mono - started.mono) / 1000),
      ...this.#tracker.load,
      networks: this.networks(),
    };
  }

  networks(): NetworkJson[] {
    return this.#options.networks.map((card, number) => this.#networkJson(card, number));
  }

  /** A part of the peers of the network with id or name `which`, or of all networks. */
  peers(which: string | undefined, page: Page): NetworkPeersJson[] {
    const found: NetworkPeersJson[] = [];
    for (const [number, card] of this.#options.networks.entries()) {
      if (which !== undefined && which !== card.id && which !== card.name) continue;
      found.push(this.#peersOf(card, number, page));
    }
    return found;
  }

  #peersOf(card: NetworkCard, number: number, page: Page): NetworkPeersJson {
    const registry = this.#tracker.registry;
    return {
      ...this.#networkJson(card, number),
      live: pageOver(registry, number, LIVE_LISTS, page).map(peerJson),
      unverified: pageOver(registry, number, ['unverified'], page).map(peerJson),
      unreachable: pageOver(registry, number, ['unreachable'], page).map((peer) => ({
        ...peerJson(peer),
        misses: peer.misses,
      })),
      pruned: registry
        .pruned(number)
        .slice(page.offset, page.offset + page.limit)
        .map((peer) => ({
          ...peerJson(peer),
          reason: peer.reason,
          prunedUnix: peer.prunedUnix,
        })),
    };
  }

  #networkJson(card: NetworkCard, number: number): NetworkJson {
    const registry = this.#tracker.registry;
    const liveCounts = LIVE_LISTS.map((name) => registry.countOf(number, name));
    return {
      ...card,
      liveCount: liveCounts.reduce((sum, count) => sum + count, 0),
      unverifiedCount: registry.countOf(number, 'unverified'),
      unreachableCount: registry.countOf(number, 'unreachable'),
    };
  }
}

const LIVE_LISTS: readonly ListName[] = ['live-loopback', 'live-private', 'live-public'];

/** The part `page` of several lists, as if they were one. */
function pageOver(
  registry: Registry,
  network: number,
  names: readonly ListName[],
  { offset, limit }: Page,
): PeerView[] {
  const peers: PeerView[] = [];
  let skip = offset;
  for (const name of names) {
    peers.push(...registry.page(network, name, skip, limit - peers.length));
    skip = Math.max(0, skip - registry.countOf(network, name));
  }
  return peers;
}

const peerJson = (peer: PeerView): PeerJson => ({
  address: printNetAddress({ host: decodeHost(peer.address), port: peer.port }),
  nodeKey: toHex(peer.nodeKey) as NodeKey,
  name: peer.name,
  height: peer.height,
  firstSeenUnix: peer.firstSeenUnix,
  lastSeenUnix: peer.lastSeenUnix,
});
