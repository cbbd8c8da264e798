/**
 * Miners who draw their luck from a seed instead of hashing: exponential times by the target of
 * each second, relay delays, clocks that differ. Time, bits, target and the check of a received
 * header are those of the rules; only the hash is invented, as the worst one that would do.
 */

import FlatQueue from 'flatqueue';
import { assert, assertDefined } from '../../shared/assert.js';
import type { Header } from '../../shared/consensus/header.js';
import { workOf } from '../../shared/consensus/work.js';
import { seededRng, type Rng } from '../../shared/rng.js';
import type { Bits, BlockHash, HashHex, UnixSeconds } from '../../shared/units.js';
import type { DifficultyRules, RulesBlock } from './rules.js';

export interface SimMiner {
  readonly hashesPerSecond: number;
  /** Its clock less the true time, in seconds; 0 unless given. */
  readonly skew?: number;
  /**
   * What it adds to its clock when it dates a header: 0 is honest, −∞ is the parent's time always.
   */
  readonly aheadSeconds?: number;
}

export interface WorldOptions {
  readonly rules: DifficultyRules;
  readonly miners: readonly SimMiner[];
  readonly seed: number;
  /** A block reaches each other miner after a time of its own between these; at once if absent. */
  readonly relaySeconds?: readonly [min: number, max: number];
}

export interface SimBlock extends RulesBlock {
  readonly parent: SimBlock | undefined;
  /** Who found it, by place in the list; −1: the genesis block. */
  readonly miner: number;
  /** True time, in seconds since the genesis block's. */
  readonly foundAt: number;
  /** Work of the chain up to here. */
  readonly chainWork: bigint;
  readonly header: Header;
  readonly hash: BlockHash;
}

export class MiningWorld {
  /** True time, in seconds since the genesis block's. */
  now = 0;
  /** All blocks that were found, stale ones too. */
  foundCount = 0;
  readonly #rules: DifficultyRules;
  readonly #rng: Rng;
  readonly #relaySeconds: WorldOptions['relaySeconds'];
  readonly #miners: Miner[];
  readonly #events = new FlatQueue<SimEvent>();
  #isOff = false;

