/**
 * One run: a network of real nodes and a real tracker, first with faults, then without. A property
 * that does not hold ends it; the seed gives the same run again.
 */

import { bitsOf } from '../../shared/consensus/work.js';
import { networkOf, type Network } from '../../shared/consensus/genesis.js';
import { template } from '../../shared/consensus/templates.js';
import type { UnixSeconds } from '../../shared/units.js';
import { Answers } from './answers.js';
import { Broken } from './broken.js';
import { Checker, nameOf } from './checker.js';
import { FAULT_LEVELS, Faults, type FaultLevel, type TrackerPlace } from './faults.js';
import { Liars } from './liars.js';
import { Participant } from './participant.js';
import { Purse } from './purse.js';
import { Sometimes } from './sometimes.js';
import { Trace } from './trace.js';
import { World } from './world.js';
import {
  addTracker,
  registryInMemory,
  TRACKER_ADDRESS,
  type WorldTracker,
} from './worldTracker.js';

export interface ScenarioOptions {
  /** 0 to 2^32 − 1. */
  readonly seed: number;
  readonly nodes: number;
  /** Of virtual time with faults; the time without them comes on top. */
  readonly hours: number;
  readonly faults: FaultLevel;
  /** Called before anything happens, for what no fault does. */
  readonly onBegin?: (scene: Scene) => void;
}

export interface Scene {
  readonly world: World;
  readonly participants: readonly Participant[];
}

export interface Verdict {
  /** What did not hold, and when; `undefined`: all held. */
  readonly failure: string | undefined;
  /** Of all inputs of all machines, in hex. */
  readonly digest: string;
  readonly inputCount: number;
  readonly height: number;
  readonly sometimes: Sometimes;
}

/** How far a run is, in its virtual time. */
export interface Progress {
  readonly hours: number;
  readonly heights: readonly number[];
}

/** All machines together: one block in ten seconds is 40 hashes, so that it is found at once. */
const HASHES_PER_SECOND = 4;
const TARGET_INTERVAL_S = 10;
const MINERS_MAX = 4;
/** Each renews its work every second: where nothing goes wrong, two of them fork enough. */
const CALM_MINERS_MAX = 2;
/** One hostile node beside so many honest ones, when things go wrong at all. */
const NODES_A_LIAR = 6;
/** Outbound sessions of each node; it would want eight, and thousands of nodes would, too … */
const OUTBOUND = 3;
/** … and of each where nobody goes and no line fails: with two at random all are connected. */
const CALM_OUTBOUND = 2;
/** Of a connection, one way: from here … */
const LATENCY_MS = 20;
/** … to so much more. */
const SPREAD_MS = 80;
/** Share of what is sent that arrives in pieces. */
const CUT_SHARE = 1 / 16;
/**
 * Of announces; what they repeat shows nothing new, and costs many handshakes. With the jitter of
 * both sides, 21 %, it stays below the time after which all have equal work …
 */
const TRACKER_INTERVAL_S = 450;
/** … least of all where nobody goes and comes. */
const CALM_TRACKER_INTERVAL_S = 3_600;
/** Of so many blocks one holds payments … */
const PAYING_ONE_IN = 6;
/** … and of so many where hardly any of them is taken back. */
const CALM_PAYING_ONE_IN = 40;
/** Blocks until a coinbase may be spent. */
const MATURITY = 5;
const START_UNIX = 1_800_000_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LOOK_MS = 15 * MINUTE_MS;
/** The chain of one after the other is verified every eight hours, that of all at the end. */
const LOOKS_A_RECOUNT = 32;
/** Without faults, all have the same work after so long: the dials of who was given up for long. */
const EQUAL_WORK_MS = 10 * MINUTE_MS;

export function runScenario(
  options: ScenarioOptions,
  onProgress: (progress: Progress) => void = () => undefined,
): Verdict {
  const scenario = new Scenario(options);
  let failure: string | undefined;
  try {
    scenario.run(onProgress);
  } catch (error) {
    failure = `after ${hours(scenario.world.ms)} h: ${describe(error)}`;
  }
  const { trace, sometimes, participants } = scenario;
  const height = Math.max(0, ...participants.map(({ node }) => node?.height ?? 0));
  return { failure, digest: trace.digest(), inputCount: trace.inputCount, height, sometimes };
}

class Scenario implements Scene {
  readonly world: World;
  readonly trace: Trace;
  readonly sometimes = new Sometimes();
  readonly participants: readonly Participant[];
  readonly #options: ScenarioOptions;
  readonly #checker: Checker;
  readonly #tracker: TrackerPlace;
  readonly #faults: Faults;
  readonly #liars: Liars;

