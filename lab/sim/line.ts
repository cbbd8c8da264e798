/**
 * One direction of a TCP connection: bytes leave at the rate of the link, arrive after its latency,
 * in order and cut anywhere, or wait while the link is cut.
 */

import type { PeerId } from '../../shared/units.js';

/** How good the way from one host to another is. */
export interface LinkQuality {
  readonly latencyMs: number;
  readonly bytesPerMs: number;
}

/** What the operating system takes of a program before it says that it is full. */
const SOCKET_BUFFER_BYTES = 262_144;

export interface LineOptions<Place> {
  readonly from: Place;
  readonly to: Place;
  /** Names of the connection at both ends. */
  readonly fromPeer: PeerId;
  readonly toPeer: PeerId;
  readonly standard: LinkQuality;
}

export class Line<Place> {
  readonly from: Place;
  readonly to: Place;
  readonly fromPeer: PeerId;
  readonly toPeer: PeerId;
  /** Unless the world says otherwise at the moment. */
  readonly standard: LinkQuality;
  /** What arrived and was not read yet. */
  readonly unread: Uint8Array[] = [];
  /** What waits for a cut to heal. */
  readonly held: Uint8Array[] = [];
  /** Nothing gets through for ever, and nobody is told. */
  isFrozen = false;
  /** When the last byte that was sent so far has left. */
  #leftAt = 0;
  #arrivesAt = 0;
  #bytesPerMs = Number.POSITIVE_INFINITY;

  constructor({ from, to, fromPeer, toPeer, standard }: LineOptions<Place>) {
    this.from = from;
    this.to = to;
    this.fromPeer = fromPeer;
    this.toPeer = toPeer;
    this.standard = standard;
  }

  /** Puts `sizeBytes` behind what was sent before; returns when they arrive. */
  transmit(sizeBytes: number, { latencyMs, bytesPerMs }: LinkQuality, nowMs: number): number {
    this.#bytesPerMs = bytesPerMs;
    this.#leftAt = Math.max(nowMs, this.#leftAt) + sizeBytes / bytesPerMs;
    // A link that became faster lets nothing overtake.
    this.#arrivesAt = Math.max(this.#arrivesAt, this.#leftAt + latencyMs);
    return this.#arrivesAt;
  }

  /** When all that was sent so far is with the operating system. */
  get takenAt(): number {
    return this.#leftAt - SOCKET_BUFFER_BYTES / this.#bytesPerMs;
  }

  /** Bytes that wait in the program. */
  queuedBytes(nowMs: number): number {
    let held = 0;
    for (const bytes of this.held) held += bytes.length;
    const leaving = Math.max(0, this.#leftAt - nowMs) * this.#bytesPerMs;
    return Math.max(0, (Number.isNaN(leaving) ? 0 : leaving) + held - SOCKET_BUFFER_BYTES);
  }
}