  constructor({ rules, miners, seed, relaySeconds }: WorldOptions) {
    this.#rules = rules;
    this.#rng = seededRng(seed);
    this.#relaySeconds = relaySeconds;
    const genesis = genesisBlock(rules);
    this.#miners = miners.map((miner, index) => ({
      ...{ index, hashesPerSecond: miner.hashesPerSecond, skew: miner.skew ?? 0 },
      aheadSeconds: miner.aheadSeconds ?? 0,
      ...{ tip: genesis, known: new Set([genesis]), job: 0, jobFrom: 0, bits: genesis.bits },
    }));
    this.#startAll();
  }

  /** The tip of the first miner. */
  get tip(): SimBlock {
    return this.#minerAt(0).tip;
  }

  /** Goes on until the first miner's chain has `height` blocks. */
  runToHeight(height: number): void {
    while (this.tip.height < height) this.#step();
  }

  /** Goes on for `seconds` of true time. */
  runFor(seconds: number): void {
    const end = this.now + seconds;
    while ((this.#events.peekValue() ?? end) < end) this.#step();
    this.now = end;
  }

  /** From now on miner `index` does so many hashes a second. */
  setHashRate(index: number, hashesPerSecond: number): void {
    const miner = this.#minerAt(index);
    miner.hashesPerSecond = hashesPerSecond;
    this.#start(miner);
  }

  /** All miners are off for `seconds`. */
  rest(seconds: number): void {
    for (const miner of this.#miners) miner.job++;
    this.#isOff = true;
    this.runFor(seconds);
    this.#isOff = false;
    this.#startAll();
  }

  #step(): void {
    this.now = assertDefined(this.#events.peekValue(), 'somebody mines');
    const event = assertDefined(this.#events.pop(), 'an event that was seen is there');
    const miner = this.#minerAt(event.miner);
    if (event.type === 'arrival') this.#receive(miner, event.block);
    else if (event.job !== miner.job) return;
    else if (event.type === 'late') this.#start(miner);
    else this.#find(miner);
  }

  #startAll(): void {
    for (const miner of this.#miners) this.#start(miner);
  }

  /** A new job on the miner's tip. Luck has no memory, so it is drawn anew. */
  #start(miner: Miner): void {
    miner.job++;
    miner.jobFrom = this.now;
    miner.bits = this.#rules.bitsAfter(miner.tip);
    if (this.#isOff || miner.hashesPerSecond === 0) return;
    const luck = -Math.log(1 - this.#rng.float());
    const secondsToLate = this.#secondsToLate(miner);
    const seconds = luck / this.#findsPerSecond(miner, 0);
    const { index, job } = miner;
    if (secondsToLate === 0) {
      const lateSeconds = this.#secondsToFindLate(miner, luck);
      this.#events.push({ type: 'find', miner: index, job }, this.now + lateSeconds);
    } else if (seconds <= secondsToLate) {
      this.#events.push({ type: 'find', miner: index, job }, this.now + seconds);
    } else if (secondsToLate !== Number.POSITIVE_INFINITY) {
      this.#events.push({ type: 'late', miner: index, job }, this.now + secondsToLate);
    }
  }

  /** Whole seconds of the job for which its target is that of the bits. */
  #secondsToLate(miner: Miner): number {
    const lateFrom = miner.tip.time + this.#rules.easedAfter + 1;
    return Math.max(0, Math.ceil(lateFrom - this.#undatedTime(miner)));
  }

  /** The target moves with each whole second. */
  #secondsToFindLate(miner: Miner, luck: number): number {
    let passed = 0;
    for (let left = luck; ; passed++) {
      const rate = this.#findsPerSecond(miner, passed);
      if (left <= rate) return passed + left / rate;
      left -= rate;
    }
  }

  #findsPerSecond(miner: Miner, passed: number): number {
    return (miner.hashesPerSecond * Number(this.#targetAt(miner, passed))) / 2 ** 256;
  }

  #targetAt(miner: Miner, passed: number): bigint {
    const seconds = this.#headerTime(miner, passed) - miner.tip.time;
    return this.#rules.targetAt(miner.bits, seconds);
  }

  #headerTime(miner: Miner, passed: number): UnixSeconds {
    const dated = Math.floor(this.#undatedTime(miner) + passed);
    return Math.max(dated, miner.tip.time) as UnixSeconds;
  }

  /** What the miner dates a header at the start of its job, unrounded and before the parent's. */
  #undatedTime({ jobFrom, skew, aheadSeconds }: Miner): number {
    return this.#rules.params.time + jobFrom + skew + aheadSeconds;
  }

  #find(miner: Miner): void {
    const passed = Math.floor(this.now - miner.jobFrom);
    const { tip: parent, bits } = miner;
    const target = this.#targetAt(miner, passed);
    const time = this.#headerTime(miner, passed);
    const block: SimBlock = {
      ...{ height: parent.height + 1, time, bits, parentTime: parent.time, parent },
      ...{ miner: miner.index, foundAt: this.now, chainWork: parent.chainWork + workOf(target) },
      header: { ...parent.header, previous: parent.hash, time, bits },
      hash: target.toString(16).padStart(64, '0') as BlockHash,
    };
    this.foundCount++;
    this.#receive(miner, block);
    for (const { index } of this.#miners) {
      if (index === miner.index) continue;
      const event = { type: 'arrival', miner: index, block } as const;
      this.#events.push(event, this.now + this.#relayDelay());
    }
  }

  #relayDelay(): number {
    if (this.#relaySeconds === undefined) return 0;
    const [min, max] = this.#relaySeconds;
    return min + (max - min) * this.#rng.float();
  }

  /** Most work wins, the first seen a tie. */
  #receive(miner: Miner, block: SimBlock): void {
    const { tip } = miner;
    for (const one of unknownTo(miner, block)) {
      if (!this.#isTaken(miner, one)) {
        this.#keepForLater(miner, one, block);
        break;
      }
      miner.known.add(one);
      if (one.chainWork > miner.tip.chainWork) miner.tip = one;
    }
    if (miner.tip !== tip) this.#start(miner);
  }

  /** `block` comes again when the miner's clock lets `early` in. */
  #keepForLater(miner: Miner, early: SimBlock, block: SimBlock): void {
    const { time, futureLimit } = this.#rules.params;
    const readyAt = early.time - futureLimit - miner.skew - time;
    // A rounding error must not make it come again and again at one moment.
    const again = Math.max(readyAt, this.now) + 0.001;
    this.#events.push({ type: 'arrival', miner: miner.index, block }, again);
  }

  #isTaken(miner: Miner, { header, hash, parent }: SimBlock): boolean {
    const clock = Math.floor(this.#rules.params.time + this.now + miner.skew) as UnixSeconds;
    const on = assertDefined(parent, 'everybody knows the genesis block');
    const checked = this.#rules.check({ header, hash }, on, clock);
    if (checked.ok) return true;
    const { code } = checked.error;
    assert(code === 'time-too-far-ahead', `miners of the simulation keep the rules: ${code}`);
    return false;
  }

  #minerAt(index: number): Miner {
    return assertDefined(this.#miners[index], 'a miner of that number is there');
  }
}

/** The blocks from the child of `above` up to `tip`. */
export function chainUp(tip: SimBlock, above: number): SimBlock[] {
  const blocks: SimBlock[] = [];
  for (let at: SimBlock | undefined = tip; at !== undefined && at.height > above; at = at.parent) {
    blocks.push(at);
  }
  return blocks.reverse();
}

type SimEvent =
  | { readonly type: 'find' | 'late'; readonly miner: number; readonly job: number }
  | { readonly type: 'arrival'; readonly miner: number; readonly block: SimBlock };

interface Miner extends Required<SimMiner> {
  readonly index: number;
  hashesPerSecond: number;
  tip: SimBlock;
  readonly known: Set<SimBlock>;
  /** Number of the job: what an older one finds does not count. */
  job: number;
  /** True time of its start. */
  jobFrom: number;
  /** What the block of the job carries. */
  bits: Bits;
}

/** `block` and those below it that the miner lacks, the lowest first. */
function unknownTo({ known }: Miner, block: SimBlock): SimBlock[] {
  const missing: SimBlock[] = [];
  let at = block;
  while (!known.has(at)) {
    missing.push(at);
    at = assertDefined(at.parent, 'everybody knows the genesis block');
  }
  return missing.reverse();
}

function genesisBlock({ params }: DifficultyRules): SimBlock {
  const zeros = '0'.repeat(64);
  const { time, genesisBits: bits } = params;
  const header: Header = {
    ...{ version: 1, previous: zeros as BlockHash, merkleRoot: zeros as HashHex },
    ...{ time, bits, nonce: 0 },
  };
  return {
    ...{ height: 0, time, bits, parentTime: undefined, parent: undefined },
    ...{ miner: -1, foundAt: 0, chainWork: 0n, header, hash: zeros as BlockHash },
  };
}
