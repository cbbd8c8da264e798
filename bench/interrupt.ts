/**
 * The bytes of an announced block arrive → all workers hash on top of it. A real peer mines beside
 * us; this process runs a real node with sockets, threads and a store in memory, so that it can
 * look at the workers.
 */

import { sign } from '#crypto';
import { networkOf, type Network } from '../shared/consensus/genesis.js';
import { bitsOf } from '../shared/consensus/work.js';
import { systemClock } from '../shared/io/clock.js';
import { Driver } from '../shared/io/driver.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import { SOCKET_LIMITS, Sockets } from '../shared/io/tcp.js';
import { seededRng } from '../shared/rng.js';
import type { UnixSeconds } from '../shared/units.js';
import type { ConnectionInput } from '../shared/wire/connection.js';
import { Node } from '../peer/node.js';
import { IN_MEMORY, openStore } from '../peer/storage/openStore.js';
import type { Effect, Input } from '../peer/types.js';
import { HashPool } from '../peer/workers/hashPool.js';
import { DEFAULT_KERNEL } from '../peer/workers/kernel/kernels.js';
import { makeNetwork, owner } from '../test/support/blocks.js';
import { benchNodeOptions } from './nodeOptions.js';
import { monoMs, spawnPeer, temporaryDirectory, until, type PeerProcess } from './processes.js';
import { median, percentile, type Figure } from './report.js';

const SAMPLES = 100;
/** So that one thread at half speed finds a few blocks a second. */
const EXPECTED_HASHES = 2n ** 17n;
const THREADS = 2;
const CPU_PERCENT = 50;
const LOOK_EVERY_MS = 5;

/** With an idle main thread, and with one that is half busy. */
export async function interrupt(): Promise<Figure[]> {
  const idle = await measure(0);
  const busy = await measure(BUSY_MS);
  const figure = (metric: string, value: number, goal: string): Figure => ({
    ...{ metric, value, goal, unit: 'ms' },
  });
  return [
    figure('bytes-to-workers-median', median(idle.samplesMs), '≤ 1'),
    figure('bytes-to-workers-p99', percentile(idle.samplesMs, 0.99), '≤ 3'),
    figure('of-it-bytes-to-job-median', median(idle.bytesToJobMs), '≤ 0.5'),
    figure('of-it-job-to-workers-mean', idle.jobToWorkersMs, '≤ 0.5'),
    figure('half-busy-median', median(busy.samplesMs), '≤ 3'),
    figure('half-busy-p99', percentile(busy.samplesMs, 0.99), '≤ 10'),
  ];
}

interface Measured {
  /** Of each new tip. */
  readonly samplesMs: readonly number[];
  /** The part of the main thread in it. */
  readonly bytesToJobMs: readonly number[];
  /** The part of the threads, of all jobs. */
  readonly jobToWorkersMs: number;
}

/** `busyMs`: our main thread works so long, rests so long, and so on. */
async function measure(busyMs: number): Promise<Measured> {
  const network = harderNetwork();
  const directory = temporaryDirectory();
  const flags = ['--mine', '--threads', '1', '--cpu', String(CPU_PERCENT)];
  const other = await spawnPeer({ network, directory: directory.path, flags });
  const watched = new WatchedNode(network);
  await until('the other peer', () => other.get('/api/status'));
  watched.connect(other);
  const load = new Load(busyMs, watched);
  await until('enough blocks', () => (watched.samplesMs.length >= SAMPLES ? true : undefined));
  load.stop();
  await Promise.all([watched.close(), other.stop()]);
  directory.remove();
  const { samplesMs, bytesToJobMs, jobToWorkersMs } = watched;
  return { samplesMs, bytesToJobMs, jobToWorkersMs };
}

/** As long as a part of a long sync or of a large block keeps the thread. */
const BUSY_MS = 2;

class Load {
  readonly #busyMs: number;
  readonly #node: WatchedNode;
  #timer: NodeJS.Timeout | undefined;

  constructor(busyMs: number, node: WatchedNode) {
    this.#busyMs = busyMs;
    this.#node = node;
    if (busyMs > 0) this.#rest();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #rest(): void {
    this.#timer = setTimeout(this.#work, this.#busyMs);
  }

  /** What arrives meanwhile is seen after it, and counts from its begin on: the worst case. */
  readonly #work = (): void => {
    const begin = monoMs();
    while (monoMs() - begin < this.#busyMs);
    this.#node.onBusy(begin);
    this.#rest();
  };
}

function harderNetwork(): Network {
  const genesisBits = bitsOf(2n ** 256n / EXPECTED_HASHES);
  const time = (Math.floor(Date.now() / 1000) - 1000) as UnixSeconds;
  return networkOf({ ...makeNetwork({ time }).params, genesisBits });
}

class WatchedNode {
  readonly samplesMs: number[] = [];
  readonly #node: Node;
  readonly #pool: HashPool;
  readonly #sockets: Sockets;
  readonly #driver: Driver<Input, Effect>;
  /** The part of the main thread in `samplesMs`. */
  readonly bytesToJobMs: number[] = [];
  #receivedMono = 0;
  #jobMono = 0;
  /** When the work began after which sockets are read now. */
  #busySince: number | undefined;

  constructor(network: Network) {
    const { seed, address } = owner(7);
    this.#pool = new HashPool(DEFAULT_KERNEL, {
      onFound: (job, nonce) => {
        this.#driver.input({ type: 'mined', job, nonce });
      },
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
      cpuPercent: CPU_PERCENT,
    });
    const { store } = openStore(IN_MEMORY, network);
    const rng = seededRng(1);
    const signHere = (message: Uint8Array): Uint8Array => sign(seed, message);
    this.#node = new Node(options, { store, rng, entropy: systemEntropy, sign: signHere });
    this.#driver = new Driver<Input, Effect>(this.#node, {
      clock: systemClock,
      performConnection: (effect) => {
        this.#sockets.perform(effect);
      },
      perform: (effect) => {
        if (effect.type !== 'mine') return;
        this.#pool.set(effect.job);
        this.#jobMono = monoMs();
      },
      onTrouble: (error) => {
        throw error;
      },
    });
    this.#driver.start();
  }

  connect(other: PeerProcess): void {
    const address = { host: '127.0.0.1', port: other.tcpPort };
    const command = { type: 'connect', address } as const;
    this.#driver.input({ type: 'commands', commands: [{ id: 0, command }] });
  }

  get jobToWorkersMs(): number {
    const { sumSeconds, count } = this.#pool.figures().interrupts;
    return (sumSeconds / count) * 1_000;
  }

  /** Sockets are read next. */
  onBusy(since: number): void {
    this.#busySince = since;
    setImmediate(() => {
      this.#busySince = undefined;
    });
  }

  async close(): Promise<void> {
    this.#driver.close();
    await Promise.all([this.#sockets.close(), this.#pool.close()]);
  }

  #onSocket(input: ConnectionInput): void {
    const before = this.#node.queries.tip;
    if (input.type === 'received') this.#receivedMono = this.#busySince ?? monoMs();
    this.#driver.input(input);
    if (input.type === 'received' && this.#node.queries.tip !== before) {
      this.bytesToJobMs.push(this.#jobMono - this.#receivedMono);
      this.#watch(this.#receivedMono);
    }
  }

  /** Looks now and then until all workers are on the new job; they noted since when. */
  #watch(begin: number): void {
    if (this.#pool.isUpToDate) this.samplesMs.push(Number(this.#pool.seenAt) / 1e6 - begin);
    else
      setTimeout(() => {
        this.#watch(begin);
      }, LOOK_EVERY_MS);
  }
}
