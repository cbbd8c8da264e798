/**
 * A peer on real sockets, as far as a tracker sees one: it announces itself, and answers
 * dial-backs.
 */

import { SOCKET_LIMITS, Sockets } from '../../shared/io/tcp.js';
import type { BlockHash, PeerId } from '../../shared/units.js';
import type { ConnectionInput } from '../../shared/wire/connection.js';
import type { DisconnectReason } from '../../shared/wire/disconnect.js';
import type { Hello } from '../../shared/wire/handshakeMessages.js';
import type { Link } from '../../shared/wire/link.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import type { TrackerMessage, TrackerRow } from '../../shared/wire/trackerMessages.js';
import { type Announced, TestPeer } from './world.js';

export interface SocketPeerOptions {
  readonly network: BlockHash;
  readonly service?: Hello['service'];
}

/** The end of a conversation: a message, or why there is none. */
type Answer = TrackerMessage | DisconnectReason | 'closed';

export class SocketPeer {
  readonly identity: TestPeer;
  readonly #sockets: Sockets;
  readonly #links = new Map<PeerId, Link<TrackerRow>>();
  /** The connection to the tracker, once it is open. */
  #tracker: PeerId | undefined;
  #onAnswer: (answer: Answer | 'ready') => void = () => undefined;
  #port = 0;

  constructor(options: SocketPeerOptions) {
    this.identity = new TestPeer(options);
    this.#sockets = new Sockets(SOCKET_LIMITS, (input) => {
      this.#onInput(input);
    });
  }

  get port(): number {
    return this.#port;
  }

  /** Accepts dial-backs on a port of the system's choice, or on `port`. */
  async listen(port = 0): Promise<void> {
    this.#port = (await this.#sockets.listen('127.0.0.1', port)).port;
  }

  /** Connects and shakes hands; rejects with the reason when the tracker does not take it. */
  async connect(tracker: NetAddress): Promise<void> {
    const ready = this.#nextAnswer();
    this.#sockets.perform({ type: 'dial', address: { ...tracker, host: '127.0.0.1' } });
    const answer = await ready;
    if (answer !== 'ready') throw new Error(`not ready but ${JSON.stringify(answer)}`);
  }

  async ask(message: TrackerMessage): Promise<Answer> {
    const answer = this.#nextAnswer();
    if (this.#tracker === undefined) throw new Error('connect first');
    const bytes = this.#links.get(this.#tracker)?.encode(message) ?? new Uint8Array();
    this.#sockets.perform({ type: 'send', peer: this.#tracker, bytes, notify: false });
    return (await answer) as Answer;
  }

  async announce(
    event: 'started' | 'alive' | 'stopped' = 'alive',
    port = this.#port,
  ): Promise<Announced> {
    const answer = await this.ask({
      type: 'announce',
      event,
      port,
      claimed: undefined,
      wanted: 50,
    });
    if (typeof answer === 'object' && answer.type === 'announced') return answer;
    throw new Error(`no answer but ${JSON.stringify(answer)}`);
  }

  /** Announces every 20 ms until `isEnough`, as a patient peer would; throws after five seconds. */
  async announceUntil(
    isEnough: (answer: Announced) => boolean,
    port = this.#port,
  ): Promise<Announced> {
    for (let tries = 0; tries < 250; tries++) {
      const answer = await this.announce('alive', port);
      if (isEnough(answer)) return answer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('the tracker does not come to the answer that is waited for');
  }

  /** Sends any bytes to the tracker, and waits for what comes. */
  async sendBytes(bytes: Uint8Array): Promise<Answer> {
    const answer = this.#nextAnswer();
    if (this.#tracker === undefined) throw new Error('connect first');
    this.#sockets.perform({ type: 'send', peer: this.#tracker, bytes, notify: false });
    return (await answer) as Answer;
  }

  async close(): Promise<void> {
    await this.#sockets.close();
  }

  #nextAnswer(): Promise<Answer | 'ready'> {
    return new Promise((resolve) => {
      this.#onAnswer = resolve;
    });
  }

  #onInput(input: ConnectionInput): void {
    switch (input.type) {
      case 'connected':
        this.#onConnected(input.peer, input.dialed !== undefined);
        break;
      case 'received':
        this.#onReceived(input.peer, input.bytes);
        break;
      case 'closed':
        if (input.peer === this.#tracker) this.#onAnswer('closed');
        break;
      case 'dial-failed':
        this.#onAnswer('closed');
        break;
      case 'sent':
      case 'wake':
        break;
    }
  }

  #onConnected(peer: PeerId, isOurs: boolean): void {
    const link = this.identity.link(isOurs ? 'caller' : 'called');
    this.#links.set(peer, link);
    if (isOurs) this.#tracker = peer;
    for (const bytes of link.start()) {
      this.#sockets.perform({ type: 'send', peer, bytes, notify: false });
    }
  }

  #onReceived(peer: PeerId, bytes: Uint8Array): void {
    const link = this.#links.get(peer);
    if (link === undefined) return;
    const send = (frame: Uint8Array): void => {
      this.#sockets.perform({ type: 'send', peer, bytes: frame, notify: false });
    };
    for (const event of link.receive(bytes)) {
      if (event.type === 'send') send(event.frame);
      else if (event.type === 'breach') this.#onAnswer(event.reason);
      else if (event.type === 'ready' && peer === this.#tracker) this.#onAnswer('ready');
      else if (event.type === 'message' && event.message.type === 'ping') {
        send(link.encode({ type: 'pong', nonce: event.message.nonce }));
      } else if (event.type === 'message' && peer === this.#tracker) this.#onAnswer(event.message);
    }
  }
}
