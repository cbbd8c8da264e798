/**
 * The shell of a node: performs its effects on sockets, threads, disk and log, and brings their
 * inputs.
 */

import { signerOf } from '#crypto';
import { assertNever } from '../shared/assert.js';
import type { Network } from '../shared/consensus/genesis.js';
import { systemClock } from '../shared/io/clock.js';
import { Driver } from '../shared/io/driver.js';
import { collectGarbage } from '../shared/io/garbage.js';
import type { ListenAddress } from '../shared/io/listen.js';
import type { Logger } from '../shared/io/logger.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import { SOCKET_LIMITS, Sockets } from '../shared/io/tcp.js';
import { fail, type Result } from '../shared/result.js';
import { seededRng } from '../shared/rng.js';
import type { ConnectionEffect } from '../shared/wire/connection.js';
import type { NetAddress } from '../shared/wire/netAddress.js';
import { CommandDesk } from './commandDesk.js';
import { Node, type NodeOptions } from './node.js';
import { NodeLog } from './nodeLog.js';
import type { Queries } from './queries.js';
import type { OpenStore } from './storage/openStore.js';
import type {
  Command,
  CommandProblem,
  Effect,
  HashingFigures,
  Input,
  NodeEvent,
  ProofAnswer,
  ProofQuestion,
  Reply,
} from './types.js';
import { HashPool } from './workers/hashPool.js';
import type { KernelName } from './workers/kernel/kernel.js';
import { SignaturePool } from './workers/signaturePool.js';

export interface NodeShellOptions {
  /** `listenPort` and `neighbours` are found here. */
  readonly node: Omit<NodeOptions, 'listenPort' | 'neighbours'>;
  readonly listen: ListenAddress;
  /** The port to tell others, where it is not the one that is listened on. */
  readonly advertisedPort: number | undefined;
  /** 32 bytes, the seed of the node key. */
  readonly seed: Uint8Array;
  /** With which it hashes. */
  readonly kernel: KernelName;
}

export interface NodeShellDependencies {
  readonly opened: OpenStore;
  readonly logger: Logger;
  /** Trouble or a bug: the node gets no further input, and the program must end. */
  readonly onTrouble: (error: unknown) => void;
  /** Hears what the node tells, after its log. */
  readonly onEvent?: (event: NodeEvent) => void;
  /** Answers light peers; `undefined`: there is no index that can be read. */
  readonly prove?: (question: ProofQuestion) => Promise<ProofAnswer | undefined>;
}

export class NodeShell {
  readonly queries: Queries;
  /** Where others reach it. */
  readonly tcp: NetAddress;
  readonly #driver: Driver<Input, Effect>;
  readonly #sockets: Sockets;
  readonly #pools: Pools;
  readonly #desk: Desk;
  readonly #log: NodeLog;
  /** It was told of a long sync, and not of its end. */
  #isSyncing = false;

