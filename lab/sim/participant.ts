/**
 * Somebody who takes part in a simulated network: a computer with a disk, a clock and hash power,
 * and a node that runs on it most of the time.
 */

import type { Network } from '../../shared/consensus/genesis.js';
import { encodeHeader } from '../../shared/consensus/header.js';
import { workOf } from '../../shared/consensus/work.js';
import { Trouble } from '../../shared/io/trouble.js';
import type { MonoMs, Now, UnixSeconds } from '../../shared/units.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import { pointOf } from '../../peer/chain/headerEntry.js';
import { EXTRA_NONCE_BYTES, makeTemplate, solved } from '../../peer/mining/template.js';
import type { MineJob, NodeEvent } from '../../peer/types.js';
import type { Answers } from './answers.js';
import { Broken } from './broken.js';
import { Disk } from './disk.js';
import { simKey } from './keys.js';
import { nonceOf } from './nonce.js';
import type { Purse } from './purse.js';
import type { World } from './world.js';
import { addNode, addressOfNode, type WorldNode } from './worldNode.js';

export interface ParticipantOptions {
  readonly network: Network;
  readonly trackers: readonly NetAddress[];
  /** Hashes a second; 0: does not mine. */
  readonly hashesPerSecond: number;
  readonly outboundWanted: number;
  /** Checks the signatures of all. */
  readonly answers?: Answers;
  /** Coins of all, to pay with. */
  readonly purse?: Purse;
  /** One of so many blocks holds payments. */
  readonly payingOneIn?: number;
  /** The program runs on its disk again. */
  readonly onStarted?: (participant: Participant) => void;
  readonly onEvent: (participant: Participant, event: NodeEvent) => void;
}

/** Four blocks a step: a reorganisation takes many, and things happen in the middle of it. */
const MOVE_COST_MAX = 64;
/** Coins that wait in memory during a move: so few that some are written in the middle of it. */
const COIN_CHANGES_MAX = 4;
/** A supervisor starts a program that ended by itself again. */
const START_AGAIN_MS = 5_000;

export class Participant {
  readonly number: number;
  readonly disk: Disk;
  /** How far its wall clock is ahead. */
  skewSeconds = 0;
  /** Whether its hash power is at work. */
  isMining = true;
  /** Codes of the trouble in which programs ended by themselves, and starts were refused. */
  readonly troubles: string[] = [];
  /** Of its disk: another one after it went back or began anew. */
  generation = 0;
  readonly #world: World;
  readonly #options: ParticipantOptions;
  #node: WorldNode | undefined;
  #neighbours: readonly NetAddress[] = [];
  /** The world's time at which its monotonic clock began. */
  #poweredOnMs: number;

  constructor(world: World, options: ParticipantOptions) {
    this.#world = world;
    this.#options = options;
    this.number = world.nextNumber();
    this.disk = new Disk(options.network);
    this.#poweredOnMs = world.ms;
  }

  /** The node, while it runs. */
  get node(): WorldNode | undefined {
    return this.#node;
  }

  get address(): NetAddress {
    return addressOfNode(this.number);
  }

  get hashesPerSecond(): number {
    return this.#options.hashesPerSecond;
  }

  /** Starts the program, if it does not run; `failsAtWrite`: see `Disk.open`. */
  start(failsAtWrite?: number): void {
    if (this.#node !== undefined) return;
    try {
      this.#node = this.#run(failsAtWrite);
    } catch (error) {
      this.#mend(error);
      this.#node = this.#run(undefined);
    }
    this.#options.onStarted?.(this);
  }

  /** The program stops as it should. */
  stop(): void {
    this.#node?.host.input({ type: 'stop' });
    this.kill();
  }

  /** `kill -9`. */
  kill(): void {
    this.#end(false);
  }

  /** The computer goes off. */
  losePower(): void {
    this.#end(true);
    this.disk.losePower();
    this.generation++;
    this.#poweredOnMs = this.#world.ms;
  }

  /** Another takes its place, with an empty disk, who knows nobody. */
  beginAnew(): void {
    this.kill();
    this.#neighbours = [];
    this.#wipe();
  }

  /** As the sentence of the trouble says; a program that finds damage must have met some. */
  #mend(error: unknown): void {
    if (!(error instanceof Trouble)) throw error;
    this.troubles.push(error.code);
    if (error.code !== 'chain-damaged') return;
    if (!this.disk.isDamaged) {
      throw new Broken(
        `node ${String(this.number)} takes a whole disk for damaged: ${error.message}`,
      );
    }
    this.#wipe();
  }

