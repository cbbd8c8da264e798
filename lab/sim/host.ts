/**
 * A place in a `World`: a machine, its sockets and its timer. Does what shared/io does for a real
 * one, over links that fail as TCP fails.
 */

import type { Rng } from '../../shared/rng.js';
import type { MonoMs, Now, PeerId } from '../../shared/units.js';
import type { ConnectionEffect } from '../../shared/wire/connection.js';
import type { DisconnectReason } from '../../shared/wire/disconnect.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import { dial } from './dial.js';
import { Line, type LinkQuality } from './line.js';

/**
 * Whatever can be at the end of a link. Inputs and effects beside those of connections are its own.
 */
export interface Machine {
  handle(input: Message, now: Now): readonly Message[];
  nextWake(): MonoMs | undefined;
}

/** An input or an effect. */
export interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What a host needs of the world around it. */
export interface Surroundings {
  readonly rng: Rng;
  readonly ms: number;
  /** To where nobody is. */
  readonly latencyMs: number;
  nextPeer(): PeerId;
  after(delayMs: number, action: () => void): void;
  hostAt(address: NetAddress): Host | undefined;
  /** The computer there is off: nothing comes back from it. */
  isOff(address: NetAddress): boolean;
  /** Of a new connection. */
  standardQuality(): LinkQuality;
  /** Of all connections between the two, in place of their own. */
  quality(from: Host, to: Host): LinkQuality | undefined;
  /** What is sent from one to the other waits; nobody is told. */
  isHeld(from: Host, to: Host): boolean;
  /** Whether a dial is refused at once. */
  refuses(from: Host, to: Host): boolean;
  pieces(bytes: Uint8Array): readonly Uint8Array[];
  /** Called before each step of a machine. */
  onInput(host: Host, input: Message): void;
  /** Called after each step of a machine. */
  onStep(host: Host, effects: readonly Message[]): void;
}

export interface HostOptions {
  readonly address: NetAddress;
  readonly machine: Machine;
  /** Performs what is no effect of connections. */
  readonly perform: (effect: Message) => void;
  /** Its clocks; what stops the program is thrown by the machine and told here. */
  readonly now: () => Now;
  /** The machine threw: the program ends. */
  readonly onTrouble: (error: unknown) => void;
}

/** Of shared/io/tcp: nothing more is read from whom so much waits for; then it is let go. */
const QUEUE_PAUSE_BYTES = 1_000_000;
const QUEUE_BYTES_MAX = 8_000_000;
/** Until a system gives up what is not acknowledged: about Linux's 15 retransmissions. */
const GIVEN_UP_MS = 924_000;

export class Host {
  readonly address: NetAddress;
  /** Reasons of our own disconnects, in order. */
  readonly reasons: DisconnectReason[] = [];
  /** Bytes that one step sent at most, over all connections. */
  sentBytesMax = 0;
  readonly #world: Surroundings;
  readonly #options: HostOptions;
  /** What leaves from here, by our name of the connection. */
  readonly #lines = new Map<PeerId, Line<Host>>();
  #wakeAt: number | undefined;
  #isDead = false;
  /** Not even its system answers. */
  #isGone = false;
  #isFrozen = false;
  /** What the system has for the program, beside what came over its connections. */
  #frozenInputs: Message[] = [];
  /** What it has not read. */
  readonly #stuckLines = new Set<Line<Host>>();
  /** Pieces that the operating system has not taken, while it takes none. */
  #unsent: PeerId[] | undefined;

