/**
 * A small world for tests: machines in one process and in virtual time, with links that are first
 * in, first out, and have a latency; bytes may arrive cut anywhere. Real code everywhere; only
 * sockets and clock are played here. The same calls give the same course.
 */

import FlatQueue from 'flatqueue';
import { seededRng, type Rng } from '../../shared/rng.js';
import type { MonoMs, Now, PeerId, UnixSeconds } from '../../shared/units.js';
import { printNetAddress, type NetAddress } from '../../shared/wire/netAddress.js';
import { GENESIS_TIME } from './blocks.js';
import { Host, type Machine, type Message, type Surroundings } from './worldHost.js';

export interface WorldOptions {
  readonly latencyMs?: number;
  /** Cuts what is sent into random pieces. */
  readonly cutsBytes?: boolean;
  readonly seed?: number;
}

/** Seconds after the genesis of the test networks at which a world begins. */
const START_S = 10_000_000;

/** More than that within one millisecond is no work but a loop. */
const STEPS_MAX = 20_000;

export class World implements Surroundings {
  readonly #options: Required<WorldOptions>;
  readonly #rng: Rng;
  readonly #queue = new FlatQueue<() => void>();
  readonly #hosts = new Map<string, Host>();
  /** Pairs of printed addresses that cannot reach each other. */
  readonly #isCut = new Set<string>();
  #sequence = 0;
  #stepsNow = 0;
  #mono = 0;
  #peers = 0;
  #nodes = 0;

  constructor(options: WorldOptions = {}) {
    this.#options = { latencyMs: 5, cutsBytes: false, seed: 1, ...options };
    this.#rng = seededRng(this.#options.seed);
  }

  get now(): Now {
    const unix = GENESIS_TIME + START_S + Math.floor(this.#mono / 1_000);
    return { mono: this.#mono as MonoMs, unix: unix as UnixSeconds };
  }

  get latencyMs(): number {
    return this.#options.latencyMs;
  }

  get rng(): Rng {
    return this.#rng;
  }

  /** Of one more node: from 1. */
  nextNumber(): number {
    return ++this.#nodes;
  }

  nextPeer(): PeerId {
    return ++this.#peers as PeerId;
  }

  /** Calls `action` in `delayMs`, after all that was to be called at that time. */
  after(delayMs: number, action: () => void): void {
    // Microseconds of sequence keep the order of what happens at the same millisecond.
    this.#queue.push(action, this.#mono + delayMs + this.#sequence++ * 1e-9);
  }

  /** Puts `machine` at `address`; others can dial it there. */
  add(address: NetAddress, machine: Machine, perform: (effect: Message) => void): Host {
    const host = new Host(this, address, machine, perform);
    this.#hosts.set(printNetAddress(address), host);
    return host;
  }

  remove(host: Host): void {
    if (this.hostAt(host.address) === host) this.#hosts.delete(printNetAddress(host.address));
    host.die();
  }

  hostAt(address: NetAddress): Host | undefined {
    return this.#hosts.get(printNetAddress(address));
  }

  /** Breaks all links between the two groups, and lets none be made until `heal`. */
  cut(left: readonly { readonly host: Host }[], right: readonly { readonly host: Host }[]): void {
    for (const a of left) {
      for (const b of right) {
        this.#isCut.add(pairOf(a.host, b.host)).add(pairOf(b.host, a.host));
        a.host.breakLinksTo(b.host);
      }
    }
  }

  /** `from` cannot dial `to` any more; what is open stays. */
  cutOneWay(from: { readonly host: Host }, to: { readonly host: Host }): void {
    this.#isCut.add(pairOf(from.host, to.host));
  }

  heal(): void {
    this.#isCut.clear();
  }

  canReach(from: Host, to: Host): boolean {
    return !this.#isCut.has(pairOf(from, to));
  }

  /** Lets `ms` pass. */
  run(ms: number): void {
    const end = this.#mono + ms;
    for (
      let at = this.#queue.peekValue();
      at !== undefined && at <= end;
      at = this.#queue.peekValue()
    ) {
      this.#step(at);
    }
    this.#mono = end;
  }

  /**
   * Lets time pass until `holds`; throws when it does not within `msMax`. Returns the time it took.
   */
  until(holds: () => boolean, msMax = 60_000): number {
    const start = this.#mono;
    while (!holds()) {
      const at = this.#queue.peekValue();
      if (at === undefined || at > start + msMax) {
        throw new Error(`did not happen within ${String(msMax)} ms`);
      }
      this.#step(at);
    }
    return this.#mono - start;
  }

  #step(at: number): void {
    const mono = Math.max(this.#mono, Math.floor(at));
    this.#stepsNow = mono === this.#mono ? this.#stepsNow + 1 : 0;
    if (this.#stepsNow > STEPS_MAX) throw new Error('a machine wants to be woken without end');
    this.#mono = mono;
    this.#queue.pop()?.();
  }

  /** The pieces in which `bytes` arrive. */
  pieces(bytes: Uint8Array): Uint8Array[] {
    if (!this.#options.cutsBytes || bytes.length < 2) return [bytes];
    const at = 1 + this.#rng.below(bytes.length - 1);
    return [bytes.slice(0, at), bytes.slice(at)];
  }
}

const pairOf = (a: Host, b: Host): string =>
  `${printNetAddress(a.address)} ${printNetAddress(b.address)}`;
