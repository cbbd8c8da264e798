/** The trackers that a node announces itself to: which of them an input is for. */

import type { MonoMs, PeerId } from '../../shared/units.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import { TrackerClient, type TrackerClientDependencies } from './trackerClient.js';
import type { TrackerStatus } from './trackerClient.js';

export interface TrackersOptions {
  readonly trackers: readonly NetAddress[];
  readonly claimedHost: string | undefined;
  /** It asks for peers, and is registered nowhere. */
  readonly isClient?: boolean;
}

export class Trackers {
  readonly #clients: readonly TrackerClient[];

  constructor(options: TrackersOptions, dependencies: TrackerClientDependencies) {
    const { trackers, claimedHost, isClient = false } = options;
    this.#clients = trackers.map(
      (address) => new TrackerClient({ address, claimedHost, isClient }, dependencies),
    );
  }

  get statuses(): readonly TrackerStatus[] {
    return this.#clients.map(({ status }) => status);
  }

  /** Whether it is known of each whether it answers. */
  get areKnown(): boolean {
    return this.#clients.every(({ isKnown }) => isKnown);
  }

  /** Who dials `address` now. */
  dialing(address: NetAddress | undefined): TrackerClient | undefined {
    return address && this.#clients.find((client) => client.isDialing(address));
  }

  /** Whose connection `peer` is. */
  at(peer: PeerId): TrackerClient | undefined {
    return this.#clients.find((client) => client.owns(peer));
  }

  settle(now: MonoMs): void {
    for (const client of this.#clients) client.settle(now);
  }

  stop(now: MonoMs): void {
    for (const client of this.#clients) client.stop(now);
  }

  nextWake(): MonoMs | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const client of this.#clients) next = Math.min(next, client.nextWake() ?? next);
    return next === Number.POSITIVE_INFINITY ? undefined : (next as MonoMs);
  }
}
