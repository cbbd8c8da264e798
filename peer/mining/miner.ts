/**
 * Decides what the workers hash on. A machine of its own inside the node: `on…` methods tell it
 * what happened, `settle(now)`, once at the end of each step, returns all that follows from it.
 *
 * - It hashes on the announced tip only, and on nothing while a block that it found is on its way.
 * - Each second the job is renewed, because the header's time and an eased target move with the
 *   clock; and before, when a thread has hashed its share of the nonces.
 * - Jobs on the present tip stay good after a renewal; those on an older tip are forgotten with it.
 *
 * In the node: input `mined` → `onMined` → chain → `onAccepted` or `onRejected`; `tip-changed` →
 * `onTip`; then `settle`.
 *
 * The miner is not trusted: the node gives what it found to the chain like any other block.
 */

import { assertNever } from '../../shared/assert.js';
import { encodeHeader, headerHash } from '../../shared/consensus/header.js';
import type { Reject } from '../../shared/consensus/reject.js';
import { hashValue, workOf } from '../../shared/consensus/work.js';
import { fail, ok } from '../../shared/result.js';
import type { BlockHash, MonoMs, Now, UnixSeconds } from '../../shared/units.js';
import type { Command, CommandProblem, Effect, MineJob, MiningMode, NodeEvent } from '../types.js';
import { Generation } from './generation.js';
import { HashRate } from './hashRate.js';
import { headerTime, solved, type FoundBlock, type Template, type Tip } from './template.js';
import {
  Templates,
  type TemplatesDependencies,
  type TemplatesOptions,
  type Work,
} from './templates.js';

/** A header's time is whole seconds, so a job older than this has an old time. */
const RENEW_MS = 1_000;
/** Renewed jobs of the present tip whose nonces still count. */
const JOBS_KEPT_MAX = 8;
/**
 * After a find that neither became the tip nor was rejected, or that was: hash again after this.
 */
const REST_AFTER_FIND_MS = 5_000;
/** Below this many expected hashes, more threads would only find siblings of the same block. */
const ONE_THREAD_WORK_MAX = 65_536n;
/** A block on demand with at most so many expected hashes is made without workers … */
const WORK_HERE_MAX = 16n;
/** … unless no nonce of these wins: one of ten million such blocks. */
const NONCES_HERE_MAX = 256;

/** Why the workers rest. */
export type RestReason =
  | 'off'
  /** A better chain is being fetched. */
  | 'syncing'
  /** Our clock is so far behind the tip's time that our own header would be from the future. */
  | 'clock-behind'
  /** Mode `interval`: the next block is not due yet. */
  | 'interval'
  /** A block that we found is not connected yet. */
  | 'found'
  /** The chain rejected what we found. */
  | 'rejected';

export interface MinerOptions extends TemplatesOptions {
  readonly mode: MiningMode;
  readonly threads: number;
  /** Share of each thread's time, 1–100. */
  readonly cpuPercent: number;
}

export interface MinerDependencies extends TemplatesDependencies {
  /** The announced tip at the start. */
  readonly tip: Tip;
}

export interface MiningStatus {
  readonly mode: MiningMode;
  /** Blocks still to come of a `generate` under way, else 0. */
  readonly generating: number;
  readonly threads: number;
  readonly cpuPercent: number;
  /** `undefined` while the workers hash. */
  readonly resting: RestReason | undefined;
  readonly hashesPerSecond: number;
  /** Expected time until this node alone finds a block; `undefined` while its rate is unknown. */
  readonly expectedSeconds: number | undefined;
  /** Blocks that this process found and the chain accepted. */
  readonly blocksFound: number;
  /** Nonces that came too late: the tip had moved. */
  readonly staleFinds: number;
  /** Hashes of blocks on demand that the workers had no part in. */
  readonly hashesHere: number;
}

/** The commands that the miner answers. */
export type MiningCommand = Extract<Command, { type: 'set-mining' | 'generate' }>;