  private constructor(tcp: NetAddress, sockets: Sockets, node: Node, parts: Parts) {
    const { dependencies } = parts;
    this.queries = node.queries;
    this.tcp = tcp;
    this.#sockets = sockets;
    this.#log = new NodeLog(dependencies.logger);
    this.#pools = new Pools(parts, (input) => {
      this.#driver.input(input);
    });
    this.#desk = new CommandDesk((input) => {
      this.#driver.input(input);
    });
    this.#driver = new Driver<Input, Effect>(node, {
      clock: systemClock,
      performConnection: (effect) => {
        sockets.perform(effect);
      },
      perform: (effect) => {
        this.#perform(effect, dependencies);
      },
      onTrouble: dependencies.onTrouble,
    });
  }

  /** Opens the chain and listens; nothing is dialed before `start`. Throws `Trouble`. */
  static async open(
    options: NodeShellOptions,
    dependencies: NodeShellDependencies,
  ): Promise<NodeShell> {
    let shell: NodeShell | undefined;
    const sockets = new Sockets(SOCKET_LIMITS, (input) => shell?.input(input));
    const tcp = await sockets.listen(options.listen.host, options.listen.port);
    try {
      const node = openNode(options, tcp, dependencies);
      const { kernel } = options;
      const { network } = options.node;
      shell = new NodeShell(tcp, sockets, node, { network, kernel, dependencies });
      return shell;
    } catch (error) {
      await sockets.close();
      throw error;
    }
  }

  /** Hands a write of the API to the node. */
  get command(): Desk['command'] {
    return this.#desk.command;
  }

  /** What its threads hashed. */
  get hashing(): HashingFigures {
    return this.#pools.hash.figures();
  }

  input(input: Input): void {
    this.#driver.input(input);
  }

  /** Begins to dial, to sync, to mine. */
  start(): void {
    this.#driver.start();
  }

  /** Takes no input any more: says good-bye to everybody, and answers all commands. */
  stop(): void {
    this.#driver.input({ type: 'stop' });
    this.#driver.close();
    this.#desk.close(fail({ code: 'stopping' }));
  }

  /** Stops, and ends all threads and connections. */
  async close(): Promise<void> {
    this.stop();
    await Promise.all([this.#sockets.close(), this.#pools.close()]);
  }

  async #prove(
    id: number,
    question: ProofQuestion,
    { prove, onTrouble }: NodeShellDependencies,
  ): Promise<void> {
    try {
      this.#driver.input({ type: 'proven', id, answer: await prove?.(question) });
    } catch (error) {
      onTrouble(error);
    }
  }

  #onEvent(event: NodeEvent): void {
    this.#log.onEvent(event);
    if (event.type === 'syncing') this.#isSyncing = true;
    if (event.type !== 'synced' || !this.#isSyncing) return;
    this.#isSyncing = false;
    setImmediate(collectGarbage);
  }

  #perform(effect: Exclude<Effect, ConnectionEffect>, parts: NodeShellDependencies): void {
    switch (effect.type) {
      case 'mine':
        this.#pools.hash.set(effect.job);
        return;
      case 'verify':
        this.#pools.signatures.verify(effect.batch);
        return;
      case 'reply':
        this.#desk.onReply(effect);
        return;
      case 'event':
        this.#onEvent(effect.event);
        parts.onEvent?.(effect.event);
        return;
      case 'prove':
        void this.#prove(effect.id, effect.question, parts);
        return;
      case 'keep-neighbours':
        parts.opened.neighbours.replace(effect.addresses);
        return;
      default:
        assertNever(effect);
    }
  }
}

type Desk = CommandDesk<Command, Result<Reply, CommandProblem>>;

interface Parts {
  readonly network: Network;
  readonly kernel: KernelName;
  readonly dependencies: NodeShellDependencies;
}

/** The threads of a node; both pools start none before there is work. */
class Pools {
  readonly hash: HashPool;
  readonly signatures: SignaturePool;

  constructor({ network, kernel, dependencies }: Parts, input: (input: Input) => void) {
    const { logger } = dependencies;
    const onTrouble = (sentence: string): void => {
      logger.error('a thread died', { sentence });
    };
    this.hash = new HashPool(kernel, {
      onFound: (job, nonce) => {
        const foundMono = Number(process.hrtime.bigint()) / 1e6;
        input({ type: 'mined', job, nonce });
        logger.debug('found a nonce', { job, foundMono });
      },
      onExhausted: (job) => {
        input({ type: 'nonces-used-up', job });
      },
      onHashes: (count) => {
        input({ type: 'hashed', count });
      },
      onTrouble,
    });
    this.signatures = new SignaturePool({
      networkId: network.idBytes,
      onVerified: (results) => {
        input({ type: 'verified', results });
      },
      onTrouble,
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.hash.close(), this.signatures.close()]);
  }
}

/** On demand: some milliseconds of work, after which others have their turn. */
const BLOCKS_AT_ONCE = 32;

function openNode(
  { node, advertisedPort, seed }: NodeShellOptions,
  tcp: NetAddress,
  { opened }: NodeShellDependencies,
): Node {
  const [rngSeed = 0] = new Uint32Array(systemEntropy.bytes(4).buffer);
  const neighbours = opened.neighbours.read();
  return new Node(
    { ...node, listenPort: advertisedPort ?? tcp.port, neighbours, blocksAtOnce: BLOCKS_AT_ONCE },
    {
      store: opened.store,
      rng: seededRng(rngSeed),
      entropy: systemEntropy,
      sign: signerOf(seed),
    },
  );
}