  constructor(world: Surroundings, options: HostOptions) {
    this.#world = world;
    this.#options = options;
    this.address = options.address;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  get linkCount(): number {
    return this.#lines.size;
  }

  /** One step of the machine. */
  input(input: Message): void {
    if (this.#isDead) return;
    if (this.#isFrozen) {
      this.#frozenInputs.push(input);
      return;
    }
    this.#world.onInput(this, input);
    const now = this.#options.now();
    let effects: readonly Message[];
    try {
      effects = this.#options.machine.handle(input, now);
    } catch (error) {
      this.#options.onTrouble(error);
      return;
    }
    let sentBytes = 0;
    for (const effect of effects) {
      if (effect.type === 'send') sentBytes += (effect['bytes'] as Uint8Array).length;
      this.#onEffect(effect as ConnectionEffect);
    }
    if (sentBytes > this.sentBytesMax) this.sentBytesMax = sentBytes;
    this.#world.onStep(this, effects);
    this.schedule(now);
  }

  /** Sets the timer by what the machine wants. */
  schedule({ mono } = this.#options.now()): void {
    const at = this.#options.machine.nextWake();
    if (at === undefined || this.#isDead) return;
    const due = this.#world.ms + Math.max(0, Math.ceil(at - mono));
    if (this.#wakeAt !== undefined && this.#wakeAt <= due) return;
    this.#wakeAt = due;
    this.#world.after(due - this.#world.ms, () => {
      if (this.#wakeAt !== due) return;
      this.#wakeAt = undefined;
      this.#onTimer();
    });
  }

  /** Like SIGSTOP: it takes no step and reads nothing until `thaw`; its connections fill up. */
  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const input of this.#frozenInputs.splice(0)) this.input(input);
    const lines = [...this.#stuckLines];
    this.#stuckLines.clear();
    for (const line of lines) this.#read(line);
  }

  /** From now on nothing counts as sent, until `releaseSent`. */
  holdSent(): void {
    this.#unsent = [];
  }

  releaseSent(): void {
    const peers = this.#unsent ?? [];
    this.#unsent = undefined;
    for (const peer of peers) this.input({ type: 'sent', peer });
  }

  /** Its connections carry nothing any more in either direction, and nobody is told. */
  freezeLines(): void {
    for (const line of this.#lines.values()) {
      line.isFrozen = true;
      const back = line.to.#lines.get(line.toPeer);
      if (back !== undefined) back.isFrozen = true;
    }
  }

  /** The process is gone; the system closes its connections. */
  die(): void {
    this.#isDead = true;
    for (const line of [...this.#lines.values()]) this.#close(line);
  }

  /** The computer is gone: nobody is told. */
  vanish(): void {
    this.#isDead = true;
    this.#isGone = true;
  }

  breakLinksTo(other: Host): void {
    for (const line of [...this.#lines.values()]) if (line.to === other) this.#reset(line);
  }

  /** What waited for a cut to heal goes on its way with the next retransmission. */
  releaseHeld(): void {
    const { ms } = this.#world;
    for (const line of this.#lines.values()) {
      if (line.held.length === 0 || this.#world.isHeld(this, line.to)) continue;
      // At the latest: a system may find the way open before that.
      const waitMs = line.retransmissionAfter(ms) - ms;
      this.#world.after(this.#world.rng.below(waitMs + 1), () => {
        this.#retransmit(line);
      });
    }
  }

  #onTimer(): void {
    // The clock may have been set, or something else has moved the time.
    const at = this.#options.machine.nextWake();
    if (at !== undefined && at <= this.#options.now().mono) this.input({ type: 'wake' });
    else this.schedule();
  }

  #onEffect(effect: ConnectionEffect): void {
    switch (effect.type) {
      case 'dial':
        this.#dial(effect.address);
        return;
      case 'send':
        this.#send(effect.peer, effect.bytes, effect.notify);
        return;
      case 'disconnect': {
        this.reasons.push(effect.reason);
        const line = this.#lines.get(effect.peer);
        if (line !== undefined) this.#close(line);
        return;
      }
      default:
        this.#options.perform(effect);
    }
  }

  #dial(address: NetAddress): void {
    dial(this.#world, {
      isLost: () => this.#isLost(address),
      roundTripMs: () => 2 * this.#latencyTo(address),
      onAnswer: () => {
        const found = this.#world.hostAt(address);
        if (found === undefined || this.#world.refuses(this, found)) {
          this.input({ type: 'dial-failed', address, problem: 'refused' });
        } else if (!this.#isDead) this.#connect(found, address);
      },
      onTimeout: () => {
        this.input({ type: 'dial-failed', address, problem: 'timed-out' });
      },
    });
  }

  #latencyTo(address: NetAddress): number {
    const other = this.#world.hostAt(address);
    return (other && this.#world.quality(this, other))?.latencyMs ?? this.#world.latencyMs;
  }

  /** Whether nothing comes back from there. */
  #isLost(address: NetAddress): boolean {
    const other = this.#world.hostAt(address);
    if (other === undefined) return this.#world.isOff(address);
    return this.#world.isHeld(this, other) || this.#world.isHeld(other, this);
  }

  #connect(other: Host, dialed: NetAddress): void {
    const [fromPeer, toPeer] = [this.#world.nextPeer(), this.#world.nextPeer()];
    const remote: NetAddress = { host: this.address.host, port: 40_000 + (fromPeer % 20_000) };
    const standard = this.#world.standardQuality();
    this.#lines.set(fromPeer, new Line({ from: this, to: other, fromPeer, toPeer, standard }));
    const back = { from: other, to: this, fromPeer: toPeer, toPeer: fromPeer, standard };
    other.#lines.set(toPeer, new Line(back));
    other.input({ type: 'connected', peer: toPeer, remote, local: dialed, dialed: undefined });
    this.input({ type: 'connected', peer: fromPeer, remote: dialed, local: remote, dialed });
  }

  #send(peer: PeerId, bytes: Uint8Array, notify: boolean): void {
    const line = this.#lines.get(peer);
    if (line === undefined) return;
    for (const piece of this.#world.pieces(bytes)) {
      if (line.held.length > 0 || this.#world.isHeld(this, line.to)) this.#hold(line, piece);
      else this.#transmit(line, piece);
    }
    if (line.queuedBytes(this.#world.ms) > QUEUE_BYTES_MAX) {
      this.#close(line);
      this.#world.after(0, () => {
        this.input({ type: 'closed', peer, reason: 'queue-full' });
      });
    } else if (notify) {
      const delayMs = Math.max(0, line.takenAt - this.#world.ms);
      this.#world.after(delayMs, () => {
        this.#onTaken(line);
      });
    }
  }

  #onTaken(line: Line<Host>): void {
    line.owedSent++;
    this.#tellTaken(line);
  }

