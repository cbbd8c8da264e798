/** What happens to a simulated network, and what is measured then. Times are in intervals, T. */

import type { NetworkParams } from '../../shared/consensus/params.js';
import { startingBits, template } from '../../shared/consensus/templates.js';
import { targetOf, workOf } from '../../shared/consensus/work.js';
import { assertDefined } from '../../shared/assert.js';
import type { Bits, UnixSeconds } from '../../shared/units.js';
import { median } from '../report.js';
import type { DifficultyRules } from './rules.js';
import { chainUp, MiningWorld, type SimBlock, type SimMiner } from './world.js';

/** Those who stay, how their blocks travel, and the rules they follow. */
export interface Setting {
  readonly rules: (params: NetworkParams) => DifficultyRules;
  /** `hashesPerSecond` is each one's part of all, in any unit. The first one looks on. */
  readonly miners: readonly SimMiner[];
  readonly relaySeconds?: readonly [min: number, max: number];
}

/** Far enough above the easiest target (65,536 hashes) to set no bound to what is measured. */
const HASHES_PER_SECOND = 10_000_000;
/** Blocks after which the difficulty has its usual noise: four of its correlation times. */
const WARM_UP = 150;
/** 12 hours. */
const REST_SECONDS = 43_200;
/** As long after it as every algorithm but Bitcoin's needs to settle. */
const AFTER_REST_SECONDS = 5_000;
/** Within this factor of the level it is going to, difficulty has settled: three or four sd. */
const SETTLED_FACTOR = 1.5;

export interface Steady {
  /** Standard deviation of ln(difficulty of a block / difficulty at which blocks take T). */
  readonly noise: number;
  readonly meanInterval: number;
  /** Blocks that were found and did not stay, of all found. */
  readonly staleShare: number;
  /** Share of the blocks that the last of the miners found. */
  readonly lastShare: number;
}

/** `blockCount` blocks with hash power that does not change. */
export function steady(setting: Setting, blockCount: number, seed: number): Steady {
  const { world, level } = settle(setting, { visitorTimes: 0, seed, warmUp: WARM_UP });
  world.runToHeight(WARM_UP + blockCount);
  const blocks = chainUp(world.tip, WARM_UP);
  const logs = blocks.map(({ bits }) => Math.log(difficultyOf(bits) / level));
  const last = setting.miners.length - 1;
  const before = assertDefined(blocks[0]?.parent, 'blocks of the warm-up');
  return {
    noise: standardDeviation(logs),
    meanInterval: intervals(world.tip.foundAt - before.foundAt) / blocks.length,
    staleShare: 1 - world.tip.height / world.foundCount,
    lastShare: blocks.filter(({ miner }) => miner === last).length / blocks.length,
  };
}

export interface JumpOptions {
  readonly factor: number;
  readonly runs: number;
  /** Blocks before the jump. */
  readonly warmUp?: number;
}

/** Mean number of blocks after `factor` times more hash power came, until settled. */
export function blocksToRise(setting: Setting, { factor, runs, warmUp }: JumpOptions): number {
  return meanOf(runs, (seed) => {
    const { world, level, visitor, home } = settle(setting, { visitorTimes: 0, seed, warmUp });
    const from = world.tip.height;
    world.setHashRate(visitor, home * (factor - 1));
    const settled = runUntil(world, (bits) => difficultyOf(bits) * SETTLED_FACTOR > level * factor);
    return settled.height - from;
  });
}

/** Mean time after all but one in `factor` of the hash power left, until settled. */
export function timeToFall(setting: Setting, { factor, runs, warmUp }: JumpOptions): number {
  return meanOf(runs, (seed) => {
    const before = { visitorTimes: factor - 1, seed, warmUp };
    const { world, level, visitor } = settle(setting, before);
    const from = world.now;
    world.setHashRate(visitor, 0);
    const settled = runUntil(world, (bits) => difficultyOf(bits) < level * SETTLED_FACTOR);
    return intervals(settled.foundAt - from);
  });
}

