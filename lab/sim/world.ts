/**
 * Machines in one process and in virtual time, with links between them. Real code everywhere; only
 * sockets, clocks and chance are played here. The same calls give the same course.
 */

import { seededRng, type Rng } from '../../shared/rng.js';
import type { MonoMs, Now, PeerId, UnixSeconds } from '../../shared/units.js';
import { printNetAddress, type NetAddress } from '../../shared/wire/netAddress.js';
import { Host, type HostOptions, type Message, type Surroundings } from './host.js';
import type { LinkQuality } from './line.js';
import { Timeline } from './timeline.js';

export interface WorldOptions {
  readonly seed?: number;
  /** Of every link that has no quality of its own. */
  readonly latencyMs?: number;
  /** What the latency of a connection may be more, each its own; without it no rate is limited. */
  readonly spreadMs?: number;
  /** Share of what is sent that arrives in two pieces, 0–1; `true`: all. */
  readonly cutsBytes?: number | boolean;
  /** The wall clock at the beginning. */
  readonly startUnix?: number;
}

/** Looks at a world from outside, without a part in it. */
export interface Watcher {
  onInput?(host: Host, input: Message): void;
  onStep?(host: Host, effects: readonly Message[]): void;
}

/** Something with a place in the world, whether its program runs or not. */
interface Placed {
  readonly address: NetAddress;
}

/** Whether a way is cut, by the addresses of its ends. */
type Way = (from: string, to: string) => boolean;

/** What cannot be dialed and what waits, until it is undone. */
interface Cut {
  readonly refuses?: Way;
  readonly holds?: Way;
}

/** Ways between some and all others that are cut: out of them, into them, or both. */
export type Direction = 'out' | 'in' | 'both';

const START_UNIX = 1_810_000_000;
/** Rates of connections with a spread: 8 Mbit/s … */
const RATE_BYTES_PER_MS_MIN = 1_000;
/** … to 100 Mbit/s. */
const RATE_BYTES_PER_MS_MAX = 12_500;

export class World implements Surroundings {
  readonly rng: Rng;
  readonly latencyMs: number;
  readonly #spreadMs: number;
  readonly #startUnix: number;
  readonly #cutShare: number;
  readonly #timeline = new Timeline();
  readonly #hosts = new Map<string, Host>();
  readonly #inputWatchers: Watching<'onInput'>[] = [];
  readonly #stepWatchers: Watching<'onStep'>[] = [];
  readonly #cuts = new Set<Cut>();
  /** Addresses whose computers are off. */
  readonly #off = new Set<string>();
  readonly #qualities = new Map<string, LinkQuality>();
  #peers = 0;
  #numbers = 0;

  constructor(options: WorldOptions = {}) {
    const { seed = 1, latencyMs = 5, spreadMs = 0, cutsBytes = 0 } = options;
    this.rng = seededRng(seed);
    this.latencyMs = latencyMs;
    this.#spreadMs = spreadMs;
    this.#cutShare = Number(cutsBytes);
    this.#startUnix = options.startUnix ?? START_UNIX;
  }

  /** Milliseconds since the beginning. */
  get ms(): number {
    return this.#timeline.ms;
  }

  /** True time. */
  get now(): Now {
    const unix = this.#startUnix + Math.floor(this.ms / 1_000);
    return { mono: this.ms as MonoMs, unix: unix as UnixSeconds };
  }

  /** Of one more participant: from 1. */
  nextNumber(): number {
    return ++this.#numbers;
  }

  nextPeer(): PeerId {
    return ++this.#peers as PeerId;
  }

  watch(watcher: Watcher): void {
    if (watchesInputs(watcher)) this.#inputWatchers.push(watcher);
    if (watchesSteps(watcher)) this.#stepWatchers.push(watcher);
  }

  /** See `Timeline.after`. */
  after(delayMs: number, action: () => void): void {
    this.#timeline.after(delayMs, action);
  }

  /** Lets `ms` pass. */
  run(ms: number): void {
    this.#timeline.run(ms);
  }

  /** See `Timeline.until`. */
  until(holds: () => boolean, msMax?: number): number {
    return this.#timeline.until(holds, msMax);
  }

  /** Puts a machine at an address; others can dial it there. */
  add(options: Omit<HostOptions, 'now' | 'onTrouble'> & Partial<HostOptions>): Host {
    const onTrouble = (error: unknown): never => {
      throw error;
    };
    const host = new Host(this, { now: () => this.now, onTrouble, ...options });
    const at = printNetAddress(host.address);
    this.#hosts.set(at, host);
    this.#off.delete(at);
    return host;
  }

  /** The program at `host` ends, or, with `isGone`, its computer. */
  remove(host: Host, isGone = false): void {
    const at = printNetAddress(host.address);
    if (this.#hosts.get(at) === host) {
      this.#hosts.delete(at);
      if (isGone) this.#off.add(at);
    }
    if (isGone) host.vanish();
    else host.die();
  }

  hostAt(address: NetAddress): Host | undefined {
    return this.#hosts.get(printNetAddress(address));
  }

  isOff(address: NetAddress): boolean {
    return this.#off.has(printNetAddress(address));
  }

  /** Breaks all links between the two groups, and lets none be made. Returns what undoes it. */
  cut(left: readonly Placed[], right: readonly Placed[]): () => void {
    const refuses = waysIn(new Set([...namesOf(left, right), ...namesOf(right, left)]));
    const undo = this.#begin({ refuses });
    this.#breakLinks(refuses);
    return undo;
  }

