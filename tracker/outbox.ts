/** The effects of one step, in order. */

import type { PeerId } from '../shared/units.js';
import type { DisconnectReason } from '../shared/wire/disconnect.js';
import type { NetAddress } from '../shared/wire/netAddress.js';
import type { Changes } from './registry/store.js';
import type { TrackerEffect, TrackerEvent } from './types.js';

export class Outbox {
  #effects: TrackerEffect[] = [];

  /** What was asked for since the last call. */
  take(): TrackerEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  send(peer: PeerId, bytes: Uint8Array): void {
    this.#effects.push({ type: 'send', peer, bytes, notify: false });
  }

  disconnect(peer: PeerId, reason: DisconnectReason): void {
    this.#effects.push({ type: 'disconnect', peer, reason });
  }

  dial(address: NetAddress): void {
    this.#effects.push({ type: 'dial', address });
  }

  save(changes: Changes): void {
    this.#effects.push({ type: 'save', changes });
  }

  tell(event: TrackerEvent): void {
    this.#effects.push({ type: 'event', event });
  }
}