/** What the workers hash on. */
interface Job {
  readonly work: Work;
  readonly renewAt: MonoMs;
}

interface Rest {
  readonly reason: RestReason;
  /** When to look again; `undefined`: not before something happens. */
  readonly until: MonoMs | undefined;
}

/** A block of ours, until the tip moves. */
interface Find extends Rest {
  readonly block: FoundBlock;
  readonly reason: 'found' | 'rejected';
  readonly until: MonoMs;
}

export class Miner {
  readonly #options: MinerOptions;
  readonly #templates: Templates;
  readonly #rate = new HashRate();
  /** By job id, oldest first: those on the present tip. */
  readonly #jobs = new Map<number, Template>();
  readonly #outbox: Effect[] = [];

  #mode: MiningMode;
  #threads: number;
  #cpuPercent: number;
  #tip: Tip;
  #isSyncing = false;
  #lastJobId = 0;
  #job: Job | undefined;
  /** The job is not what we would hash on now: tip or settings changed. */
  #isOutdated = false;
  #rest: Rest | undefined;
  #find: Find | undefined;
  #generation: Generation | undefined;
  #lastFoundAt: MonoMs | undefined;
  #blocksFound = 0;
  #staleFinds = 0;
  #hashesHere = 0;

  constructor(options: MinerOptions, dependencies: MinerDependencies) {
    this.#options = options;
    this.#tip = dependencies.tip;
    this.#mode = options.mode;
    this.#threads = options.threads;
    this.#cpuPercent = options.cpuPercent;
    this.#templates = new Templates(options, dependencies);
  }

  /** The announced tip moved, once for each batch of events: what was found below it is stale. */
  onTip(tip: Tip): void {
    const find = this.#find;
    this.#tip = tip;
    this.#jobs.clear();
    this.#find = undefined;
    this.#isOutdated = true;
    if (find?.block.hash === tip.hash) this.#onGenerated(tip.hash);
  }

  /**
   * Whether a better chain is still being fetched, so that work on our tip is lost. Not meant for a
   * pushed header or two: then whoever withholds a block would stop all miners.
   */
  onSyncing(isSyncing: boolean): void {
    this.#isSyncing = isSyncing;
  }

  /**
   * A worker found `nonce`. The block goes to the chain, whose answer goes to `onAccepted` or
   * `onRejected`; `undefined` when it came too late.
   */
  onMined(jobId: number, nonce: number, now: Now): FoundBlock | undefined {
    const template = this.#jobs.get(jobId);
    if (template === undefined || this.#find !== undefined) {
      this.#staleFinds += 1;
      return undefined;
    }
    const block = solved(template, nonce);
    const until = (now.mono + REST_AFTER_FIND_MS) as MonoMs;
    this.#find = { block, reason: 'found', until };
    this.#lastFoundAt = now.mono;
    return block;
  }

  /**
   * The chain took the block that `onMined` gave. It may be connected later; then `onTip` follows.
   */
  onAccepted(block: FoundBlock): void {
    this.#blocksFound += 1;
    this.#tell({ type: 'block-mined', hash: block.hash, height: block.height });
  }

