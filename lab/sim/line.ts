/**
 * One direction of a TCP connection: bytes leave at the rate of the link, arrive after its latency,
 * in order and cut anywhere, or wait while the link is cut and, as with Linux, until what waits is
 * sent again: after 200 ms, and after twice as long each time, 2 min at most. The two directions of
 * a connection may so be whole again minutes apart.
 */

import type { PeerId } from '../../shared/units.js';

/** How good the way from one host to another is. */
export interface LinkQuality {
  readonly latencyMs: number;
  readonly bytesPerMs: number;
}

/** What the operating system takes, at each end, while the program there does not read. */
const SOCKET_BUFFER_BYTES = 262_144;
const RETRANSMISSION_MS = 200;
const RETRANSMISSION_MAX_MS = 120_000;

/** What a line needs to know of its ends. */
interface End {
  readonly isFrozen: boolean;
}

export interface LineOptions<Place> {
  readonly from: Place;
  readonly to: Place;
  /** Names of the connection at both ends. */
  readonly fromPeer: PeerId;
  readonly toPeer: PeerId;
  readonly standard: LinkQuality;
}

export class Line<Place extends End> {
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
  /** Its sender has closed it: its end stands behind what is unread. */
  isEnded = false;
  /** How often its sender is yet to be told that what it sent was taken. */
  owedSent = 0;
  /** When the last byte that was sent so far has left. */
  #leftAt = 0;
  /** Since when something is held. */
  #heldAt = 0;
  #arrivesAt = 0;
  #bytesPerMs = Number.POSITIVE_INFINITY;
  /** On its way, or arrived and not read. */
  #undeliveredBytes = 0;

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
    this.#undeliveredBytes += sizeBytes;
    this.#leftAt = Math.max(nowMs, this.#leftAt) + sizeBytes / bytesPerMs;
    // A link that became faster lets nothing overtake.
    this.#arrivesAt = Math.max(this.#arrivesAt, this.#leftAt + latencyMs);
    return this.#arrivesAt;
  }

  /** `piece` is sent while the link is cut, or behind what waits. */
  hold(piece: Uint8Array, nowMs: number): void {
    if (this.held.length === 0) this.#heldAt = nowMs;
    this.held.push(piece);
  }

  /** When what is held is sent again at the latest: the first time that is not before `nowMs`. */
  retransmissionAfter(nowMs: number): number {
    let pauseMs = RETRANSMISSION_MS;
    let at = this.#heldAt + pauseMs;
    while (at < nowMs) {
      pauseMs = Math.min(2 * pauseMs, RETRANSMISSION_MAX_MS);
      at += pauseMs;
    }
    return at;
  }

  /** Takes the first piece that arrived. */
  read(): Uint8Array | undefined {
    const bytes = this.unread.shift();
    this.#undeliveredBytes -= bytes?.length ?? 0;
    return bytes;
  }

  /** When all that was sent so far is with the operating system, if the other end reads. */
  get takenAt(): number {
    return this.#leftAt - SOCKET_BUFFER_BYTES / this.#bytesPerMs;
  }

  /** A cut or a program that does not read keeps more waiting than both buffers take. */
  get isFull(): boolean {
    return this.#stuckBytes > SOCKET_BUFFER_BYTES;
  }

  /** Bytes that wait in the program. */
  queuedBytes(nowMs: number): number {
    const leaving = Math.max(0, this.#leftAt - nowMs) * this.#bytesPerMs;
    const waiting = Math.max(Number.isNaN(leaving) ? 0 : leaving, this.#stuckBytes);
    return Math.max(0, waiting - SOCKET_BUFFER_BYTES);
  }

  /** What the buffer at the other end does not take. */
  get #stuckBytes(): number {
    let held = 0;
    for (const bytes of this.held) held += bytes.length;
    const isRead = this.unread.length === 0 && !this.to.isFrozen;
    const unread = isRead ? 0 : this.#undeliveredBytes - SOCKET_BUFFER_BYTES;
    return held + Math.max(0, unread);
  }
}