  constructor(options: ScenarioOptions) {
    const { seed, nodes } = options;
    const isCalm = FAULT_LEVELS[options.faults] === 0;
    this.#options = options;
    const world = new World({
      seed,
      latencyMs: LATENCY_MS,
      spreadMs: SPREAD_MS,
      cutsBytes: CUT_SHARE,
      startUnix: START_UNIX + 60,
    });
    const network = simulatedNetwork(seed);
    this.world = world;
    this.trace = new Trace(world);
    const participants: Participant[] = [];
    const checker = new Checker(participants, this.sometimes);
    const answers = new Answers(network.idBytes);
    const purse = new Purse(network, world.rng, nodes);
    const miners = Math.min(nodes, isCalm ? CALM_MINERS_MAX : MINERS_MAX);
    for (let i = 0; i < nodes; i++) {
      const hashesPerSecond = i < miners ? HASHES_PER_SECOND / miners : 0;
      participants.push(
        new Participant(world, {
          network,
          trackers: [TRACKER_ADDRESS],
          hashesPerSecond,
          outboundWanted: isCalm ? CALM_OUTBOUND : OUTBOUND,
          answers,
          purse,
          payingOneIn: isCalm ? CALM_PAYING_ONE_IN : PAYING_ONE_IN,
          onStarted: (participant) => {
            checker.checkCoins(participant);
          },
          onEvent: (participant, event) => {
            checker.onEvent(participant, event);
          },
        }),
      );
    }
    this.participants = participants;
    this.#checker = checker;
    const { sometimes } = this;
    const intervalSeconds = isCalm ? CALM_TRACKER_INTERVAL_S : TRACKER_INTERVAL_S;
    this.#tracker = trackerPlace(world, network, { intervalSeconds, sometimes });
    const count = isCalm ? 0 : Math.ceil(nodes / NODES_A_LIAR);
    const liars = new Liars(world, {
      ...{ network, trackers: [TRACKER_ADDRESS], outboundWanted: OUTBOUND, count },
      ...{ participants, sometimes },
    });
    this.#liars = liars;
    const others = () => [{ address: TRACKER_ADDRESS }, ...liars.running];
    const tracker = this.#tracker;
    this.#faults = new Faults({ world, participants, others, tracker, sometimes });
    world.watch(this.trace);
    world.watch(checker);
    // Where nothing goes wrong they have nothing to see, and are asked at each step.
    if (!isCalm) for (const watcher of [this.#faults, liars]) world.watch(watcher);
  }

  run(onProgress: (progress: Progress) => void): void {
    this.#options.onBegin?.(this);
    this.#tracker.start();
    for (const participant of this.participants) {
      this.world.after(this.world.rng.below(MINUTE_MS), () => {
        participant.start();
      });
    }
    const { nodes, hours: length, faults } = this.#options;
    this.#liars.begin();
    this.#faults.begin(FAULT_LEVELS[faults] * nodes);
    const end = length * HOUR_MS;
    for (let looks = 1; this.world.ms < end; looks++) {
      this.world.run(Math.min(LOOK_MS, end - this.world.ms));
      onProgress({
        hours: this.world.ms / HOUR_MS,
        heights: this.participants.map(({ node }) => node?.height ?? 0),
      });
      // At the end all of them are.
      if (looks % LOOKS_A_RECOUNT > 0 || this.world.ms >= end) continue;
      const next = this.participants[(looks / LOOKS_A_RECOUNT) % nodes];
      if (next !== undefined) this.#checker.checkDisk(next);
    }
    this.#faults.end();
    this.#liars.end();
    this.#rest();
  }

  /** Nothing goes wrong any more: all come to one chain. */
  #rest(): void {
    const { world, participants } = this;
    for (const participant of participants) participant.isMining = false;
    this.#until('equal work', () => areEqual(participants, workOf), EQUAL_WORK_MS);
    const [first] = participants;
    if (first !== undefined) first.isMining = true;
    const before = first?.node?.height ?? 0;
    this.#until('one more block', () => (first?.node?.height ?? 0) > before, 2 * HOUR_MS);
    if (first !== undefined) first.isMining = false;
    this.#until('one tip', () => areEqual(participants, tipOf), MINUTE_MS);
    world.run(MINUTE_MS);
    for (const participant of participants) this.#checker.checkDisk(participant);
  }

  #until(what: string, holds: () => boolean, ms: number): void {
    const { world, participants } = this;
    try {
      world.until(holds, ms);
    } catch (error) {
      if (error instanceof Broken) throw error;
      const stands = participants.map(
        (one) => `${nameOf(one)} ${String(one.node?.height)} ${one.node?.tip.slice(0, 8) ?? ''}`,
      );
      const why = `no ${what} within ${String(ms / MINUTE_MS)} min: ${stands.join(', ')}`;
      throw new Broken(why, { cause: error });
    }
  }
}

const workOf = ({ node }: Participant): bigint | undefined => node?.node.queries.tip.chainWork;
const tipOf = ({ node }: Participant): string | undefined => node?.tip;

/** Whether `valueOf` gives the same for all; asked after each step, so it stops at the first. */
function areEqual<One>(all: readonly One[], valueOf: (one: One) => unknown): boolean {
  const [first] = all;
  return first === undefined || all.every((one) => valueOf(one) === valueOf(first));
}

/** Of its own for each seed. */
function simulatedNetwork(seed: number): Network {
  const salt = new Uint8Array(16);
  new DataView(salt.buffer).setUint32(0, seed);
  const identity = { name: 'simulated', salt, time: START_UNIX as UnixSeconds };
  const easy = template('dev', identity);
  const target = 2n ** 256n / BigInt(HASHES_PER_SECOND * TARGET_INTERVAL_S);
  const genesisBits = bitsOf(target);
  const { targetInterval, halfLife, cap, futureLimit } = template('lan', identity);
  const times = { targetInterval, halfLife, cap, futureLimit };
  return networkOf({ ...easy, ...times, maturity: MATURITY, fixedTarget: false, genesisBits });
}

/** Its registry outlives its program. */
function trackerPlace(
  world: World,
  network: Network,
  { intervalSeconds, sometimes }: { intervalSeconds: number; sometimes: Sometimes },
): TrackerPlace {
  const store = registryInMemory();
  let running: WorldTracker | undefined;
  return {
    get tracker() {
      return running;
    },
    start: () => {
      running = addTracker(world, [network], intervalSeconds, store);
      if (running.restoredCount > 0) sometimes.reached('tracker restored');
    },
    kill: () => {
      running?.kill();
      running = undefined;
    },
  };
}

const hours = (ms: number): string => (ms / HOUR_MS).toFixed(3);

const describe = (error: unknown): string =>
  error instanceof Broken
    ? error.message
    : error instanceof Error
      ? (error.stack ?? '')
      : String(error);
