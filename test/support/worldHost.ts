/** A place in a `World`: a machine, its connections and its timer. */

import type { MonoMs, Now, PeerId } from '../../shared/units.js';
import type { ConnectionEffect } from '../../shared/wire/connection.js';
import type { DisconnectReason } from '../../shared/wire/disconnect.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';

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
  readonly now: Now;
  readonly latencyMs: number;
  nextPeer(): PeerId;
  after(delayMs: number, action: () => void): void;
  hostAt(address: NetAddress): Host | undefined;
  canReach(from: Host, to: Host): boolean;
  pieces(bytes: Uint8Array): Uint8Array[];
}

/** One direction of a connection. */
interface Line {
  readonly from: Host;
  readonly to: Host;
  /** Names of the connection at both ends. */
  readonly fromPeer: PeerId;
  readonly toPeer: PeerId;
  isOpen: boolean;
  /** Nothing gets through, and nobody is told: what is sent waits. */
  isFrozen: boolean;
  waiting: Uint8Array[];
}

/** A place in the world: a machine, its connections and its timer. */
export class Host {
  readonly address: NetAddress;
  readonly #world: Surroundings;
  readonly #machine: Machine;
  readonly #perform: (effect: Message) => void;
  readonly #lines = new Map<PeerId, Line>();
  /** Reasons of our own disconnects, in order. */
  readonly reasons: DisconnectReason[] = [];
  /** Bytes that one step sent at most, over all connections. */
  sentBytesMax = 0;
  #wakeAt: number | undefined;
  #isDead = false;
  #isFrozen = false;
  #frozenInputs: Message[] = [];
  /** Pieces that the operating system has not taken, while it takes none. */
  #unsent: PeerId[] | undefined;

  constructor(
    world: Surroundings,
    address: NetAddress,
    machine: Machine,
    perform: (effect: Message) => void,
  ) {
    this.#world = world;
    this.address = address;
    this.#machine = machine;
    this.#perform = perform;
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
    const effects = this.#machine.handle(input, this.#world.now);
    this.sentBytesMax = Math.max(this.sentBytesMax, sentBytesOf(effects));
    for (const effect of effects) this.#onEffect(effect as ConnectionEffect);
    this.schedule();
  }

  schedule(): void {
    const at = this.#machine.nextWake();
    if (at === undefined || this.#isDead) return;
    const due = Math.ceil(Math.max(at, this.#world.now.mono));
    if (this.#wakeAt !== undefined && this.#wakeAt <= due) return;
    this.#wakeAt = due;
    this.#world.after(due - this.#world.now.mono, () => {
      if (this.#wakeAt !== due) return;
      this.#wakeAt = undefined;
      this.input({ type: 'wake' });
    });
  }

  /** Like SIGSTOP: it takes no step until `thaw`, and its connections stay. */
  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const input of this.#frozenInputs.splice(0)) this.input(input);
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
    for (const peer of [...this.#lines.keys()]) this.#close(peer);
  }

  breakLinksTo(other: Host): void {
    for (const [peer, line] of [...this.#lines]) {
      if (line.to !== other) continue;
      this.#close(peer);
      this.input({ type: 'closed', peer });
    }
  }

  #onEffect(effect: ConnectionEffect): void {
    switch (effect.type) {
      case 'dial':
        this.#dial(effect.address);
        return;
      case 'send':
        this.#send(effect.peer, effect.bytes, effect.notify);
        return;
      case 'disconnect':
        this.reasons.push(effect.reason);
        this.#close(effect.peer);
        return;
      default:
        this.#perform(effect);
    }
  }

  #dial(address: NetAddress): void {
    const { latencyMs } = this.#world;
    this.#world.after(2 * latencyMs, () => {
      const other = this.#world.hostAt(address);
      if (other === undefined || !this.#world.canReach(this, other)) {
        this.input({ type: 'dial-failed', address, problem: 'refused' });
        return;
      }
      this.#connect(other, address);
    });
  }

  #connect(other: Host, dialed: NetAddress): void {
    const [ours, theirs] = [this.#world.nextPeer(), this.#world.nextPeer()];
    const remote: NetAddress = { host: this.address.host, port: 40_000 + (ours % 20_000) };
    const base = { isOpen: true, isFrozen: false };
    this.#lines.set(ours, {
      ...base,
      from: this,
      to: other,
      fromPeer: ours,
      toPeer: theirs,
      waiting: [],
    });
    other.#lines.set(theirs, {
      ...base,
      from: other,
      to: this,
      fromPeer: theirs,
      toPeer: ours,
      waiting: [],
    });
    other.input({
      type: 'connected',
      peer: theirs,
      remote,
      local: dialed,
      dialed: undefined,
    });
    this.input({
      type: 'connected',
      peer: ours,
      remote: dialed,
      local: remote,
      dialed,
    });
  }

  #send(peer: PeerId, bytes: Uint8Array, notify: boolean): void {
    const line = this.#lines.get(peer);
    if (line === undefined) return;
    for (const piece of this.#world.pieces(bytes)) this.#deliver(line, piece);
    if (!notify) return;
    this.#world.after(0, () => {
      if (this.#unsent !== undefined) this.#unsent.push(peer);
      else if (this.#lines.has(peer) && !line.isFrozen) this.input({ type: 'sent', peer });
    });
  }

  #deliver(line: Line, bytes: Uint8Array): void {
    this.#world.after(this.#world.latencyMs, () => {
      if (line.isFrozen || !line.to.#lines.has(line.toPeer)) return;
      line.to.input({ type: 'received', peer: line.toPeer, bytes });
    });
  }

  /** Ends our end now, and the other one after what was sent before. */
  #close(peer: PeerId): void {
    const line = this.#lines.get(peer);
    if (line === undefined) return;
    this.#lines.delete(peer);
    line.isOpen = false;
    this.#world.after(this.#world.latencyMs, () => {
      if (line.isFrozen || !line.to.#lines.delete(line.toPeer)) return;
      line.to.input({ type: 'closed', peer: line.toPeer });
    });
  }
}

function sentBytesOf(effects: readonly Message[]): number {
  let sum = 0;
  for (const effect of effects as readonly ConnectionEffect[]) {
    if (effect.type === 'send') sum += effect.bytes.length;
  }
  return sum;
}
