/**
 * The effects of one step of the node. Every part puts its own in; the node takes them all: those
 * of connections first, for others wait for them, and then what is told and asked here.
 */

import { concatBytes } from '../../shared/bytes.js';
import type { PeerId } from '../../shared/units.js';
import type { ConnectionEffect } from '../../shared/wire/connection.js';
import type { DisconnectReason } from '../../shared/wire/disconnect.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import type { Effect, NodeEvent } from '../types.js';

type Send = Extract<Effect, { type: 'send' }>;

/**
 * Frames to one peer that follow each other leave as one piece of at most so many bytes: one call
 * of the operating system, and one step at the other side, instead of many.
 */
const PIECE_BYTES_MAX = 65_536;

const NONE: readonly Effect[] = [];

export class Outbox {
  /** Of connections, in their order. */
  #effects: Effect[] = [];
  /** All others, in their order. */
  #others: Effect[] = [];
  /** The last effects, when they are frames to one peer that still wait to be joined. */
  #frames: Send[] = [];
  #frameBytes = 0;

  /** All effects since the last call; not to be changed. */
  take(): readonly Effect[] {
    this.#join();
    const [effects, others] = [this.#effects, this.#others];
    if (effects.length > 0) this.#effects = [];
    if (others.length > 0) this.#others = [];
    else return effects.length > 0 ? effects : NONE;
    return effects.length > 0 ? [...effects, ...others] : others;
  }

  /** An effect that is not one of connections. */
  put(effect: Exclude<Effect, ConnectionEffect>): void {
    this.#others.push(effect);
  }

  /** `notify`: the input `sent` comes back once these bytes are with the operating system. */
  send(peer: PeerId, bytes: Uint8Array, notify = false): void {
    const fits = this.#frameBytes + bytes.length <= PIECE_BYTES_MAX;
    const last = this.#frames.at(-1);
    if (last !== undefined && (last.peer !== peer || last.notify || !fits)) this.#join();
    this.#frames.push({ type: 'send', peer, bytes, notify });
    this.#frameBytes += bytes.length;
  }

  disconnect(peer: PeerId, reason: DisconnectReason): void {
    this.#join();
    this.#effects.push({ type: 'disconnect', peer, reason });
  }

  dial(address: NetAddress): void {
    this.#join();
    this.#effects.push({ type: 'dial', address });
  }

  tell(event: NodeEvent): void {
    this.put({ type: 'event', event });
  }

  /** Something that the operator should read. */
  notice(code: string, sentence: string): void {
    this.tell({ type: 'notice', code, sentence });
  }

  #join(): void {
    const last = this.#frames.at(-1);
    if (last === undefined) return;
    if (this.#frames.length === 1) this.#effects.push(last);
    else {
      const bytes = concatBytes(...this.#frames.map((frame) => frame.bytes));
      this.#effects.push({ type: 'send', peer: last.peer, bytes, notify: last.notify });
    }
    this.#frames = [];
    this.#frameBytes = 0;
  }
}
