/** Real nodes in a `World`; their workers are played here. */

import { toHex } from '../../shared/bytes.js';
import type { Network } from '../../shared/consensus/genesis.js';
import type { Entropy } from '../../shared/entropy.js';
import { seededRng, type Rng } from '../../shared/rng.js';
import type { NodeKey } from '../../shared/units.js';
import type { ConnectionEffect } from '../../shared/wire/connection.js';
import type { DisconnectReason } from '../../shared/wire/disconnect.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import { OUTBOUND_WANTED } from '../../peer/net/connections.js';
import { Node, type NodeOptions } from '../../peer/node.js';
import type { ChainStore } from '../../peer/chain/store.js';
import type {
  Command,
  Effect,
  MineJob,
  NodeEvent,
  ProofAnswer,
  ProofQuestion,
} from '../../peer/types.js';
import { IN_MEMORY, openStore } from '../../peer/storage/openStore.js';
import { Answers } from './answers.js';
import type { Host, HostOptions, Machine } from './host.js';
import { simKey, simSigner } from './keys.js';
import { nonceOf } from './nonce.js';
import type { World } from './world.js';

export interface WorldNodeOptions {
  /** Gives key and address; another node of the same number is the same one, started again. */
  readonly number?: number;
  readonly host?: string;
  readonly port?: number;
  readonly trackers?: readonly NetAddress[];
  readonly neighbours?: readonly NetAddress[];
  /** One of a node that died, to go on with. */
  readonly store?: ChainStore;
  readonly outboundWanted?: number;
  readonly moveCostMax?: number;
  readonly coinChangesMax?: number;
  readonly blocksAtOnce?: number;
  readonly workMin?: bigint;
  readonly mining?: Partial<NodeOptions['mining']>;
  /** Checks signatures in place of threads of its own. */
  readonly answers?: Answers;
  /** What speaks for it, when that is not itself. */
  readonly mouth?: (node: Node) => Machine;
  /** Its clocks and what becomes of trouble, where they are not the world's. */
  readonly hosting?: Pick<Partial<HostOptions>, 'now' | 'onTrouble'>;
}

/** Puts a node of `network` into `world`, awake and listening at an address of its own. */
export function addNode(world: World, network: Network, options: WorldNodeOptions = {}): WorldNode {
  const number = options.number ?? world.nextNumber();
  const node = new WorldNode(world, network, number, options);
  node.host.schedule();
  return node;
}

/** Where the node of a number is. */
export const addressOfNode = (number: number): NetAddress => ({
  host: `10.0.${String(number >> 8)}.${String(number & 0xff)}`,
  port: 6_000,
});

/** A real node, with workers that are played here. */
export class WorldNode {
  readonly number: number;
  readonly address: NetAddress;
  readonly node: Node;
  readonly host: Host;
  readonly store: ChainStore;
  readonly network: Network;
  readonly events: NodeEvent[] = [];
  readonly replies: Extract<Effect, { type: 'reply' }>[] = [];
  /** What it asked to be kept last. */
  neighbours: readonly NetAddress[] = [];
  /** Finds a block this long after it got a job; `undefined`: never. */
  findsAfterMs: number | undefined | ((job: MineJob) => number) = 1;
  /** A block to find in place of that of the job, or `undefined`. */
  blockInstead: (() => Uint8Array | undefined) | undefined;
  /** Answers light peers; without it, it keeps no index. */
  prove: ((question: ProofQuestion) => ProofAnswer | undefined) | undefined;
  /** Called with what it tells, in place of `events`. */
  onEvent: ((event: NodeEvent) => void) | undefined;
  readonly #world: World;
  readonly #answers: Answers;
  #job: MineJob | undefined;
  #commands = 0;

