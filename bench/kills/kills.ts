/**
 * Kills real programs at moments drawn from a seed, starts each again the same way, and checks that
 * nothing that was told of is lost. The seed gives the kinds, the victims and the moments; what the
 * programs have done by then is up to the machine.
 */

import { assertDefined } from '../../shared/assert.js';
import { seededRng, sample, type Rng } from '../../shared/rng.js';
import { Sandbox } from '../../test/support/sandbox.js';
import { Cast } from './cast.js';
import { compare } from './held.js';
import { Launched } from './launched.js';
import { copyChain, readChain, type LeftBehind } from './leftBehind.js';
import { ENDINGS, KINDS, killTracker, type Kind } from './moments.js';
import type { Peer } from './peer.js';

export interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  /** Blocks of the chain that the peers begin with. */
  readonly blockCount: number;
  /** One line for each kill. */
  readonly onLine: (line: string) => void;
}

export interface KillReport {
  readonly kills: number;
  readonly failed: number;
  /** How often each kind was killed. */
  readonly byKind: ReadonlyMap<Kind, number>;
  /** Kills that left a reorganisation half done on the disk. */
  readonly inTheMiddle: number;
}

/** Shuffled and dealt again and again: each kind comes soon, and these two more often. */
const DECK: readonly Kind[] = [...KINDS, 'sync', 'reorganisation'];

/** Of a reorganisation, until one is hit in the middle. */
const TRIES = 4;

export class Kills {
  readonly #options: KillOptions;
  readonly #rng: Rng;
  readonly #sandbox = new Sandbox();
  readonly #byKind = new Map<Kind, number>();
  #launched: Launched | undefined;
  #deck: Kind[] = [];
  #failed = 0;
  #inTheMiddle = 0;
  #isClosed = false;

  constructor(options: KillOptions) {
    this.#options = options;
    this.#rng = seededRng(options.seed);
  }

  /** Call `close` after it, or to end it. Throws when it cannot go on. */
  async run(): Promise<KillReport> {
    const cast = await Cast.make(this.#sandbox, this.#options.blockCount);
    this.#launched = await Launched.make(this.#sandbox);
    await cast.start();
    let kills = 0;
    while (kills < this.#options.kills) await this.#killOne(cast, ++kills);
    await this.#attempt('the end', () => this.#checkEnd(cast));
    const inTheMiddle = this.#inTheMiddle;
    return { kills, failed: this.#failed, byKind: this.#byKind, inTheMiddle };
  }

  /** Ends all programs, at once, and removes what they wrote. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#sandbox.close(() => this.#launched?.untilGone() ?? Promise.resolve());
  }

  async #killOne(cast: Cast, number: number): Promise<void> {
    if (this.#deck.length === 0) this.#deck = sample(this.#rng, DECK, DECK.length);
    const kind = this.#deck.pop() ?? 'sync';
    this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + 1);
    const isRight = await this.#attempt(`kill ${number}, ${kind}`, () => this.#kill(cast, kind));
    if (isRight) return;
    await cast.killAll();
    await cast.start();
  }

  /** Says what `check` found. */
  async #attempt(what: string, check: () => Promise<string>): Promise<boolean> {
    try {
      this.#options.onLine(`${what}: ${await check()}`);
      return true;
    } catch (error) {
      if (this.#isClosed) throw error;
      this.#failed++;
      const problem = error instanceof Error ? error.message : String(error);
      this.#options.onLine(`${what}: FAILED ${problem}`);
      return false;
    }
  }

  async #kill(cast: Cast, kind: Kind): Promise<string> {
    if (kind === 'launcher') return this.#killLauncher();
    if (kind === 'tracker') {
      const what = await killTracker(cast, this.#rng);
      return `${what}; up again, peers agree on block ${await cast.untilAgreed()}`;
    }
    const before = this.#inTheMiddle;
    let said = await this.#killPeer(cast, kind);
    for (let i = 1; kind === 'reorganisation' && i < TRIES && this.#inTheMiddle === before; i++) {
      said = `${said}; again: ${await this.#killPeer(cast, kind)}`;
    }
    return said;
  }

  async #killPeer(cast: Cast, kind: keyof typeof ENDINGS): Promise<string> {
    const { victim, what } = await ENDINGS[kind](cast, this.#rng);
    try {
      const found = await this.#recover(victim);
      return `${what}; ${found}, agreed on block ${await cast.untilAgreed()}`;
    } catch (error) {
      throw new Error(`${what}; ${String(error)}`, { cause: error });
    }
  }

  async #killLauncher(): Promise<string> {
    const launched = assertDefined(this.#launched, 'it is made before the first kill');
    const found = await launched.kill(this.#rng);
    for (const directory of launched.directories) {
      const flaw = await this.#verify(directory);
      if (flaw !== undefined) throw new Error(`${found}; ${flaw}`);
    }
    return `${found}, verified`;
  }

  /** Looks at what the killed `victim` left behind, and starts it again. Says what was found. */
  async #recover(victim: Peer): Promise<string> {
    const { told } = victim.witness;
    const copy = this.#sandbox.path('copy');
    copyChain(victim.directory, copy);
    const left = readChain(copy);
    if (typeof left === 'string') {
      if (told !== undefined && told.height > 0) throw new Error(left);
    } else if (told !== undefined && compare(told, left.found(told.height)) === 'lost') {
      throw new Error(`the disk of ${victim.name} lost block ${told.height}, which it told of`);
    }
    if (typeof left !== 'string' && left.isMoving) this.#inTheMiddle++;
    const verified = typeof left === 'string' ? undefined : this.#verify(copy);
    victim.start();
    await victim.untilUp();
    const verdict = told && (await victim.witness.verdict(told));
    const flaw = await verified;
    if (flaw !== undefined) throw new Error(flaw);
    if (told === undefined) return `had told of nothing, up after ${secondsOf(victim)}`;
    if (verdict === undefined || verdict === 'lost') {
      throw new Error(`${victim.name} lost block ${told.height}, which it told of`);
    }
    const state = typeof left === 'string' ? 'no chain yet' : stateOf(left);
    const kept = verdict === 'held' ? 'held' : 'left for more work';
    return `block ${told.height} ${kept}, ${state}, verified, up after ${secondsOf(victim)}`;
  }

  /** Runs `cairn chain verify`: what is wrong, or `undefined`. */
  async #verify(directory: string): Promise<string | undefined> {
    const { ended } = this.#sandbox.start('chain', 'verify', '--data', directory);
    const { code, output } = await ended;
    return code === 0 ? undefined : `chain verify ended with ${String(code)}: ${output.trimEnd()}`;
  }

  async #checkEnd(cast: Cast): Promise<string> {
    await cast.untilTrackerKnowsAll();
    const height = await cast.untilAgreed();
    await cast.stop();
    for (const { directory } of cast.peers) {
      const flaw = await this.#verify(directory);
      if (flaw !== undefined) throw new Error(flaw);
    }
    return `${cast.peers.length} peers agree on block ${height}, and each chain is verified`;
  }
}

const secondsOf = ({ startMs }: Peer): string => `${(startMs / 1_000).toFixed(1)} s`;

function stateOf({ isMoving, coinsAway }: LeftBehind): string {
  const coins = coinsAway === 0 ? '' : `, coins ${coinsAway} blocks away from the tip`;
  return `${isMoving ? 'in a reorganisation' : 'at rest'}${coins}`;
}