  /** Tells the program of what was taken, unless both buffers are full. */
  #tellTaken(line: Line<Host>): void {
    if (line.owedSent === 0 || line.isFull) return;
    const peer = line.fromPeer;
    const count = line.owedSent;
    line.owedSent = 0;
    for (let i = 0; i < count; i++) {
      if (this.#unsent !== undefined) this.#unsent.push(peer);
      else if (this.#lines.has(peer) && !line.isFrozen) this.input({ type: 'sent', peer });
    }
  }

  #hold(line: Line<Host>, piece: Uint8Array): void {
    line.hold(piece, this.#world.ms);
    if (line.held.length > 1) return;
    this.#world.after(GIVEN_UP_MS, () => {
      if (line.held[0] === piece) this.#reset(line);
    });
  }

  #retransmit(line: Line<Host>): void {
    if (!this.#lines.has(line.fromPeer) || this.#world.isHeld(this, line.to)) return;
    for (const piece of line.held.splice(0)) this.#transmit(line, piece);
    this.#tellTaken(line);
  }

  #transmit(line: Line<Host>, piece: Uint8Array): void {
    const { ms } = this.#world;
    const arrivesAt = line.transmit(piece.length, this.#qualityOf(line), ms);
    this.#world.after(arrivesAt - ms, () => {
      if (line.isFrozen) return;
      if (line.to.#knows(line)) {
        line.unread.push(piece);
        line.to.#read(line);
      } else if (!line.to.#isGone || this.#world.hostAt(line.to.address) !== undefined) {
        this.#reset(line);
      }
    });
  }

  #qualityOf(line: Line<Host>): LinkQuality {
    return this.#world.quality(this, line.to) ?? line.standard;
  }

  #knows({ toPeer }: Line<Host>): boolean {
    return !this.#isDead && this.#lines.has(toPeer);
  }

  /** Reads what arrived on `line`, unless it is frozen or too much waits for who sent it. */
  #read(line: Line<Host>): void {
    if (this.#isFrozen) {
      this.#stuckLines.add(line);
      return;
    }
    while (line.unread.length > 0) {
      const back = this.#lines.get(line.toPeer);
      if (back === undefined) {
        line.unread.length = 0;
        return;
      }
      if (back.queuedBytes(this.#world.ms) > QUEUE_PAUSE_BYTES) {
        this.#world.after(READ_AGAIN_MS, () => {
          this.#read(line);
        });
        return;
      }
      const bytes = line.read();
      this.input({ type: 'received', peer: line.toPeer, bytes });
      line.from.#tellTaken(line);
    }
    if (line.isEnded && this.#lines.delete(line.toPeer)) {
      this.input({ type: 'closed', peer: line.toPeer });
    }
  }

  /** Ends our end now, and the other one after what was sent before. */
  #close(line: Line<Host>): void {
    if (!this.#lines.delete(line.fromPeer)) return;
    const { ms } = this.#world;
    if (line.held.length > 0 || this.#world.isHeld(this, line.to)) return;
    const arrivesAt = line.transmit(0, this.#qualityOf(line), ms);
    this.#world.after(arrivesAt - ms, () => {
      if (line.isFrozen) return;
      line.isEnded = true;
      line.to.#read(line);
    });
  }

  /** Both ends are told that the connection is no more. */
  #reset(line: Line<Host>): void {
    line.held.length = 0;
    if (this.#lines.delete(line.fromPeer)) this.input({ type: 'closed', peer: line.fromPeer });
    if (line.to.#lines.delete(line.toPeer)) line.to.input({ type: 'closed', peer: line.toPeer });
  }
}

const READ_AGAIN_MS = 10;
