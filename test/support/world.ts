/**
 * A small world for tests: nodes, and strangers who speak the wire by hand, in one process and in
 * virtual time. Real code everywhere; only sockets, clock and workers are played here. Links are
 * first in, first out, with a latency; bytes may arrive cut anywhere. The same calls give the same
 * course.
 */

import { publicKeyOf, sha256d, sign } from '#crypto';
import FlatQueue from 'flatqueue';
import { toHex } from '../../shared/bytes.js';
import type { Network } from '../../shared/consensus/genesis.js';
import type { Entropy } from '../../shared/entropy.js';
import { seededRng, type Rng } from '../../shared/rng.js';
import type { HashHex, MonoMs, NodeKey, Now, PeerId, UnixSeconds } from '../../shared/units.js';
import { toHexReversed } from '../../shared/bytes.js';
import { hashValue } from '../../shared/consensus/work.js';
import type { ConnectionEffect, ConnectionInput } from '../../shared/wire/connection.js';
import type { DisconnectReason } from '../../shared/wire/disconnect.js';
import { printNetAddress, type NetAddress } from '../../shared/wire/netAddress.js';
import { Node, type NodeOptions } from '../../peer/node.js';
import type { Command, Effect, Input, MineJob, NodeEvent } from '../../peer/types.js';
import type { SqliteChainStore } from '../../peer/storage/sqliteChainStore.js';
import { Tracker } from '../../tracker/tracker.js';
import { GENESIS_TIME, owner } from './blocks.js';
import { memoryStore, verifyBatch } from './chains.js';

/** Whatever can be at the end of a link. */
export interface Machine {
  handle(input: ConnectionInput, now: Now): readonly { readonly type: string }[];
  nextWake(): MonoMs | undefined;
}

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

export class World {
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

  nextPeer(): PeerId {
    return ++this.#peers as PeerId;
  }

  /** Calls `action` in `delayMs`, after all that was to be called at that time. */
  after(delayMs: number, action: () => void): void {
    // Microseconds of sequence keep the order of what happens at the same millisecond.
    this.#queue.push(action, this.#mono + delayMs + this.#sequence++ * 1e-9);
  }

  /** Puts `machine` at `address`; others can dial it there. */
  add(
    address: NetAddress,
    machine: Machine,
    perform: (effect: { readonly type: string }) => void,
  ): Host {
    const host = new Host(this, address, machine, perform);
    this.#hosts.set(printNetAddress(address), host);
    return host;
  }

  /** A real tracker that serves `networks`. */
  tracker(networks: readonly Network[], address: NetAddress = TRACKER_ADDRESS): WorldTracker {
    const tracker = new WorldTracker(this, networks, address);
    tracker.host.schedule();
    return tracker;
  }

