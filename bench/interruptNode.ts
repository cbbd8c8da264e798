/**
 * `node interruptNode.js tips BUSY WARM-UP`, or `bytes`: prints, as JSON, how many ms the workers
 * of a node needed for each of its samples, from its new tip or from the block's bytes on.
 *
 * BUSY: for how many ms the main thread works in one go; it rests as long, unless it is 0.
 * WARM-UP: blocks before the samples, almost without a rest; the first of them starts the workers.
 *
 * It is a real node with sockets, threads and a store in memory, so that we can look at the
 * workers. Their targets are out of reach, so that they hash all the time.
 */

import { signerOf } from '#crypto';
import type { Network } from '../shared/consensus/genesis.js';
import { systemClock } from '../shared/io/clock.js';
import { Driver } from '../shared/io/driver.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import { SOCKET_LIMITS, Sockets } from '../shared/io/tcp.js';
import { seededRng } from '../shared/rng.js';
import type { ConnectionInput } from '../shared/wire/connection.js';
import { Node } from '../peer/node.js';
import { IN_MEMORY, openStore } from '../peer/storage/openStore.js';
import type { Effect, Input } from '../peer/types.js';
import { HashPool } from '../peer/workers/hashPool.js';
import { DEFAULT_KERNEL } from '../peer/workers/kernel/kernels.js';
import { owner } from '../test/support/blocks.js';
import { benchBlocks, benchNetwork } from './chains.js';
import { benchNodeOptions } from './nodeOptions.js';
import { monoMs, spawnPeer, temporaryDirectory, until, type PeerProcess } from './processes.js';

const SAMPLES = 400;
const THREADS = 2;
const LOOK_EVERY_MS = 5;
/** Between two blocks of which the second is a sample. */
const REST_MS = 20;

const rest = (ms = REST_MS): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const planOf = (blockCount: number) => ({ blockCount, transactionCount: 0 });

interface TipsOptions {
  /** Our main thread works so long, rests so long, and so on. */
  readonly busyMs: number;
  /** Blocks before the samples, almost without a rest; the first of them starts the workers. */
  readonly warmUp: number;
}

async function fromTips({ busyMs, warmUp }: TipsOptions): Promise<readonly number[]> {
  const plan = planOf(warmUp + SAMPLES);
  const network = benchNetwork(plan);
  const blocks = [...benchBlocks(network, plan)];
  const watched = new WatchedNode(network);
  let load: Load | undefined;
  for (const [i, { bytes }] of blocks.entries()) {
    if (i === warmUp) load = new Load(busyMs);
    await rest(i < warmUp ? 0 : REST_MS);
    watched.submit(bytes);
    watched.watch();
    await until('workers', () => (watched.fromTipMs.length > i ? true : undefined));
  }
  load?.stop();
  await watched.close();
  return watched.fromTipMs.slice(warmUp);
}

async function fromBytes(): Promise<readonly number[]> {
  const network = benchNetwork(planOf(SAMPLES));
  const directory = temporaryDirectory();
  const other = await spawnPeer({ network, directory: directory.path });
  const watched = new WatchedNode(network);
  await until('the other peer', () => other.get('/api/status'));
  watched.connect(other);
  await until('a session', () => (watched.isConnected ? true : undefined));
  for (let count = 1; count <= SAMPLES; count++) {
    await rest();
    await other.post('/api/mining/generate', { count: 1 });
    await until('workers', () => (watched.fromTipMs.length >= count ? true : undefined));
  }
  await Promise.all([watched.close(), other.stop()]);
  directory.remove();
  return watched.fromBytesMs;
}

/** Keeps the main thread half busy. */
class Load {
  readonly #busyMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(busyMs: number) {
    this.#busyMs = busyMs;
    if (busyMs > 0) this.#rest();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #rest(): void {
    this.#timer = setTimeout(this.#work, this.#busyMs);
  }

  readonly #work = (): void => {
    const begin = monoMs();
    while (monoMs() - begin < this.#busyMs);
    this.#rest();
  };
}