  constructor(world: World, network: Network, number: number, options: WorldNodeOptions) {
    this.#world = world;
    this.number = number;
    this.network = network;
    this.#answers = options.answers ?? new Answers(network.idBytes);
    this.address = { ...addressOfNode(number), ...(options.host && { host: options.host }) };
    if (options.port !== undefined) this.address = { ...this.address, port: options.port };
    this.store = options.store ?? openStore(IN_MEMORY, network).store;
    const { key, address: payTo } = simKey(number);
    const { trackers = [], neighbours = [], workMin = 0n, mining = {} } = options;
    const { outboundWanted = OUTBOUND_WANTED } = options;
    this.node = new Node(
      {
        network,
        nodeKey: toHex(key) as NodeKey,
        agent: `test/${String(number)}`,
        listenPort: this.address.port,
        trackers,
        claimedHost: undefined,
        outboundWanted,
        ...(options.moveCostMax !== undefined && { moveCostMax: options.moveCostMax }),
        ...(options.coinChangesMax !== undefined && { coinChangesMax: options.coinChangesMax }),
        ...(options.blocksAtOnce !== undefined && { blocksAtOnce: options.blocksAtOnce }),
        neighbours,
        workMin,
        mining: { ...RESTING, payTo, ...mining },
      },
      {
        store: this.store,
        rng: seededRng(world.rng.below(2 ** 32)),
        entropy: testEntropy(world.rng),
        sign: simSigner(number),
      },
    );
    this.host = world.add({
      ...options.hosting,
      address: this.address,
      machine: options.mouth?.(this.node) ?? this.node,
      perform: (effect) => {
        this.#onEffect(effect as OwnEffect);
      },
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
    this.host.input({ type: 'commands', commands: [{ id: ++this.#commands, command }] });
  }

  connectTo(other: { readonly address: NetAddress }): void {
    this.command({ type: 'connect', address: other.address });
  }

  /** Gives it blocks as the operator would; it must take them. */
  give(blocks: readonly { readonly bytes: Uint8Array }[]): void {
    for (const { bytes } of blocks) {
      this.command({ type: 'submit-block', bytes });
      // What has signatures is answered when they are checked.
      const reply = this.replies.find(({ id }) => id === this.#commands);
      if (reply?.result.ok === false) throw new Error(`not taken: ${JSON.stringify(reply)}`);
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

  #onEffect(effect: OwnEffect): void {
    switch (effect.type) {
      case 'event':
        if (this.onEvent === undefined) this.events.push(effect.event);
        else this.onEvent(effect.event);
        return;
      case 'reply':
        this.replies.push(effect);
        return;
      case 'keep-neighbours':
        this.neighbours = effect.addresses;
        return;
      case 'verify': {
        const results = this.#answers.to(effect.batch);
        this.#world.after(1, () => {
          this.host.input({ type: 'verified', results });
        });
        return;
      }
      case 'prove': {
        const { id } = effect;
        const answer = this.prove?.(effect.question);
        this.#world.after(1, () => {
          this.host.input({ type: 'proven', id, answer });
        });
        return;
      }
      case 'mine':
        this.#onJob(effect.job);
    }
  }

  #onJob(job: MineJob | undefined): void {
    this.#job = job;
    const { findsAfterMs } = this;
    if (job === undefined || findsAfterMs === undefined) return;
    const delayMs = typeof findsAfterMs === 'number' ? findsAfterMs : findsAfterMs(job);
    this.#world.after(delayMs, () => {
      if (this.#job !== job) return;
      const bytes = this.blockInstead?.();
      if (bytes !== undefined) {
        this.command({ type: 'submit-block', bytes });
        return;
      }
      const nonce = nonceOf(job.header, job.target);
      this.host.input({ type: 'mined', job: job.id, nonce });
    });
  }
}

/** What is not for the sockets. */
type OwnEffect = Exclude<Effect, ConnectionEffect>;

const RESTING = {
  tag: new Uint8Array(),
  mode: { type: 'off' },
  threads: 1,
  cpuPercent: 100,
} as const;

/** Repeatable, and so for tests only. */
export const testEntropy = (rng: Rng): Entropy =>
  ({ bytes: (length: number) => Uint8Array.from({ length }, () => rng.below(256)) }) as Entropy;
