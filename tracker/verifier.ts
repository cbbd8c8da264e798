/**
 * The registry and the dial-backs together: who is registered when an announce comes, who is dialed
 * next, and what follows from how a dial ended.
 */

import { assertDefined } from '../shared/assert.js';
import { fromHex, toHex } from '../shared/bytes.js';
import type { Rng } from '../shared/rng.js';
import type { BlockHash, MonoMs, NodeKey, Now } from '../shared/units.js';
import { decodeHost, encodeHost, type NetAddress, scopeOf } from '../shared/wire/netAddress.js';
import { Cadence } from './registry/cadence.js';
import { DialBack, type DialTarget, type DialTicket } from './registry/dialBack.js';
import type { Claim, PruneReason } from './registry/peer.js';
import type { Reach } from './registry/peerColumns.js';
import { Registry } from './registry/registry.js';
import type { PeerRow } from './registry/store.js';
import type { AnnounceRefusal, MissReason, PeerNotice, TrackerEvent } from './types.js';

export interface VerifierOptions {
  readonly networks: readonly BlockHash[];
  /** Seconds between two announces, and between two dials, of a peer. */
  readonly intervalSeconds: number;
}

export interface VerifierDependencies {
  readonly rng: Rng;
  readonly tell: (event: TrackerEvent) => void;
}

/** A dial that is to be made, and what must be found there. */
export interface Dial {
  readonly ticket: DialTicket;
  readonly network: BlockHash;
  readonly address: NetAddress;
  readonly nodeKey: NodeKey;
}

export type AnnounceEvent = 'started' | 'alive';

export class Verifier {
  readonly registry: Registry;
  readonly cadence: Cadence;
  readonly #networks: readonly BlockHash[];
  readonly #dialBack: DialBack;
  readonly #tell: (event: TrackerEvent) => void;

