/**
 * Talks to one tracker: dials it, announces this node at the interval that it asks for, and hands
 * on the addresses that it gives. A tracker that is not there costs a dial now and then; the node
 * works without.
 *
 *     waiting → dialing → shaking hands → ready → waiting …
 */

import type { Rng } from '../../shared/rng.js';
import type { MonoMs, Now, PeerId } from '../../shared/units.js';
import { DISCONNECT_REASONS, type DisconnectReason } from '../../shared/wire/disconnect.js';
import { HANDSHAKE_TIMEOUT_MS } from '../../shared/wire/handshake.js';
import type { Hello } from '../../shared/wire/handshakeMessages.js';
import { Link } from '../../shared/wire/link.js';
import { printNetAddress, type NetAddress } from '../../shared/wire/netAddress.js';
import {
  SAMPLE_MAX,
  trackerProtocol,
  type SwarmPeer,
  type TrackerMessage,
  type TrackerRow,
} from '../../shared/wire/trackerMessages.js';
import type { Identity, Standing } from './identity.js';
import type { Outbox } from './outbox.js';

type Announced = Extract<TrackerMessage, { type: 'announced' }>;

/**
 * What the last answer said: whether the tracker could reach us at the address that we announce.
 */
export type Reachability = Announced['reachable'];

export interface TrackerStatus {
  readonly address: NetAddress;
  /** `unknown`: not heard of yet. */
  readonly state: 'unknown' | 'answered' | 'lost';
  readonly reachable: Reachability;
  /** Our address as it sees it, once it has answered. */
  readonly observedHost: string | undefined;
}

export interface TrackerClientOptions {
  readonly address: NetAddress;
  /** An address to claim instead of the socket's. */
  readonly claimedHost: string | undefined;
  /** It asks for peers in place of announcing itself. */
  readonly isClient?: boolean;
}

export interface TrackerClientDependencies {
  readonly identity: Identity;
  readonly outbox: Outbox;
  readonly rng: Rng;
  /** How our chain stands now. */
  readonly standing: () => Standing;
  readonly onPeers: (peers: readonly SwarmPeer[]) => void;
}

/** Dialed again after so long, doubling. */
const BACK_OFF_MS = 1_000;
const BACK_OFF_MAX_MS = 60_000;
/** Whatever a tracker asks for. */
const INTERVAL_MIN_S = 1;
const INTERVAL_MAX_S = 3_600;
const JITTER = 0.1;
/** A tracker answers at once; one that does not is dialed anew. */
const ANSWER_MS = 10_000;

type State =
  | { readonly type: 'waiting'; readonly until: MonoMs }
  | { readonly type: 'dialing' }
  | {
      readonly type: 'open';
      readonly peer: PeerId;
      readonly link: Link<TrackerRow>;
      readonly isReady: boolean;
      /** When it has to have answered; `undefined`: nothing is open. */
      readonly deadline: MonoMs | undefined;
      readonly announceAt: MonoMs | undefined;
    };

type Open = Extract<State, { type: 'open' }>;