/** Mean number of blocks beyond one for each T, after all were off for 12 hours. */
export function extraAfterRest(setting: Setting, runs: number): number {
  return meanOf(runs, (seed) => {
    const { world } = settle(setting, { visitorTimes: 0, seed, warmUp: WARM_UP });
    world.rest(REST_SECONDS);
    const from = world.tip.height;
    world.runFor(AFTER_REST_SECONDS);
    return world.tip.height - from - intervals(AFTER_REST_SECONDS);
  });
}

export interface FirstBlock {
  /** Median time from the drop to it. */
  readonly after: number;
  /** Share of the runs in which the last of those who stay found it. */
  readonly lastShare: number;
}

/** The first block after all but one in `factor` of the hash power left. */
export function firstBlock(setting: Setting, { factor, runs, warmUp }: JumpOptions): FirstBlock {
  const firsts = Array.from({ length: runs }, (_, seed) => {
    const before = { visitorTimes: factor - 1, seed, warmUp };
    const { world, visitor } = settle(setting, before);
    const from = world.now;
    world.setHashRate(visitor, 0);
    const { foundAt, miner } = runUntil(world, () => true);
    return { after: intervals(foundAt - from), miner };
  });
  const last = setting.miners.length - 1;
  return {
    after: median(firsts.map(({ after }) => after)),
    lastShare: firsts.filter(({ miner }) => miner === last).length / runs,
  };
}

/** Standard deviation of all of `values`. */
export function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / values.length);
}

interface Before {
  /** How much more the visitor does than all others together. */
  readonly visitorTimes: number;
  readonly seed: number;
  readonly warmUp?: number | undefined;
}

interface Settled {
  readonly world: MiningWorld;
  /** Hashes a second of those who stay. */
  readonly home: number;
  /** Difficulty, in hashes, at which those who stay take T for a block. */
  readonly level: number;
  /** The visitor's number. */
  readonly visitor: number;
}

/** A network that began at its difficulty and has made `warmUp` blocks. */
function settle({ rules, miners, relaySeconds }: Setting, before: Before): Settled {
  const { visitorTimes, seed, warmUp = WARM_UP } = before;
  const home = HASHES_PER_SECOND;
  const parts = miners.reduce((sum, { hashesPerSecond }) => sum + hashesPerSecond, 0);
  const scaled = miners.map((miner) => ({
    ...miner,
    hashesPerSecond: (miner.hashesPerSecond / parts) * home,
  }));
  const params = simulatedParams(home * (1 + visitorTimes));
  const world = new MiningWorld({
    ...{ rules: rules(params), seed },
    miners: [...scaled, { hashesPerSecond: home * visitorTimes }],
    ...(relaySeconds === undefined ? {} : { relaySeconds }),
  });
  world.runToHeight(warmUp);
  return { world, home, level: home * TARGET_INTERVAL, visitor: miners.length };
}

/** What `cairn genesis` makes for machines of that speed. */
export function simulatedParams(hashesPerSecond: number): NetworkParams {
  const identity = { name: 'simulated', salt: new Uint8Array(16), time: GENESIS_TIME };
  const { targetInterval, powLimit } = template('lan', identity);
  const genesisBits = startingBits(hashesPerSecond, targetInterval, powLimit);
  return template('lan', { ...identity, genesisBits });
}

const GENESIS_TIME = 1_800_000_000 as UnixSeconds;
const TARGET_INTERVAL = simulatedParams(1).targetInterval;

/** Goes on, block by block, to the first one whose bits are as asked. */
function runUntil(world: MiningWorld, isReached: (bits: Bits) => boolean): SimBlock {
  do {
    world.runToHeight(world.tip.height + 1);
  } while (!isReached(world.tip.bits));
  return world.tip;
}

const intervals = (seconds: number): number => seconds / TARGET_INTERVAL;

/** Expected hashes of a block with `bits` that is not late. */
function difficultyOf(bits: Bits): number {
  return Number(workOf(assertDefined(targetOf(bits), 'bits of the simulation have a target')));
}

function meanOf(runs: number, run: (seed: number) => number): number {
  let sum = 0;
  for (let seed = 0; seed < runs; seed++) sum += run(seed);
  return sum / runs;
}