  /** The chain refused block `hash`, now or when it connected it. Blocks of others are ignored. */
  onRejected(hash: BlockHash, reject: Reject, now: Now): void {
    if (this.#find?.block.hash !== hash) return;
    const until = (now.mono + REST_AFTER_FIND_MS) as MonoMs;
    this.#find = { ...this.#find, reason: 'rejected', until };
    this.#endGeneration({ code: 'rejected', reject });
    this.#tell({
      type: 'notice',
      code: 'mined-block-rejected',
      sentence: `The chain refused our own block ${hash} (${reject.code}). Please report this.`,
    });
  }

  /**
   * A nonce for the present job, when that is a block on demand and so easy that waking a thread
   * takes longer than to find it.
   */
  solveHere(): { readonly job: number; readonly nonce: number } | undefined {
    const job = this.#generation === undefined ? undefined : this.#job;
    if (job === undefined || this.#rest !== undefined) return undefined;
    const { header, target } = job.work.template;
    if (workOf(target) > WORK_HERE_MAX) return undefined;
    const isWinner = (nonce: number): boolean =>
      hashValue(headerHash(encodeHeader({ ...header, nonce }))) <= target;
    for (let nonce = 0; nonce < NONCES_HERE_MAX; nonce++) {
      this.#hashesHere += 1;
      if (isWinner(nonce)) return { job: this.#lastJobId, nonce };
    }
    return undefined;
  }

  /** Input `nonces-used-up`: one of the threads wants another header, so all get one. */
  onNoncesUsedUp(jobId: number): void {
    if (jobId === this.#lastJobId) this.#isOutdated = true;
  }

  /** Input `hashed`. */
  onHashed(count: number, now: Now): void {
    this.#rate.onSample(count, now.mono);
  }

  /** The commands that are for the miner. Their replies come out of `settle`, now or later. */
  onCommand(id: number, command: MiningCommand): void {
    switch (command.type) {
      case 'set-mining':
        this.#onSetMining(id, command);
        return;
      case 'generate':
        this.#onGenerate(id, command.count);
        return;
      default:
        assertNever(command);
    }
  }

  /**
   * All that follows from what was told since the last call; at most one `mine`, and that first.
   * Called once at the start, then at the end of each step.
   */
  settle(now: Now): readonly Effect[] {
    const rest = this.#restAt(now);
    this.#onRest(rest);
    const work: Effect[] = [];
    if (rest !== undefined) {
      if (this.#job !== undefined) work.push({ type: 'mine', job: undefined });
      this.#job = undefined;
    } else if (this.#job === undefined || this.#isOutdated || now.mono >= this.#job.renewAt) {
      work.push({ type: 'mine', job: this.#newJob(now) });
    }
    return this.#outbox.length === 0 ? work : [...work, ...this.#outbox.splice(0)];
  }

  /** When `settle` has something to do next, if nothing else happens before. */
  nextWake(): MonoMs | undefined {
    return this.#job === undefined ? this.#rest?.until : this.#job.renewAt;
  }

  status(now: Now): MiningStatus {
    const hashesPerSecond = this.#rate.perSecond(now.mono);
    const target = this.#job?.work.template.target;
    const isKnown = target !== undefined && hashesPerSecond > 0;
    return {
      mode: this.#mode,
      generating: this.#generation?.remaining ?? 0,
      threads: this.#threads,
      cpuPercent: this.#cpuPercent,
      resting: this.#rest?.reason,
      hashesPerSecond,
      expectedSeconds: isKnown ? Number(workOf(target)) / hashesPerSecond : undefined,
      blocksFound: this.#blocksFound,
      staleFinds: this.#staleFinds,
      hashesHere: this.#hashesHere,
    };
  }

  #onSetMining(id: number, command: Extract<MiningCommand, { type: 'set-mining' }>): void {
    this.#mode = command.mode;
    this.#threads = command.threads ?? this.#threads;
    this.#cpuPercent = command.cpuPercent ?? this.#cpuPercent;
    this.#isOutdated = true;
    if (this.#job !== undefined) this.#rate.restart();
    this.#outbox.push({ type: 'reply', id, result: ok({ type: 'mining', mode: command.mode }) });
  }

  #onGenerate(id: number, count: number): void {
    const problem = this.#generateProblem();
    if (problem !== undefined) this.#outbox.push({ type: 'reply', id, result: fail(problem) });
    else this.#generation = new Generation(id, count);
    this.#isOutdated = true;
  }

  #generateProblem(): CommandProblem | undefined {
    if (!this.#options.params.fixedTarget) return { code: 'target-not-fixed' };
    if (this.#generation === undefined) return undefined;
    return { code: 'busy', what: 'blocks of another command are being generated' };
  }

  /** Our block became the tip. */
  #onGenerated(hash: BlockHash): void {
    const generation = this.#generation;
    if (generation === undefined) return;
    generation.onBlock(hash);
    if (generation.remaining > 0) return;
    this.#outbox.push(generation.done());
    this.#generation = undefined;
  }

  #endGeneration(problem: CommandProblem): void {
    if (this.#generation !== undefined) this.#outbox.push(this.#generation.failed(problem));
    this.#generation = undefined;
  }

  /** Why there is nothing to hash at `now`; `undefined`: there is. */
  #restAt(now: Now): Rest | undefined {
    const isGenerating = this.#generation !== undefined;
    if (this.#mode.type === 'off' && !isGenerating) return OFF;
    if (this.#isSyncing) return { reason: 'syncing', until: undefined };
    if (headerTime(this.#tip, now.unix) > now.unix + this.#options.params.futureLimit) {
      return { reason: 'clock-behind', until: (now.mono + RENEW_MS) as MonoMs };
    }
    if (this.#find !== undefined && now.mono < this.#find.until) return this.#find;
    if (this.#mode.type !== 'interval' || isGenerating || this.#lastFoundAt === undefined) {
      return undefined;
    }
    const due = (this.#lastFoundAt + this.#mode.seconds * 1_000) as MonoMs;
    return now.mono < due ? { reason: 'interval', until: due } : undefined;
  }

  /** Tells those who wait why they wait in vain. */
  #onRest(rest: Rest | undefined): void {
    const before = this.#rest?.reason;
    this.#rest = rest;
    if (rest?.reason === 'syncing') {
      this.#endGeneration({ code: 'busy', what: 'the blocks of a better chain are still coming' });
    }
    if (rest?.reason !== 'clock-behind') return;
    this.#endGeneration({ code: 'busy', what: CLOCK_BEHIND });
    if (before !== 'clock-behind') {
      this.#tell({ type: 'notice', code: 'clock-behind', sentence: CLOCK_BEHIND });
    }
  }

  /** Whether blocks are made on demand: they hold what waits. */
  get isGenerating(): boolean {
    return this.#generation !== undefined;
  }

  /** Templates that a find may still be for. */
  get templateCount(): number {
    return this.#jobs.size;
  }

  #newJob(now: Now): MineJob {
    const work = this.#nextWork(now.unix);
    const { template } = work;
    const id = ++this.#lastJobId;
    const renewAt = work.isInterim ? now.mono : now.mono + RENEW_MS;
    this.#job = { work, renewAt: renewAt as MonoMs };
    this.#isOutdated = false;
    this.#find = undefined;
    this.#jobs.set(id, template);
    for (const old of this.#jobs.keys()) if (old <= id - JOBS_KEPT_MAX) this.#jobs.delete(old);
    this.#rate.onStart(now.mono);
    return {
      id,
      header: encodeHeader(template.header),
      target: template.target,
      threads: workOf(template.target) < ONE_THREAD_WORK_MAX ? 1 : this.#threads,
      cpuPercent: this.#generation === undefined ? this.#cpuPercent : 100,
    };
  }

  #nextWork(unix: UnixSeconds): Work {
    const work = this.#job?.work;
    const isSameTip = work?.template.header.previous === this.#tip.hash;
    if (isSameTip) return this.#templates.next(this.#tip, work, unix);
    return this.#templates.first(this.#tip, unix, this.#generation === undefined);
  }

  #tell(event: NodeEvent): void {
    this.#outbox.push({ type: 'event', event });
  }
}

const OFF: Rest = { reason: 'off', until: undefined };

const CLOCK_BEHIND =
  'Our clock is so far behind the last block that the network would refuse ours. ' +
  'Set the clock of this computer; mining goes on by itself.';