  constructor(options: VerifierOptions, { rng, tell }: VerifierDependencies) {
    const { networks, intervalSeconds } = options;
    this.#networks = networks;
    this.#tell = tell;
    const limits = { networks, peersMax: PEERS_MAX, peersPerSourceMax: PEERS_A_SOURCE_MAX };
    const onGone = (slot: number): void => {
      this.#dialBack.forget(slot);
    };
    this.registry = new Registry(limits, { rng, onGone });
    this.cadence = new Cadence({ intervalSeconds, dialsPerSecondMax: DIALS_A_SECOND_MAX }, rng);
    this.#dialBack = new DialBack(
      { inFlightMax: DIALS_IN_FLIGHT_MAX, perSecondMax: DIALS_A_SECOND_MAX },
      (slot) => this.#targetOf(slot),
    );
  }

  get dialsInFlightCount(): number {
    return this.#dialBack.inFlightCount;
  }

  /**
   * Takes a peer in or refreshes it; the first dial is made at once. Returns its slot, or why not.
   */
  announce(event: AnnounceEvent, claim: Claim, now: Now): number | AnnounceRefusal {
    const outcome = this.registry.announce(claim, now);
    switch (outcome.type) {
      case 'registered':
        if (event === 'started') this.registry.onStarted(outcome.slot);
        if (outcome.isNew || event === 'started') this.#dialBack.hasten(outcome.slot, now.mono);
        return outcome.slot;
      case 'taken':
        this.#dialBack.hasten(outcome.slot, now.mono);
        return 'address-taken';
      case 'refused':
        return outcome.why;
    }
  }

  /** The peer says that it goes. */
  stop(slot: number, now: Now): void {
    this.#prune(slot, 'stopped', now);
  }

  /** Something hints that the peer may be gone. */
  doubt(slot: number, now: Now): void {
    this.#dialBack.hasten(slot, (now.mono + DOUBT_MS) as MonoMs);
  }

  /** Takes a stored peer back; the `nth` of them is dialed when those before it were. */
  restore(row: PeerRow, nth: number, now: Now): void {
    const reach = scopeOf(decodeHost(row.address));
    if (!isReach(reach)) return;
    const slot = this.registry.restore(row, reach, now);
    const delayMs = (nth * 1000) / (DIALS_A_SECOND_MAX / 2);
    if (slot !== undefined) this.#dialBack.schedule(slot, (now.mono + delayMs) as MonoMs);
  }

  /** The next dial to make now; peers that fell silent are pruned instead. */
  nextDial(now: Now): Dial | undefined {
    for (;;) {
      const ticket = this.#dialBack.next(now.mono);
      if (ticket === undefined) return undefined;
      const { slot } = ticket;
      if (this.registry.silenceMs(slot, now) <= this.cadence.expiryMs(this.registry.count)) {
        return this.#dialOf(ticket);
      }
      this.#prune(slot, 'expired', now);
      this.#dialBack.finish(ticket, now.mono);
    }
  }

  /** The peer of `dial` answered, with its key; its chain has `height`. */
  onReached(dial: Dial, height: number, now: Now): void {
    const slot = this.#finish(dial, now);
    if (slot === undefined) return;
    const wasLive = this.registry.state(slot) === 'live';
    this.registry.onReached(slot, height);
    if (!wasLive) this.#tell({ type: 'peer-live', peer: this.#noticeOf(slot) });
    const verifyMs = this.cadence.verifyMs(this.registry.count);
    this.#dialBack.schedule(slot, (now.mono + verifyMs) as MonoMs);
  }

  /** The peer of `dial` did not answer, or is another one. */
  onMissed(dial: Dial, why: MissReason, now: Now): void {
    const slot = this.#finish(dial, now);
    if (slot === undefined) return;
    const peer = this.#noticeOf(slot);
    const misses = this.registry.onMissed(slot, now);
    this.#tell({ type: 'peer-missed', peer, why });
    if (misses === 'pruned') {
      this.#tell({ type: 'peer-pruned', peer, why: 'lost' });
      return;
    }
    this.#dialBack.schedule(slot, (now.mono + this.cadence.backOffMs(misses)) as MonoMs);
  }

  nextWake(now: Now): MonoMs | undefined {
    return this.#dialBack.nextWake(now.mono);
  }

  /** Ends the dial; its slot, if the same peer is still in it. */
  #finish({ ticket, network, address, nodeKey }: Dial, now: Now): number | undefined {
    this.#dialBack.finish(ticket, now.mono);
    const key = assertDefined(fromHex(nodeKey), 'a node key is hex');
    const number = this.#networks.indexOf(network);
    const slot = this.registry.find(number, encodeHost(address.host), address.port, key);
    return slot === ticket.slot ? slot : undefined;
  }

  #prune(slot: number, why: PruneReason, now: Now): void {
    this.#tell({ type: 'peer-pruned', peer: this.#noticeOf(slot), why });
    this.registry.prune(slot, why, now);
  }

  #dialOf(ticket: DialTicket): Dial {
    const { network, address } = this.#noticeOf(ticket.slot);
    const nodeKey = toHex(this.registry.nodeKey(ticket.slot)) as NodeKey;
    return { ticket, network, address, nodeKey };
  }

  #noticeOf(slot: number): PeerNotice {
    const { address, port, name } = this.registry.view(slot);
    const network = assertDefined(
      this.#networks[this.registry.network(slot)],
      'a peer is of a served network',
    );
    return { network, address: { host: decodeHost(address), port }, name };
  }

  #targetOf(slot: number): DialTarget {
    const host = toHex(this.registry.address(slot));
    return {
      source: toHex(this.registry.source(slot)),
      host,
      target: `${host}:${String(this.registry.port(slot))}`,
      isClaimed: this.registry.isClaimed(slot),
    };
  }
}

/** Peers over all networks: at 450 bytes each, 90 MB. */
const PEERS_MAX = 200_000;

/** Peers of one source address: more than a launcher or a simulator on one host starts. */
const PEERS_A_SOURCE_MAX = 1_024;

/** Dials a second: about 0.3 ms of work each, so less than a tenth of a core. */
const DIALS_A_SECOND_MAX = 250;

/** Each holds a socket for at most five seconds. */
const DIALS_IN_FLIGHT_MAX = 256;

/** A peer whose connection ended may be restarting. */
const DOUBT_MS = 200;

const isReach = (scope: ReturnType<typeof scopeOf>): scope is Reach =>
  scope !== 'multicast' && scope !== 'unspecified';
