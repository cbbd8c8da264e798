/**
 * The connections that others make to the tracker: peers that announce themselves, and clients that
 * ask which networks there are. They may stay open; the one that was heard of longest ago makes
 * room when all places are taken.
 *
 * Bounded under attack: connections over all and a source, announces in one step, questions for the
 * networks a connection. An answer is at most a hundred times its question, and goes no faster than
 * the asker reads (shared/io/tcp).
 */

import { assertDefined, assertNever } from '../shared/assert.js';
import { concatBytes, fromHex, toHex } from '../shared/bytes.js';
import type { BlockHash, MonoMs, Now, PeerId } from '../shared/units.js';
import { DISCONNECT_REASONS, type DisconnectReason } from '../shared/wire/disconnect.js';
import { HANDSHAKE_TIMEOUT_MS } from '../shared/wire/handshake.js';
import type { Hello } from '../shared/wire/handshakeMessages.js';
import { Link, type LinkEvent } from '../shared/wire/link.js';
import type { NetAddress } from '../shared/wire/netAddress.js';
import {
  type TrackerMessage,
  type TrackerRow,
  trackerProtocol,
} from '../shared/wire/trackerMessages.js';
import { type Origin, originOf } from './announce.js';
import { Announcements, type AnnounceMessage, type Announcer } from './announcements.js';
import type { Identity } from './identity.js';
import type { Outbox } from './outbox.js';
import type { Verifier } from './verifier.js';

export interface ClientsOptions {
  /** Ids of the networks served, in the order of their numbers. */
  readonly networks: readonly BlockHash[];
  /** The parameters of each, in consensus bytes. */
  readonly params: readonly Uint8Array[];
}

export interface ClientsDependencies {
  readonly identity: Identity;
  readonly verifier: Verifier;
  readonly outbox: Outbox;
}

export class Clients {
  readonly #networks: readonly BlockHash[];
  /** The answer to `getNetworks`, which never changes. */
  readonly #networksFrame: Uint8Array;
  readonly #dependencies: ClientsDependencies;
  readonly #announcements: Announcements;
  /** The one heard of longest ago is first. */
  readonly #clients = new Map<PeerId, Client>();
  readonly #countBySource = new Map<string, number>();
  #announcesCount = 0;

  constructor({ networks, params }: ClientsOptions, dependencies: ClientsDependencies) {
    this.#networks = networks;
    this.#networksFrame = trackerProtocol.encode({ type: 'networks', params });
    this.#dependencies = dependencies;
    this.#announcements = new Announcements(dependencies);
  }

  get count(): number {
    return this.#clients.size;
  }

  /** Announces answered since the start. */
  get announcesCount(): number {
    return this.#announcesCount;
  }