class WatchedNode {
  readonly fromBytesMs: number[] = [];
  readonly fromTipMs: number[] = [];
  readonly #node: Node;
  readonly #pool: HashPool;
  readonly #sockets: Sockets;
  readonly #driver: Driver<Input, Effect>;
  /** When the last bytes came, and when the step that took them was committed. */
  #receivedMono = 0;
  #committedMono = 0;

  constructor(network: Network) {
    const { seed, address } = owner(7);
    this.#pool = new HashPool(DEFAULT_KERNEL, {
      onFound: () => {
        throw new Error('no hash is that small');
      },
      onExhausted: () => undefined,
      onHashes: (count) => {
        this.#driver.input({ type: 'hashed', count });
      },
      onTrouble: (sentence) => {
        throw new Error(sentence);
      },
    });
    this.#sockets = new Sockets(SOCKET_LIMITS, (input) => {
      this.#onSocket(input);
    });
    const options = benchNodeOptions(network, seed, {
      payTo: address,
      tag: new Uint8Array(0),
      mode: { type: 'continuous' },
      threads: THREADS,
      cpuPercent: 100,
    });
    const { store } = openStore(IN_MEMORY, network);
    const rng = seededRng(1);
    this.#node = new Node(options, { store, rng, entropy: systemEntropy, sign: signerOf(seed) });
    this.#driver = new Driver<Input, Effect>(this.#node, {
      clock: systemClock,
      performConnection: (effect) => {
        this.#sockets.perform(effect);
      },
      perform: (effect) => {
        if (effect.type === 'mine' && effect.job !== undefined) {
          this.#committedMono = monoMs();
          this.#pool.set({ ...effect.job, target: 0n, threads: THREADS });
        }
      },
      onTrouble: (error) => {
        throw error;
      },
    });
    this.#driver.start();
  }

  get isConnected(): boolean {
    return this.#node.queries.peerCount > 0;
  }

  connect(other: PeerProcess): void {
    const address = { host: '127.0.0.1', port: other.tcpPort };
    const command = { type: 'connect', address } as const;
    this.#driver.input({ type: 'commands', commands: [{ id: 0, command }] });
  }

  submit(bytes: Uint8Array): void {
    const command = { type: 'submit-block', bytes } as const;
    this.#driver.input({ type: 'commands', commands: [{ id: 0, command }] });
  }

  /** Notes, when it was, how long the workers needed for the last block. */
  watch(): void {
    this.#watch(0, this.#committedMono);
  }

  async close(): Promise<void> {
    this.#driver.close();
    await Promise.all([this.#sockets.close(), this.#pool.close()]);
  }

  /** The job of a new tip is the first thing that comes out of its step. */
  #onSocket(input: ConnectionInput): void {
    const before = this.#node.queries.tip;
    if (input.type === 'received') this.#receivedMono = monoMs();
    this.#driver.input(input);
    if (this.#node.queries.tip !== before) this.#watch(this.#receivedMono, this.#committedMono);
  }

  /** Looks now and then until all workers are on the new job; they noted since when. */
  #watch(receivedMono: number, tipMono: number): void {
    if (this.#pool.isUpToDate) {
      const seenMono = Number(this.#pool.seenAt) / 1e6;
      this.fromBytesMs.push(seenMono - receivedMono);
      this.fromTipMs.push(seenMono - tipMono);
    } else {
      setTimeout(() => {
        this.#watch(receivedMono, tipMono);
      }, LOOK_EVERY_MS);
    }
  }
}

const [what, ...numbers] = process.argv.slice(2);
const [busyMs = 0, warmUp = 0] = numbers.map(Number);
console.log(JSON.stringify(await (what === 'tips' ? fromTips({ busyMs, warmUp }) : fromBytes())));
