/**
 * One connection as messages: frames, then the handshake, then the messages of the protocol. What
 * the sessions of both programs stand on; it knows no clock and no socket.
 */

import { assert, assertNever } from '../assert.js';
import type { Result } from '../result.js';
import { DISCONNECT_REASONS, type DisconnectReason } from './disconnect.js';
import { FrameDecoder, type Frame } from './frame.js';
import { Handshake, type HandshakeOptions, type HandshakeOutcome } from './handshake.js';
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

  /** Whole frames to send as soon as the connection is open. */
  start(): readonly Uint8Array[] {
    return this.#handshake.start();
  }

  /** What `bytes` bring. Handle every event before asking for the next; stop at a breach only. */
  *receive(bytes: Uint8Array): Generator<LinkEvent<Row>, void> {
    if (this.#isBroken) return;
    for (const frame of this.#frames.push(bytes)) {
      for (const event of this.#onFrame(frame)) {
        this.#isBroken = event.type === 'breach';
        yield event;
        if (this.#isBroken) return;
      }
    }
  }

  /** Whether the other side knows `name`, so that it may be sent. */
  knows(name: Row['name']): boolean {
    return this.#version !== undefined && this.#protocol.knows(name, this.#version);
  }

  /** The frame of a message that the other side knows. */
  encode(message: MessageOf<Row>): Uint8Array {
    assert(this.knows(message.type), `${message.type} is not known to the other side`);
    return this.#protocol.encode(message);
  }

  #onFrame(frame: Result<Frame, DisconnectReason>): readonly LinkEvent<Row>[] {
    if (!frame.ok) return [breach(frame.error)];
    if (this.#version !== undefined) return [this.#onMessage(frame.value)];
    const { send, outcome } = this.#handshake.handle(frame.value);
    return [
      ...send.map((bytes) => ({ type: 'send', frame: bytes }) as const),
      ...this.#onOutcome(outcome),
    ];
  }

  #onOutcome(outcome: HandshakeOutcome): readonly LinkEvent<Row>[] {
    switch (outcome.type) {
      case 'pending':
        return [];
      case 'done':
        this.#version = outcome.version;
        return [{ type: 'ready', theirs: outcome.theirs, version: outcome.version }];
      case 'failed':
        return [breach(outcome.reason, outcome.sentence)];
      default:
        return assertNever(outcome);
    }
  }

  #onMessage({ type, payload }: Frame): LinkEvent<Row> {
    const decoded = this.#protocol.decode(type, payload);
    return decoded.ok ? { type: 'message', message: decoded.value } : breach(decoded.error);
  }

  /** Only the handshake's messages before it is over, and never after. */
  #limit(type: number): number | DisconnectReason {
    const limit = handshakeProtocol.limit(type, PROTOCOL_MIN);
    const isHandshake = typeof limit === 'number';
    if (this.#version === undefined) return isHandshake ? limit : 'message-unexpected';
    return isHandshake ? 'message-unexpected' : this.#protocol.limit(type, this.#version);
  }
}

const breach = (reason: DisconnectReason, sentence: string = DISCONNECT_REASONS[reason].sentence) =>
  ({ type: 'breach', reason, sentence }) as const;
