/**
 * The tracker as a machine: inputs and the time go in, effects come out. It knows which peers of
 * which networks live, and hands out random samples of those that it reached itself.
 *
 *   clients      who connects to us: announces and questions    → registry, answers
 *   dialer       whom we call back: handshake, key, ping         → registry
 *   save         what changed in the registry, once a second     → store
 */

import { assertNever } from '../shared/assert.js';
import type { Rng } from '../shared/rng.js';
import type { BlockHash, MonoMs, Now } from '../shared/units.js';
import type { ConnectionInput } from '../shared/wire/connection.js';
import { Clients } from './clients.js';
import { Dialer } from './dialer.js';
import { Identity, type IdentityDependencies, type IdentityOptions } from './identity.js';
import { Outbox } from './outbox.js';
import type { Registry } from './registry/registry.js';
import type { PeerRow } from './registry/store.js';
import type { TrackerEffect, TrackerInput } from './types.js';
import { Verifier } from './verifier.js';

export interface ServedNetwork {
  readonly id: BlockHash;
  /** In consensus bytes. */
  readonly params: Uint8Array;
}

export interface TrackerOptions extends IdentityOptions {
  /** At most 64. */
  readonly networks: readonly ServedNetwork[];
  /** Seconds between two announces, and between two dials, of a peer. */
  readonly intervalSeconds: number;
}

export interface TrackerDependencies extends IdentityDependencies {
  readonly rng: Rng;
}

/** How much the tracker has to do, for its page. */
export interface TrackerLoad {
  readonly connections: number;
  /** Announces answered since the start. */
  readonly announces: number;
  readonly dialsInFlight: number;
}

export class Tracker {
  readonly #outbox = new Outbox();
  readonly #verifier: Verifier;
  readonly #clients: Clients;
  readonly #dialer: Dialer;
  #sweepsAt: MonoMs | undefined;
  #savesAt: MonoMs | undefined;
  #wakesAt: MonoMs | undefined;
  #isStopped = false;

  constructor(options: TrackerOptions, dependencies: TrackerDependencies) {
    const { nodeKey, listenPort, agent, intervalSeconds } = options;
    const networks = options.networks.map(({ id }) => id);
    const outbox = this.#outbox;
    const identity = new Identity({ nodeKey, listenPort, agent }, dependencies);
    const verifier = new Verifier(
      { networks, intervalSeconds },
      { rng: dependencies.rng, tell: (event) => outbox.tell(event) },
    );
    const parts = { identity, verifier, outbox };
    this.#verifier = verifier;
    this.#dialer = new Dialer(parts);
    this.#clients = new Clients({ networks, params: options.networks.map((n) => n.params) }, parts);
  }

  /** What is known of the peers; to read only. */
  get registry(): Registry {
    return this.#verifier.registry;
  }

  get load(): TrackerLoad {
    return {
      connections: this.#clients.count,
      announces: this.#clients.announcesCount,
      dialsInFlight: this.#verifier.dialsInFlightCount,
    };
  }

  /**
   * Takes a stored peer back, before the first input; the `nth` is verified when those before it
   * were.
   */
  restore(row: PeerRow, nth: number, now: Now): void {
    this.#verifier.restore(row, nth, now);
    this.#wakesAt = this.#verifier.nextWake(now);
  }

  handle(input: TrackerInput, now: Now): TrackerEffect[] {
    if (this.#isStopped) return [];
    if (input.type === 'stop') {
      this.#stop();
    } else {
      this.#route(input, now);
      this.#advance(now);
    }
    return this.#outbox.take();
  }

  /** When a `wake` is due, if no other input comes before. */
  nextWake(): MonoMs | undefined {
    return this.#wakesAt;
  }

  #route(input: ConnectionInput, now: Now): void {
    switch (input.type) {
      case 'connected':
        if (input.dialed !== undefined) this.#dialer.onConnected(input.peer, input.dialed, now);
        else this.#clients.onConnected(input.peer, input.remote, now);
        break;
      case 'dial-failed':
        this.#dialer.onDialFailed(input.address, input.problem, now);
        break;
      case 'received':
        this.#ownerOf(input.peer).onReceived(input.peer, input.bytes, now);
        break;
      case 'closed':
        this.#ownerOf(input.peer).onClosed(input.peer, now);
        break;
      case 'sent':
      case 'wake':
        break;
      default:
        assertNever(input);
    }
  }

  #ownerOf(peer: Parameters<Dialer['has']>[0]): Clients | Dialer {
    return this.#dialer.has(peer) ? this.#dialer : this.#clients;
  }

  /** Does what is due, and finds out when something is next. */
  #advance(now: Now): void {
    if (isDue(this.#sweepsAt, now)) {
      this.#clients.sweep(now);
      this.#dialer.sweep(now);
      this.#sweepsAt = undefined;
    }
    this.#dialer.dialDue(now);
    this.#saveDue(now);
    if (this.#clients.count > 0 || this.#dialer.count > 0) {
      this.#sweepsAt ??= (now.mono + SWEEP_EVERY_MS) as MonoMs;
    }
    this.#wakesAt = earliest(this.#sweepsAt, this.#savesAt, this.#verifier.nextWake(now));
  }

  #saveDue(now: Now): void {
    if (isDue(this.#savesAt, now)) {
      this.#savesAt = undefined;
      if (!this.registry.hasChanges()) return;
      this.#outbox.save(this.registry.takeChanges(SAVED_AT_ONCE_MAX));
      const waitMs = this.registry.hasChanges() ? SAVE_REST_MS : SAVE_EVERY_MS;
      this.#savesAt = (now.mono + waitMs) as MonoMs;
    } else if (this.registry.hasChanges()) {
      this.#savesAt ??= (now.mono + SAVE_EVERY_MS) as MonoMs;
    }
  }

  #stop(): void {
    this.#isStopped = true;
    this.#wakesAt = undefined;
    this.#clients.endAll();
    this.#dialer.endAll();
    while (this.registry.hasChanges()) {
      this.#outbox.save(this.registry.takeChanges(SAVED_AT_ONCE_MAX));
    }
  }
}

/**
 * Registered peers are written this often: what is lost with the process announces itself again.
 */
const SAVE_EVERY_MS = 1_000;

/** Some 10 ms of writing, during which nothing else is answered; then sockets have their turn. */
const SAVED_AT_ONCE_MAX = 1_000;
const SAVE_REST_MS = 20;

/** How exact the time-outs of connections are. */
const SWEEP_EVERY_MS = 1_000;

const isDue = (deadline: MonoMs | undefined, now: Now): boolean =>
  deadline !== undefined && deadline <= now.mono;

function earliest(...deadlines: readonly (MonoMs | undefined)[]): MonoMs | undefined {
  let first: MonoMs | undefined;
  for (const deadline of deadlines) {
    if (deadline !== undefined && (first === undefined || deadline < first)) first = deadline;
  }
  return first;
}