export class TrackerClient {
  readonly #options: TrackerClientOptions;
  readonly #parts: TrackerClientDependencies;
  #state: State = { type: 'waiting', until: Number.NEGATIVE_INFINITY as MonoMs };
  #failures = 0;
  /** The operator was told that the tracker cannot reach us. */
  #isToldOut = false;
  #hasStarted = false;
  #status: Omit<TrackerStatus, 'address'> = {
    state: 'unknown',
    reachable: 'unknown',
    observedHost: undefined,
  };

  constructor(options: TrackerClientOptions, dependencies: TrackerClientDependencies) {
    this.#options = options;
    this.#parts = dependencies;
  }

  get address(): NetAddress {
    return this.#options.address;
  }

  get status(): TrackerStatus {
    return { address: this.address, ...this.#status };
  }

  /** Whether it has answered, or shown that it is not there. */
  get isKnown(): boolean {
    return this.#status.state !== 'unknown';
  }

  /** Whether `peer` is the connection to this tracker. */
  owns(peer: PeerId): boolean {
    return this.#state.type === 'open' && this.#state.peer === peer;
  }

  /** Whether a dial to `address` is ours. */
  isDialing(address: NetAddress): boolean {
    return (
      this.#state.type === 'dialing' && printNetAddress(address) === printNetAddress(this.address)
    );
  }

  onConnected(peer: PeerId, now: Now): void {
    const { identity, outbox, standing } = this.#parts;
    const accept = (theirs: Hello): DisconnectReason | undefined =>
      theirs.service === 'tracker' ? undefined : 'wrong-service';
    const handshake = identity.handshake('caller', standing(), now, accept);
    const link = new Link(trackerProtocol, handshake);
    for (const frame of link.start()) outbox.send(peer, frame);
    const deadline = (now.mono + HANDSHAKE_TIMEOUT_MS) as MonoMs;
    this.#state = { type: 'open', peer, link, isReady: false, deadline, announceAt: undefined };
  }

  onDialFailed(now: MonoMs): void {
    this.#onLost(now, 'Nobody answers there.');
  }

  onClosed(now: MonoMs): void {
    this.#onLost(now, DISCONNECT_REASONS['connection-lost'].sentence);
  }

  onReceived(bytes: Uint8Array, now: Now): void {
    if (this.#state.type !== 'open') return;
    const { peer, link } = this.#state;
    for (const event of link.receive(bytes)) {
      switch (event.type) {
        case 'send':
          this.#parts.outbox.send(peer, event.frame);
          break;
        case 'ready':
          this.#change({ isReady: true });
          this.#speak(this.#hasStarted ? 'alive' : 'started', now.mono);
          break;
        case 'message':
          this.#onMessage(event.message, now.mono);
          break;
        case 'breach':
          this.#end(event.reason, event.sentence, now.mono);
      }
      if (!this.owns(peer)) return;
    }
  }

  /** Dials, announces and gives up when it is time; called in each step. */
  settle(now: MonoMs): void {
    const state = this.#state;
    if (state.type === 'waiting' && now >= state.until) {
      this.#state = { type: 'dialing' };
      this.#parts.outbox.dial(this.address);
    }
    if (state.type !== 'open') return;
    if (state.deadline !== undefined && now >= state.deadline) {
      const reason = state.isReady ? 'stalled' : 'handshake-timeout';
      this.#end(reason, DISCONNECT_REASONS[reason].sentence, now);
    } else if (state.announceAt !== undefined && now >= state.announceAt) {
      this.#speak('alive', now);
    }
  }

  /** The node stops: says so. */
  stop(now: MonoMs): void {
    if (this.#state.type !== 'open') return;
    if (this.#state.isReady && !this.#isClient) this.#announce('stopped', now);
    this.#parts.outbox.disconnect(this.#state.peer, 'shutting-down');
  }

  nextWake(): MonoMs | undefined {
    const state = this.#state;
    if (state.type === 'waiting') return state.until;
    return state.type === 'open' ? (state.deadline ?? state.announceAt) : undefined;
  }

  #onMessage(message: TrackerMessage, now: MonoMs): void {
    const state = this.#state as Open;
    if (message.type === 'ping') {
      const pong = state.link.encode({ type: 'pong', nonce: message.nonce });
      this.#parts.outbox.send(state.peer, pong);
    } else if (message.type === 'announced' && state.deadline !== undefined) {
      this.#onAnnounced(message, now);
    } else {
      const { sentence } = DISCONNECT_REASONS['message-unexpected'];
      this.#end('message-unexpected', sentence, now);
    }
  }

  #onAnnounced(answer: Announced, now: MonoMs): void {
    const { rng, outbox, onPeers } = this.#parts;
    const seconds = Math.min(Math.max(answer.intervalSeconds, INTERVAL_MIN_S), INTERVAL_MAX_S);
    const intervalMs = seconds * 1_000 * (1 - JITTER + 2 * JITTER * rng.float());
    this.#change({ deadline: undefined, announceAt: (now + intervalMs) as MonoMs });
    this.#failures = 0;
    const { state: before } = this.#status;
    const { reachable, observed: observedHost } = answer;
    this.#status = { state: 'answered', reachable, observedHost };
    if (before !== 'answered') {
      outbox.tell({ type: 'tracker', state: 'answered', address: this.address });
    }
    if (!this.#isClient) this.#tellReachable({ host: observedHost, port: this.#port });
    onPeers(answer.peers);
  }

  /** Tells the operator when it turns out, or changes, whether the tracker reaches us at `own`. */
  #tellReachable(own: NetAddress): void {
    const { reachable } = this.#status;
    const isOut = reachable === 'no' || reachable === 'refused';
    if (reachable === 'unknown' || isOut === this.#isToldOut) return;
    this.#isToldOut = isOut;
    const { outbox } = this.#parts;
    if (reachable === 'no') outbox.notice('unreachable', unreachable(this.address, own));
    else if (isOut) outbox.notice('not-listed', notListed(this.address, own));
    else outbox.notice('reachable', reachedAgain(this.address, own));
  }

  #speak(event: 'started' | 'alive', now: MonoMs): void {
    if (!this.#isClient) this.#announce(event, now);
    else if ((this.#state as Open).link.knows('getPeers')) this.#askForPeers(now);
    else this.#end('wrong-version', 'It is too old to tell a light peer of others.', now);
  }

  #askForPeers(now: MonoMs): void {
    const { peer, link } = this.#state as Open;
    this.#parts.outbox.send(peer, link.encode({ type: 'getPeers', wanted: SAMPLE_MAX }));
    this.#change({ deadline: (now + ANSWER_MS) as MonoMs, announceAt: undefined });
  }

  #announce(event: 'started' | 'alive' | 'stopped', now: MonoMs): void {
    const { peer, link } = this.#state as Open;
    const [port, claimed] = [this.#port, this.#options.claimedHost];
    const message = { type: 'announce', event, port, claimed, wanted: SAMPLE_MAX } as const;
    this.#parts.outbox.send(peer, link.encode(message));
    this.#hasStarted = true;
    this.#change({ deadline: (now + ANSWER_MS) as MonoMs, announceAt: undefined });
  }

  #end(reason: DisconnectReason, sentence: string, now: MonoMs): void {
    const { peer, link } = this.#state as Open;
    const isPeer = link.heard?.service === 'peer';
    this.#parts.outbox.disconnect(peer, reason);
    this.#onLost(now, isPeer ? NO_TRACKER : sentence);
  }

  #onLost(now: MonoMs, why: string): void {
    const { outbox, rng } = this.#parts;
    const waitMs = Math.min(BACK_OFF_MS * 2 ** this.#failures, BACK_OFF_MAX_MS);
    this.#failures++;
    this.#state = {
      type: 'waiting',
      until: (now + waitMs * (1 - JITTER + 2 * JITTER * rng.float())) as MonoMs,
    };
    if (this.#status.state === 'lost') return;
    this.#status = { ...this.#status, state: 'lost' };
    outbox.tell({ type: 'tracker', state: 'lost', address: this.address });
    outbox.notice('tracker-lost', lost(this.address, why));
  }

  #change(change: Partial<Open>): void {
    const { peer, link, isReady, deadline, announceAt } = { ...(this.#state as Open), ...change };
    this.#state = { type: 'open', peer, link, isReady, deadline, announceAt };
  }

  get #isClient(): boolean {
    return this.#options.isClient === true;
  }

  get #port(): number {
    return this.#parts.identity.listenPort;
  }
}

const lost = (address: NetAddress, why: string): string =>
  `The tracker at ${printNetAddress(address)} is of no use now: ${why} ` +
  'The node goes on with the peers that it knows, and tries again.';

const NO_TRACKER = 'A peer is there and no tracker.';

const reachedAgain = (tracker: NetAddress, own: NetAddress): string =>
  `The tracker at ${printNetAddress(tracker)} reaches this node at ${printNetAddress(own)} now.`;

const notListed = (tracker: NetAddress, own: NetAddress): string =>
  `The tracker at ${printNetAddress(tracker)} does not list this node at ` +
  `${printNetAddress(own)}: its port is below 1024, another node is listed there, too many are ` +
  'announced from one address, or it claims an address that the tracker cannot use. Look at the ' +
  'port and at --advertise; the tracker says which it is with --log-level debug. Until then ' +
  'others find this node by --connect.';

const unreachable = (tracker: NetAddress, own: NetAddress): string =>
  `The tracker at ${printNetAddress(tracker)} cannot reach this node at ` +
  `${printNetAddress(own)}. Others cannot either, so it only has the sessions ` +
  'that it opens itself: let TCP to that port through the firewall or the router.';