  onConnected(peer: PeerId, remote: NetAddress, now: Now): void {
    const origin = originOf(remote.host);
    if (origin === undefined || !this.#hasPlaceFor(origin)) {
      this.#dependencies.outbox.disconnect(peer, 'too-many-connections');
      return;
    }
    const serves = (network: BlockHash): boolean => this.#networks.includes(network);
    const handshake = this.#dependencies.identity.called(now, serves, refusalOf);
    const link = new Link(trackerProtocol, handshake);
    this.#count(origin, 1);
    this.#clients.set(peer, {
      peer,
      remote,
      origin,
      link,
      connectedAt: now.mono,
      announcer: undefined,
      heardAt: now.mono,
      pingsCount: 0,
      questionsLeft: QUESTIONS_MAX,
    });
  }

  onReceived(peer: PeerId, bytes: Uint8Array, now: Now): void {
    const client = this.#clients.get(peer);
    if (client === undefined) return;
    client.heardAt = now.mono;
    client.pingsCount = 0;
    const answers: Uint8Array[] = [];
    const breach = this.#readAll(client, bytes, answers, now);
    if (answers.length > 0) {
      const all = answers.length === 1 ? answers[0] : undefined;
      this.#dependencies.outbox.send(peer, all ?? concatBytes(...answers));
    }
    if (breach !== undefined) this.#end(client, breach);
    else this.#moveToEnd(client);
  }

  onClosed(peer: PeerId, now: Now): void {
    const client = this.#clients.get(peer);
    if (client === undefined) return;
    this.#forget(client);
    const wasLong = now.mono - client.connectedAt >= LONG_MS;
    if (client.announcer !== undefined && wasLong)
      this.#announcements.onLost(client.announcer, now);
  }

  /** Pings the silent and ends the dead; called about once a second. */
  sweep(now: Now): void {
    for (const client of this.#clients.values()) {
      const silenceMs = now.mono - client.heardAt;
      if (client.announcer === undefined) {
        if (now.mono - client.connectedAt >= HANDSHAKE_TIMEOUT_MS) this.#end(client, TIMED_OUT);
      } else if (silenceMs >= PING_AFTER_MS * (client.pingsCount + 1)) {
        this.#ping(client);
      }
    }
  }

  /** Ends every connection: the program is stopping. */
  endAll(): void {
    for (const { peer } of this.#clients.values()) {
      this.#dependencies.outbox.disconnect(peer, 'shutting-down');
    }
    this.#clients.clear();
    this.#countBySource.clear();
  }

  #readAll(client: Client, bytes: Uint8Array, answers: Uint8Array[], now: Now): Breach | undefined {
    for (const event of client.link.receive(bytes)) {
      if (answers.length >= ANSWERS_A_STEP_MAX) return FLOODING;
      const breach = this.#onEvent(client, event, answers, now);
      if (breach !== undefined) return breach;
    }
    return undefined;
  }

  #onEvent(
    client: Client,
    event: LinkEvent<TrackerRow>,
    answers: Uint8Array[],
    now: Now,
  ): Breach | undefined {
    switch (event.type) {
      case 'send':
        answers.push(event.frame);
        return undefined;
      case 'ready':
        client.announcer = this.#announcerOf(client.origin, event.theirs);
        return undefined;
      case 'message':
        return this.#onMessage(client, event.message, answers, now);
      case 'breach':
        return event;
      default:
        return assertNever(event);
    }
  }

  #onMessage(
    client: Client,
    message: TrackerMessage,
    answers: Uint8Array[],
    now: Now,
  ): Breach | undefined {
    switch (message.type) {
      case 'announce':
        return this.#onAnnounce(client, message, answers, now);
      case 'getPeers':
        return this.#onGetPeers(client, message, answers);
      case 'getNetworks':
        if (client.questionsLeft-- <= 0) return FLOODING;
        answers.push(this.#networksFrame);
        return undefined;
      case 'ping':
        answers.push(client.link.encode({ type: 'pong', nonce: message.nonce }));
        return undefined;
      case 'pong':
        return undefined;
      case 'networks':
      case 'announced':
        return UNEXPECTED;
      default:
        return assertNever(message);
    }
  }

  #onAnnounce(
    { announcer }: Client,
    message: AnnounceMessage,
    answers: Uint8Array[],
    now: Now,
  ): Breach | undefined {
    if (announcer?.network === undefined) return UNEXPECTED;
    this.#announcesCount++;
    answers.push(this.#announcements.answer(announcer, message, now));
    return undefined;
  }

  /** From whoever names a network that is served; it is registered nowhere. */
  #onGetPeers(
    { announcer }: Client,
    { wanted }: Extract<TrackerMessage, { type: 'getPeers' }>,
    answers: Uint8Array[],
  ): Breach | undefined {
    if (announcer?.asksAbout === undefined) return UNEXPECTED;
    answers.push(this.#announcements.peersFor(announcer, announcer.asksAbout, wanted));
    return undefined;
  }

  #announcerOf(origin: Origin, theirs: Hello): Announcer {
    const network = this.#networks.indexOf(theirs.network);
    return {
      origin,
      network: theirs.service === 'peer' && network >= 0 ? network : undefined,
      asksAbout: network >= 0 ? network : undefined,
      nodeKey: assertDefined(fromHex(theirs.nodeKey), 'a node key is hex'),
      name: theirs.agent,
      height: theirs.tipHeight,
      listener: undefined,
    };
  }

  #ping(client: Client): void {
    const { identity, outbox } = this.#dependencies;
    if (client.pingsCount >= PINGS_MAX) {
      this.#end(client, DEAD);
      return;
    }
    client.pingsCount++;
    outbox.send(client.peer, client.link.encode({ type: 'ping', nonce: identity.pingNonce() }));
  }

  #hasPlaceFor(origin: Origin): boolean {
    const ofSource = this.#countBySource.get(toHex(origin.source)) ?? 0;
    if (ofSource >= CLIENTS_A_SOURCE_MAX) return false;
    if (this.#clients.size < CLIENTS_MAX) return true;
    const [oldest] = this.#clients.values();
    if (oldest !== undefined) this.#end(oldest, CROWDED_OUT);
    return true;
  }

  #end(client: Client, { reason, sentence }: Breach): void {
    this.#dependencies.outbox.disconnect(client.peer, reason);
    const event = { type: 'connection-ended', remote: client.remote, reason, sentence } as const;
    this.#dependencies.outbox.tell(event);
    this.#forget(client);
  }

  #forget(client: Client): void {
    this.#clients.delete(client.peer);
    this.#count(client.origin, -1);
  }

  #moveToEnd(client: Client): void {
    this.#clients.delete(client.peer);
    this.#clients.set(client.peer, client);
  }

  #count({ source }: Origin, change: 1 | -1): void {
    const key = toHex(source);
    const count = (this.#countBySource.get(key) ?? 0) + change;
    if (count === 0) this.#countBySource.delete(key);
    else this.#countBySource.set(key, count);
  }
}

interface Client {
  readonly peer: PeerId;
  readonly remote: NetAddress;
  readonly origin: Origin;
  readonly link: Link<TrackerRow>;
  readonly connectedAt: MonoMs;
  /** What its hello says; `undefined` until the handshake is over. */
  announcer: Announcer | undefined;
  heardAt: MonoMs;
  /** Pings since it was last heard. */
  pingsCount: number;
  questionsLeft: number;
}

interface Breach {
  readonly reason: DisconnectReason;
  readonly sentence: string;
}

/** Connections over all: at some 10 kB each, 100 MB. */
export const CLIENTS_MAX = 10_000;

/** Connections of one source: a launcher's peers, or a room behind one address. */
const CLIENTS_A_SOURCE_MAX = 512;

/**
 * An asker keeps at most some dozens in flight; more at once than this would hold up the others.
 */
const ANSWERS_A_STEP_MAX = 256;

/** The networks hardly change, and their parameters are the longest answer. */
const QUESTIONS_MAX = 8;

/** Silence after which a client is pinged, and again after as much more. */
const PING_AFTER_MS = 30_000;
const PINGS_MAX = 3;

/** When the end of a connection that was open this long says something about its peer. */
const LONG_MS = 10_000;

const breach = (reason: DisconnectReason): Breach => ({
  reason,
  sentence: DISCONNECT_REASONS[reason].sentence,
});
const FLOODING = breach('flooding');
const UNEXPECTED = breach('message-unexpected');
const DEAD = breach('ping-timeout');
const TIMED_OUT = breach('handshake-timeout');
const CROWDED_OUT = breach('too-many-connections');

/** Peers announce themselves and clients ask; other trackers have no business here. */
const refusalOf = ({ service }: Hello): DisconnectReason | undefined =>
  service === 'tracker' ? 'wrong-service' : undefined;