  #wipe(): void {
    this.generation++;
    this.disk.wipe();
  }

  #end(isGone: boolean): void {
    const node = this.#node;
    if (node === undefined) return;
    this.#node = undefined;
    this.#neighbours = node.neighbours.length > 0 ? node.neighbours : this.#neighbours;
    this.#world.remove(node.host, isGone);
  }

  #run(failsAtWrite: number | undefined): WorldNode {
    const { network, trackers, hashesPerSecond, outboundWanted, onEvent } = this.#options;
    const { answers } = this.#options;
    const node = addNode(this.#world, network, {
      number: this.number,
      store: this.disk.open(failsAtWrite),
      trackers,
      outboundWanted,
      moveCostMax: MOVE_COST_MAX,
      coinChangesMax: COIN_CHANGES_MAX,
      neighbours: this.#neighbours,
      ...(answers !== undefined && { answers }),
      mining: hashesPerSecond > 0 ? { mode: { type: 'continuous' } } : {},
      hosting: {
        now: () => this.#now(),
        onTrouble: (error) => {
          this.#onTrouble(error);
        },
      },
    });
    node.findsAfterMs = (job) => this.#msToFind(job);
    node.blockInstead = () => this.#blockWithPayments();
    node.onEvent = (event) => {
      onEvent(this, event);
    };
    return node;
  }

  /** None inside a move, when the coins are those of a block on the way. */
  #blockWithPayments(): Uint8Array | undefined {
    const { purse, network, payingOneIn = 1 } = this.#options;
    const node = this.#node?.node;
    const { rng } = this.#world;
    if (purse === undefined || node === undefined || rng.below(payingOneIn) > 0) return undefined;
    if (this.disk.look().chain.state()?.target !== undefined) return undefined;
    const { tip } = node.queries;
    const payments = purse.payments(tip.height + 1, (outpoint) => node.queries.coin(outpoint));
    const extraNonce = Uint8Array.from({ length: EXTRA_NONCE_BYTES }, () => rng.below(256));
    const { address: payTo } = simKey(this.number);
    const contents = { payTo, tag: new Uint8Array(0), extraNonce, ...payments };
    const on = { hash: tip.hash, point: pointOf(tip) };
    const template = makeTemplate(network.params, on, contents, this.#now().unix);
    const [coinbase] = template.transactions;
    if (coinbase !== undefined) purse.onPaid(coinbase, [this.number]);
    return solved(template, nonceOf(encodeHeader(template.header), template.target)).bytes;
  }

  #onTrouble(error: unknown): void {
    this.kill();
    this.#mend(error);
    this.#world.after(START_AGAIN_MS, () => {
      this.start();
    });
  }

  #now(): Now {
    const { ms, now } = this.#world;
    return {
      mono: (ms - this.#poweredOnMs) as MonoMs,
      unix: (now.unix + this.skewSeconds) as UnixSeconds,
    };
  }

  /** Drawn anew for each job: finding has no memory. */
  #msToFind({ target }: MineJob): number {
    if (!this.isMining) return LONG_MS;
    const meanMs = (Number(workOf(target)) / this.#options.hashesPerSecond) * 1_000;
    return -Math.log(1 - this.#world.rng.float()) * meanMs;
  }
}

/** As good as never. */
const LONG_MS = 1e12;
