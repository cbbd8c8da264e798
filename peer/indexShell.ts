/**
 * Keeps the index up with the chain, a step at a time between the node's own work, and lets others
 * read from it.
 */

import type { Network } from '../shared/consensus/genesis.js';
import { collectGarbage } from '../shared/io/garbage.js';
import type { Logger } from '../shared/io/logger.js';
import { Follower, type FollowedChain } from './index/follower.js';
import type { IndexReader } from './index/readers.js';
import { chainTrouble } from './storage/chainTrouble.js';
import { isIndexDamage, isOfIndex, openIndex, removeIndex } from './storage/openIndex.js';
import type { SqliteIndex } from './storage/sqliteIndex.js';
import type { NodeEvent } from './types.js';

export interface IndexShellOptions {
  /** Of the file. */
  readonly path: string;
  readonly network: Network;
}

export interface IndexShellDependencies {
  readonly chain: FollowedChain;
  readonly logger: Logger;
  /** Trouble or a bug: the program must end. */
  readonly onTrouble: (error: unknown) => void;
}

/** How long an answer waits for the index to reach the tip. */
const WAIT_MS = 2_000;

/**
 * After a new block the node rests first, so that the threads that mine get the core that it had:
 * they are to leave the old block at once.
 */
const PAUSE_MS = 2;

/** A block that is lost on disk comes again from a peer. */
const TRY_AGAIN_MS = 1_000;

/** With so many blocks to take in, the log tells. */
const TELL_BLOCKS = 1_000;

/** After so many steps without a rest there is much to collect: 100 ms of work. */
const LONG_STEPS = 10;

export class IndexShell {
  readonly #options: IndexShellOptions;
  readonly #dependencies: IndexShellDependencies;
  #opened: Opened | undefined;
  #wasMadeAnew = false;
  #isClosed = false;
  #isAtTip = false;
  #isScheduled = false;
  /** Since it rested last. */
  #steps = 0;
  #retry: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  /** Nothing is opened before `start`. */
  constructor(options: IndexShellOptions, dependencies: IndexShellDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
  }

  /** Opens the file soon and begins to follow. */
  start(): void {
    this.#schedule();
  }

  onEvent({ type }: NodeEvent): void {
    if (type === 'tip-changed') this.#schedule(this.#isAtTip ? PAUSE_MS : 0);
  }

  /** Of the block at which it stands; −1 before it holds any. */
  get height(): number {
    return this.#opened?.index.height ?? -1;
  }

  /**
   * What `use` reads once the index is at the tip, or after two seconds where it is; `undefined`
   * when it cannot be read now. What else `use` throws goes to the caller.
   */
  async read<T>(use: (index: IndexReader) => T): Promise<T | undefined> {
    if (!this.#isAtTip && !this.#isClosed) await this.#untilAtTip();
    if (this.#isClosed || this.#opened === undefined) return undefined;
    try {
      return use(this.#opened.index);
    } catch (error) {
      if (!isOfIndex(error)) throw error;
      this.#onFailure(error);
      return undefined;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#pause);
    this.#opened?.index.close();
    this.#release();
  }

  #schedule(pauseMs = 0): void {
    this.#isAtTip = false;
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    const step = (): void => {
      this.#isScheduled = false;
      if (!this.#isClosed) this.#step();
    };
    if (pauseMs > 0) this.#pause = setTimeout(step, pauseMs);
    else setImmediate(step);
  }

  #step(): void {
    try {
      this.#opened ??= this.#open();
      const state = this.#opened.follower.step();
      this.#steps++;
      if (state === 'moving') this.#schedule();
      else if (state === 'waiting') this.#tryLater();
      else this.#rest(this.#opened);
    } catch (error) {
      this.#onFailure(error);
    }
  }

  #open(): Opened {
    const { chain, logger } = this.#dependencies;
    const { path, network } = this.#options;
    const { index, thrownAway } = openIndex(path, network);
    if (thrownAway !== undefined) {
      logger.warn('the index is made anew', { path, why: thrownAway });
    }
    const follower = new Follower(chain, index);
    const blocks = follower.blocksBehind;
    if (blocks >= TELL_BLOCKS) logger.info('indexing', { blocks });
    return { index, follower, blocks };
  }

  #rest(opened: Opened): void {
    if (opened.blocks >= TELL_BLOCKS) {
      this.#dependencies.logger.info('indexed', { height: opened.index.height });
      this.#opened = { ...opened, blocks: 0 };
    }
    this.#isAtTip = true;
    if (this.#steps >= LONG_STEPS) collectGarbage();
    this.#steps = 0;
    this.#release();
  }

  #tryLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.#schedule();
    }, TRY_AGAIN_MS);
  }

  /** A damaged index is made anew, once; the second time something else is wrong. */
  #onFailure(error: unknown): void {
    const { path } = this.#options;
    this.#opened?.index.close();
    this.#opened = undefined;
    if (this.#wasMadeAnew || !isIndexDamage(error)) {
      this.#isClosed = true;
      this.#release();
      this.#dependencies.onTrouble(chainTrouble(error, path));
      return;
    }
    this.#wasMadeAnew = true;
    this.#dependencies.logger.warn('the index is made anew', { path, why: 'It was damaged.' });
    removeIndex(path);
    this.#schedule();
  }

  async #untilAtTip(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      timer = setTimeout(resolve, WAIT_MS);
    });
    clearTimeout(timer);
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

interface Opened {
  readonly index: SqliteIndex;
  readonly follower: Follower;
  /** To take in at its start; 0 once that is done. */
  readonly blocks: number;
}