  /** A new node of `network`, listening at its own address, and awake. */
  node(network: Network, options: WorldNodeOptions = {}): WorldNode {
    const number = options.number ?? ++this.#nodes;
    const node = new WorldNode(this, network, number, options);
    node.host.schedule();
    return node;
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
  readonly #world: World;
  readonly #machine: Machine;
  readonly #perform: (effect: { readonly type: string }) => void;
  readonly #lines = new Map<PeerId, Line>();
  /** Reasons of our own disconnects, in order. */
  readonly reasons: DisconnectReason[] = [];
  #wakeAt: number | undefined;
  #isDead = false;
  #isFrozen = false;
  #frozenInputs: ConnectionInput[] = [];
  /** Pieces that the operating system has not taken, while it takes none. */
  #unsent: PeerId[] | undefined;

  constructor(
    world: World,
    address: NetAddress,
    machine: Machine,
    perform: (effect: { readonly type: string }) => void,
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
  input(input: ConnectionInput | Input): void {
    if (this.#isDead) return;
    if (this.#isFrozen) {
      this.#frozenInputs.push(input as ConnectionInput);
      return;
    }
    const effects = this.#machine.handle(input as ConnectionInput, this.#world.now);
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
    other.input({ type: 'connected', peer: theirs, remote, local: dialed, dialed: undefined });
    this.input({ type: 'connected', peer: ours, remote: dialed, local: remote, dialed });
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

export interface WorldNodeOptions {
  /** Gives key and address; another node of the same number is the same one, started again. */
  readonly number?: number;
  readonly host?: string;
  readonly port?: number;
  readonly trackers?: readonly NetAddress[];
  readonly neighbours?: readonly NetAddress[];
  /** One of a node that died, to go on with. */
  readonly store?: SqliteChainStore;
  readonly workMin?: bigint;
  readonly mining?: Partial<NodeOptions['mining']>;
}

/** A real node, with workers that are played here. */
export class WorldNode {
  readonly number: number;
  readonly address: NetAddress;
  readonly node: Node;
  readonly host: Host;
  readonly store: SqliteChainStore;
  readonly network: Network;
  readonly events: NodeEvent[] = [];
  readonly replies: Extract<Effect, { type: 'reply' }>[] = [];
  /** What it asked to be kept last. */
  neighbours: readonly NetAddress[] = [];
  /** Finds a block this long after it got a job; `undefined`: never. */
  findsAfterMs: number | undefined = 1;
  readonly #world: World;
  #job: MineJob | undefined;
  #commands = 0;

  constructor(world: World, network: Network, number: number, options: WorldNodeOptions) {
    this.#world = world;
    this.number = number;
    this.network = network;
    this.address = {
      host: options.host ?? `10.0.0.${String(number)}`,
      port: options.port ?? 6_000,
    };
    this.store = options.store ?? memoryStore(network);
    const seed = new Uint8Array(32).fill(number);
    const { trackers = [], neighbours = [], workMin = 0n, mining = {} } = options;
    this.node = new Node(
      {
        network,
        nodeKey: toHex(publicKeyOf(seed)) as NodeKey,
        agent: `test/${String(number)}`,
        listenPort: this.address.port,
        trackers,
        claimedHost: undefined,
        neighbours,
        workMin,
        mining: { ...RESTING, payTo: owner(number).address, ...mining },
      },
      {
        store: this.store,
        rng: seededRng(world.rng.below(2 ** 32)),
        entropy: testEntropy(world.rng),
        sign: (message) => sign(seed, message),
      },
    );
    this.host = world.add(this.address, this.node as Machine, (effect) => {
      this.#onEffect(effect as Effect);
    });
  }

  get tip(): string {
    return this.node.queries.tip.hash;
  }

  get height(): number {
    return this.node.queries.tip.height;
  }

  /** Sessions that are ready. */
  get peerCount(): number {
    return this.node.queries.peerCount;
  }

  /** Reasons for which it ended sessions. */
  get reasons(): readonly DisconnectReason[] {
    return this.host.reasons;
  }

  command(command: Command): void {
    this.host.input({ type: 'command', id: ++this.#commands, command });
  }

  connectTo(other: { readonly address: NetAddress }): void {
    this.command({ type: 'connect', address: other.address });
  }

  /** Gives it blocks as the operator would; it must take them. */
  give(blocks: readonly { readonly bytes: Uint8Array }[]): void {
    for (const { bytes } of blocks) {
      this.command({ type: 'submit-block', bytes });
      const reply = this.replies.at(-1);
      if (reply?.result.ok !== true) throw new Error(`not taken: ${JSON.stringify(reply)}`);
    }
  }

  /** Events of one type. */
  told<Type extends NodeEvent['type']>(type: Type): Extract<NodeEvent, { type: Type }>[] {
    return this.events.filter((event) => event.type === type) as never;
  }

  notices(): string[] {
    return this.told('notice').map(({ code }) => code);
  }

  /** The process ends as it should. */
  stop(): void {
    this.host.input({ type: 'stop' });
    this.#world.after(this.#world.latencyMs, () => {
      this.kill();
    });
  }

  /** The process ends without a word. */
  kill(): void {
    this.#world.remove(this.host);
  }

  #onEffect(effect: Effect): void {
    switch (effect.type) {
      case 'event':
        this.events.push(effect.event);
        return;
      case 'reply':
        this.replies.push(effect);
        return;
      case 'keep-neighbours':
        this.neighbours = effect.addresses;
        return;
      case 'verify': {
        const results = verifyBatch(this.network, effect.batch);
        this.#world.after(1, () => {
          this.host.input({ type: 'verified', results });
        });
        return;
      }
      case 'mine':
        this.#onJob(effect.job);
    }
  }

  #onJob(job: MineJob | undefined): void {
    this.#job = job;
    if (job === undefined || this.findsAfterMs === undefined) return;
    this.#world.after(this.findsAfterMs, () => {
      if (this.#job !== job) return;
      this.host.input({ type: 'mined', job: job.id, nonce: nonceFor(job) });
    });
  }
}

export const TRACKER_ADDRESS: NetAddress = { host: '10.0.0.250', port: 5_009 };

/** A real tracker, without a disk. */
export class WorldTracker {
  readonly tracker: Tracker;
  readonly host: Host;
  readonly address: NetAddress;
  readonly #world: World;

  constructor(world: World, networks: readonly Network[], address: NetAddress) {
    const seed = new Uint8Array(32).fill(250);
    this.#world = world;
    this.address = address;
    this.tracker = new Tracker(
      {
        networks: networks.map(({ id, paramsBytes }) => ({ id, params: paramsBytes })),
        intervalSeconds: 30,
        nodeKey: toHex(publicKeyOf(seed)) as NodeKey,
        listenPort: address.port,
        agent: 'test tracker',
      },
      {
        rng: seededRng(world.rng.below(2 ** 32)),
        entropy: testEntropy(world.rng),
        sign: (message) => sign(seed, message),
      },
    );
    this.host = world.add(address, this.tracker as Machine, () => undefined);
  }

  /** Node keys of the peers of the first network that it would hand out. */
  get liveCount(): number {
    return this.tracker.registry.countOf(0, 'live-private');
  }

  kill(): void {
    this.#world.remove(this.host);
  }
}

const RESTING = {
  tag: new Uint8Array(),
  mode: { type: 'off' },
  threads: 1,
  cpuPercent: 100,
} as const;

/** Repeatable, and so for tests only. */
export const testEntropy = (rng: Rng): Entropy =>
  ({ bytes: (length: number) => Uint8Array.from({ length }, () => rng.below(256)) }) as Entropy;

function nonceFor({ header, target }: MineJob): number {
  const bytes = header.slice();
  const view = new DataView(bytes.buffer);
  for (let nonce = 0; ; nonce++) {
    view.setUint32(76, nonce, true);
    if (hashValue(toHexReversed(sha256d(bytes)) as HashHex) <= target) return nonce;
  }
}

const pairOf = (a: Host, b: Host): string =>
  `${printNetAddress(a.address)} ${printNetAddress(b.address)}`;
