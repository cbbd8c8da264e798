/**
 * One connection as messages: frames, then the handshake, then the messages of the protocol. What
 * the sessions of both programs stand on; it knows no clock and no socket.
 */

import { assertNever, broken } from '../assert.js';
import type { Result } from '../result.js';
import { DISCONNECT_REASONS, type DisconnectReason } from './disconnect.js';
import { FrameDecoder, type Frame } from './frame.js';
import { Handshake, type HandshakeOptions } from './handshake.js';
import { handshakeProtocol, PROTOCOL_MIN, type Hello } from './handshakeMessages.js';
import type { MessageOf, MessageRow, Protocol } from './protocol.js';

/** What came of some bytes, in order. After a 'breach' nothing follows. */
export type LinkEvent<Row extends MessageRow> =
  /** Send this whole frame now. */
  | { readonly type: 'send'; readonly frame: Uint8Array }
  /** The handshake is over. */
  | { readonly type: 'ready'; readonly theirs: Hello; readonly version: number }
  | { readonly type: 'message'; readonly message: MessageOf<Row> }
  /** Disconnect; `sentence` says what happened, with both sides' values where they differ. */
  | { readonly type: 'breach'; readonly reason: DisconnectReason; readonly sentence: string };

/** The wire's half of a session. */
export class Link<Row extends MessageRow> {
  readonly #protocol: Protocol<Row>;
  readonly #handshake: Handshake;
  readonly #frames = new FrameDecoder((type) => this.#limit(type));
  #version: number | undefined;
  #isBroken = false;

  constructor(protocol: Protocol<Row>, handshake: HandshakeOptions) {
    this.#protocol = protocol;
    this.#handshake = new Handshake(handshake);
  }

  /** The agreed protocol version, once the handshake is over. */
  get version(): number | undefined {
    return this.#version;
  }

  /** What the other side said of itself, proven or not, accepted or not. */
  get heard(): Hello | undefined {
    return this.#handshake.heard;
  }

  /** Whole frames to send as soon as the connection is open. */
  start(): readonly Uint8Array[] {
    return this.#handshake.start();
  }

  /** What `bytes` bring. Handle every event before asking for the next; stop at a breach only. */
  *receive(bytes: Uint8Array): Generator<LinkEvent<Row>, void> {
    this.#frames.add(bytes);
    for (;;) {
      const frame = this.#isBroken ? undefined : this.#frames.next();
      if (frame === undefined) return;
      if (frame.ok && this.#version === undefined) yield* this.#onHandshake(frame.value);
      else yield this.#onMessage(frame);
    }
  }

  /** Whether the other side knows `name`, so that it may be sent. */
  knows(name: Row['name']): boolean {
    return this.#version !== undefined && this.#protocol.knows(name, this.#version);
  }

  /** The frame of a message that the other side knows. */
  encode(message: MessageOf<Row>): Uint8Array {
    if (!this.knows(message.type)) broken(`${message.type} is not known to the other side`);
    return this.#protocol.encode(message);
  }

  *#onHandshake(frame: Frame): Generator<LinkEvent<Row>, void> {
    const { send, outcome } = this.#handshake.handle(frame);
    for (const bytes of send) yield { type: 'send', frame: bytes };
    switch (outcome.type) {
      case 'pending':
        return;
      case 'done':
        this.#version = outcome.version;
        yield { type: 'ready', theirs: outcome.theirs, version: outcome.version };
        return;
      case 'failed':
        yield this.#break(outcome.reason, outcome.sentence);
        return;
      default:
        assertNever(outcome);
    }
  }

  #onMessage(frame: Result<Frame, DisconnectReason>): LinkEvent<Row> {
    if (!frame.ok) return this.#break(frame.error);
    const decoded = this.#protocol.decode(frame.value.type, frame.value.payload);
    return decoded.ok ? { type: 'message', message: decoded.value } : this.#break(decoded.error);
  }

  #break(
    reason: DisconnectReason,
    sentence: string = DISCONNECT_REASONS[reason].sentence,
  ): LinkEvent<Row> {
    this.#isBroken = true;
    return { type: 'breach', reason, sentence };
  }

  /** Only the handshake's messages before it is over, and never after. */
  #limit(type: number): number | DisconnectReason {
    const limit = handshakeProtocol.limit(type, PROTOCOL_MIN);
    const isHandshake = typeof limit === 'number';
    if (this.#version === undefined) return isHandshake ? limit : 'message-unexpected';
    return isHandshake ? 'message-unexpected' : this.#protocol.limit(type, this.#version);
  }
}
