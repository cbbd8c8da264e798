/**
 * A light peer's side that faces others. It dials and takes no calls; peers see a client, which
 * nobody asks for anything but its own payments.
 */

import type { Entropy } from '../../shared/entropy.js';
import type { Rng } from '../../shared/rng.js';
import type { MonoMs, Now } from '../../shared/units.js';
import type { ConnectionInput } from '../../shared/wire/connection.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import { peerProtocol, type PeerMessage } from '../../shared/wire/peerMessages.js';
import { Contacts, earlier, type PeerStatus, type SessionMessage } from '../net/contacts.js';
import type { Identity } from '../net/identity.js';
import type { Outbox } from '../net/outbox.js';
import type { Session } from '../net/session.js';
import { Sync } from '../net/sync.js';
import type { TrackerStatus } from '../net/trackerClient.js';
import type { LightChain } from './lightChain.js';
import type { Payments } from './payments.js';
import type { Provers } from './provers.js';

export interface LightNetOptions {
  readonly trackers: readonly NetAddress[];
  /** Those of the last run, best first. */
  readonly neighbours: readonly NetAddress[];
  /** Chain work below which headers are read before they are stored. */
  readonly workMin: bigint;
}

export interface LightNetDependencies {
  readonly chain: LightChain;
  readonly provers: Provers;
  readonly payments: Payments;
  readonly identity: Identity;
  readonly outbox: Outbox;
  readonly rng: Rng;
  readonly entropy: Entropy;
}

export class LightNet {
  readonly #parts: LightNetDependencies;
  readonly #contacts: Contacts;
  readonly #sync: Sync;

  constructor(options: LightNetOptions, dependencies: LightNetDependencies) {
    const { chain, identity, outbox, rng, entropy } = dependencies;
    this.#parts = dependencies;
    const protocol = peerProtocol(chain.network.params.blockBytesMax);
    const { trackers, neighbours } = options;
    this.#contacts = new Contacts(
      { trackers, neighbours, claimedHost: undefined, isClient: true },
      {
        ...{ protocol, identity, outbox, rng, standing: () => NO_CHAIN },
        on: {
          ready: (session) => {
            this.#onReady(session);
          },
          message: (session, event, now) => {
            this.#onArrived(session, event, now);
          },
          sent: () => undefined,
          gone: (session) => {
            this.#onGone(session);
          },
        },
      },
    );
    const { knowledge } = this.#contacts;
    const onNewHeader = (): void => undefined;
    this.#sync = new Sync(options, { chain, knowledge, entropy, outbox, onNewHeader });
  }

  /** Whether some peer has told all headers that it has. */
  get isAnswered(): boolean {
    return this.#sync.isAnswered;
  }

  get peerCount(): number {
    return this.#contacts.peerCount;
  }

  get trackers(): readonly TrackerStatus[] {
    return this.#contacts.trackers.statuses;
  }

  peers(now: MonoMs): PeerStatus[] {
    return this.#contacts.peers(now);
  }

  handle(input: ConnectionInput, now: Now): void {
    this.#contacts.handle(input, now);
  }

  /** The operator wants a connection to a node at `address`. */
  connect(address: NetAddress, now: MonoMs): void {
    this.#contacts.connect(address, now);
  }

  onTip(): void {
    this.#contacts.onTip(this.#parts.chain.tip);
  }

  /** All that follows from what happened and from the time; the last thing in each step. */
  settle(now: Now): void {
    const { mono } = now;
    this.#contacts.watch(mono);
    this.#sync.settle(now);
    this.#parts.provers.settle(mono);
    this.#parts.payments.settle(mono);
    this.#contacts.endSessions(mono);
    this.#contacts.settle(mono);
  }

  /** Ends everything: the program stops. */
  stop(now: MonoMs): void {
    this.#contacts.stop(now);
  }

  /** When `settle` has something to do, if nothing comes in before. */
  nextWake(now: MonoMs): MonoMs | undefined {
    const next = earlier(this.#contacts.nextWake(now), this.#sync.nextWake());
    return earlier(earlier(next, this.#parts.provers.nextWake()), this.#parts.payments.nextWake());
  }

  #onReady(session: Session): void {
    this.#sync.onReady(session);
    this.#parts.provers.onReady(session);
    this.#parts.payments.onReady(session);
  }

  #onGone(session: Session): void {
    this.#sync.onGone(session);
    this.#parts.provers.onGone(session);
    this.#parts.payments.onGone(session);
  }

  #onArrived(session: Session, { message, arrival }: SessionMessage, now: Now): void {
    if (arrival === 'asked' && !this.#isAsked(session, message)) {
      session.breach('message-unexpected');
    } else this.#onMessage(session, message, now);
  }

  #isAsked(session: Session, { type }: PeerMessage): boolean {
    if (type === 'headers') return this.#sync.isAsked(session);
    return type === 'proofs' && this.#parts.provers.isAsked(session);
  }

  /** The table of what may arrive lets nothing else through. */
  #onMessage(session: Session, message: PeerMessage, now: Now): void {
    const { provers, payments } = this.#parts;
    if (message.type === 'headers') this.#sync.onHeaders(session, message.headers, now);
    if (message.type === 'newHeaders') this.#sync.onNewHeaders(session, message.headers, now);
    if (message.type === 'proofs') provers.onProofs(session, message, now.mono);
    if (message.type === 'getTransactions') payments.onGetTransactions(session, message.wtxids);
  }
}

/** What a client says of a chain: it means nothing. */
const NO_CHAIN = { height: 0, chainWork: 0n };