  /** The same between `island` and all others, who may come later. */
  cutOff(island: readonly Placed[]): () => void {
    const refuses = waysOf(island, 'both');
    const undo = this.#begin({ refuses });
    this.#breakLinks(refuses);
    return undo;
  }

  /** What is sent between `island` and all others is lost, and sent again. Returns the undo. */
  holdOff(island: readonly Placed[], direction: Direction): () => void {
    return this.#begin({ holds: waysOf(island, direction) });
  }

  /** `from` cannot dial `to` any more; what is open stays. Returns what undoes it. */
  cutOneWay(from: Placed, to: Placed): () => void {
    return this.#begin({ refuses: waysIn(new Set([pairOf(from, to)])) });
  }

  /** What the first group sends to the second is lost, and sent again. Returns what undoes it. */
  hold(from: readonly Placed[], to: readonly Placed[]): () => void {
    return this.#begin({ holds: waysIn(new Set(namesOf(from, to))) });
  }

  /** Undoes all cuts. */
  heal(): void {
    this.#cuts.clear();
    this.#releaseHeld();
  }

  /**
   * Links between `one` and each of `others` are of `quality` from now on, in both directions.
   * Returns what undoes it, where no other quality has come since.
   */
  setQuality(one: Placed, others: readonly Placed[], quality: LinkQuality): () => void {
    const own = { ...quality };
    const names = [...namesOf([one], others), ...namesOf(others, [one])];
    for (const pair of names) this.#qualities.set(pair, own);
    return () => {
      for (const pair of names) if (this.#qualities.get(pair) === own) this.#qualities.delete(pair);
    };
  }

  /** Every link is as the others again. */
  resetQualities(): void {
    this.#qualities.clear();
  }

  standardQuality(): LinkQuality {
    if (this.#spreadMs === 0) {
      return { latencyMs: this.latencyMs, bytesPerMs: Number.POSITIVE_INFINITY };
    }
    const latencyMs = this.latencyMs + this.rng.below(this.#spreadMs);
    const span = RATE_BYTES_PER_MS_MAX - RATE_BYTES_PER_MS_MIN;
    return { latencyMs, bytesPerMs: RATE_BYTES_PER_MS_MIN + this.rng.below(span + 1) };
  }

  quality(from: Host, to: Host): LinkQuality | undefined {
    return this.#qualities.size === 0 ? undefined : this.#qualities.get(pairOf(from, to));
  }

  isHeld(from: Placed, to: Placed): boolean {
    return this.#isCut(from, to, 'holds');
  }

  refuses(from: Placed, to: Placed): boolean {
    return this.#isCut(from, to, 'refuses');
  }

  pieces(bytes: Uint8Array): readonly Uint8Array[] {
    if (bytes.length < 2 || this.#cutShare === 0) return [bytes];
    if (this.#cutShare < 1 && this.rng.float() >= this.#cutShare) return [bytes];
    const at = 1 + this.rng.below(bytes.length - 1);
    return [bytes.slice(0, at), bytes.slice(at)];
  }

  onInput(host: Host, input: Message): void {
    for (const watcher of this.#inputWatchers) watcher.onInput(host, input);
  }

  onStep(host: Host, effects: readonly Message[]): void {
    for (const watcher of this.#stepWatchers) watcher.onStep(host, effects);
  }

  #begin(cut: Cut): () => void {
    this.#cuts.add(cut);
    return () => {
      if (this.#cuts.delete(cut)) this.#releaseHeld();
    };
  }

  #isCut(from: Placed, to: Placed, kind: keyof Cut): boolean {
    if (this.#cuts.size === 0) return false;
    const [a, b] = [printNetAddress(from.address), printNetAddress(to.address)];
    for (const cut of this.#cuts) if (cut[kind]?.(a, b) === true) return true;
    return false;
  }

  #breakLinks(isCut: Way): void {
    for (const [a, one] of this.#hosts) {
      for (const [b, other] of this.#hosts) if (isCut(a, b)) one.breakLinksTo(other);
    }
  }

  #releaseHeld(): void {
    for (const host of this.#hosts.values()) host.releaseHeld();
  }
}

type Watching<Name extends keyof Watcher> = Required<Pick<Watcher, Name>>;

const watchesInputs = (watcher: Watcher): watcher is Watching<'onInput'> =>
  watcher.onInput !== undefined;

const watchesSteps = (watcher: Watcher): watcher is Watching<'onStep'> =>
  watcher.onStep !== undefined;

/** The ways of these pairs, by `pairOf`. */
const waysIn =
  (pairsOfNames: ReadonlySet<string>): Way =>
  (from, to) =>
    pairsOfNames.has(`${from} ${to}`);

function waysOf(island: readonly Placed[], direction: Direction): Way {
  const names = new Set(island.map(({ address }) => printNetAddress(address)));
  return (from, to) => {
    if (names.has(from) === names.has(to)) return false;
    return direction === 'both' || names.has(from) === (direction === 'out');
  };
}

/** By addresses: another run of a program at the same place is cut off as well. */
const pairOf = (a: Placed, b: Placed): string =>
  `${printNetAddress(a.address)} ${printNetAddress(b.address)}`;

function* namesOf(left: readonly Placed[], right: readonly Placed[]): Generator<string, void> {
  for (const a of left) for (const b of right) if (a !== b) yield pairOf(a, b);
}
