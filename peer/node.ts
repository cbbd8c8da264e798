/**
 * A node: a pure machine. Inputs and the time go in; effects come out, after what they rest on is
 * stored.
 *
 * One input is one step, and one step is one transaction of the store. What is thrown inside is
 * trouble or a bug, and ends the program (docs/decisions/0001).
 */

import { assertNever } from '../shared/assert.js';
import type { Network } from '../shared/consensus/genesis.js';
import type { Entropy } from '../shared/entropy.js';
import { fail, ok } from '../shared/result.js';
import type { Rng } from '../shared/rng.js';
import type { MonoMs, NodeKey, Now } from '../shared/units.js';
import type { NetAddress } from '../shared/wire/netAddress.js';
import { Chain, type Advance } from './chain/chain.js';
import { pointOf, type HeaderEntry } from './chain/headerEntry.js';
import type { ChainStore } from './chain/store.js';
import { Miner, type MinerOptions } from './mining/miner.js';
import type { Tip } from './mining/template.js';
import { Identity } from './net/identity.js';
import { Net } from './net/net.js';
import { DEFAULT_POLICY, Transactions, type MempoolPolicy } from './mempool/transactions.js';
import { Outbox } from './net/outbox.js';
import { RunningClock } from './net/runningClock.js';
import { SyncReport } from './net/syncReport.js';
import { Queries } from './queries.js';
import { TxSubmissions } from './node/txSubmissions.js';
import type { Command, Effect, Input } from './types.js';

export interface NodeOptions {
  readonly network: Network;
  readonly nodeKey: NodeKey;
  /** Program and version, for people: at most 64 printable ASCII characters. */
  readonly agent: string;
  /** TCP port on which others reach us; 0: none, and then no trackers, for they call back. */
  readonly listenPort: number;
  readonly trackers: readonly NetAddress[];
  /** The host to announce to trackers instead of the one that they see. */
  readonly claimedHost: string | undefined;
  /** What the last `keep-neighbours` gave. */
  readonly neighbours: readonly NetAddress[];
  /** See `NetOptions`. */
  readonly outboundWanted?: number;
  /** What one step moves the chain at most (`Chain.advance`); without it as much as is good. */
  readonly moveCostMax?: number;
  /**
   * Blocks on demand that one step makes by itself where few hashes are enough; without it none,
   * and workers make all.
   */
  readonly blocksAtOnce?: number;
  /** See `ChainOptions`. */
  readonly coinChangesMax?: number;
  /**
   * Chain work below which headers of others are read before they are stored; 0n unless configured.
   */
  readonly workMin: bigint;
  readonly mining: Omit<MinerOptions, 'params'>;
  /** Of the mempool; without it `DEFAULT_POLICY`. */
  readonly policy?: MempoolPolicy;
}

export interface NodeDependencies {
  readonly store: ChainStore;
  readonly rng: Rng;
  readonly entropy: Entropy;
  /** Signs with the node key. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** A block of the operator's that waits for the end of its step. */
interface Submission {
  readonly id: number;
  readonly entry: HeaderEntry;
  readonly isNew: boolean;
}

export class Node {
  /** What others may ask about it, between two steps. */
  readonly queries: Queries;
  readonly #store: ChainStore;
  readonly #moveCostMax: number | undefined;
  readonly #blocksAtOnce: number;
  readonly #chain: Chain;
  readonly #transactions: Transactions;
  readonly #txSubmissions: TxSubmissions;
  readonly #miner: Miner;
  readonly #net: Net;
  readonly #outbox = new Outbox();
  readonly #clock = new RunningClock();
  readonly #syncReport = new SyncReport(this.#outbox);
  #submissions: Submission[] = [];
  #isMoreToMove = true;
  #isStopped = false;
  #wakeAt: MonoMs | undefined = AT_ONCE;

  /** Opens the chain in the store; throws trouble when it cannot be right. */
  constructor(options: NodeOptions, dependencies: NodeDependencies) {
    const { store, rng, entropy, sign } = dependencies;
    const { network, nodeKey, agent, listenPort } = options;
    this.#store = store;
    this.#moveCostMax = options.moveCostMax;
    this.#blocksAtOnce = options.blocksAtOnce ?? 0;
    this.#chain = store.atomically(() => new Chain(network, store, options));
    const facts = { nodeKey, network: network.id, service: 'peer', listenPort, agent } as const;
    const identity = new Identity(facts, { entropy, sign });
    const chain = this.#chain;
    const policy = options.policy ?? DEFAULT_POLICY;
    const transactions = new Transactions(policy, network.params, { chain, store });
    this.#transactions = transactions;
    this.#txSubmissions = new TxSubmissions(transactions.intake, this.#outbox);
    const outbox = this.#outbox;
    this.#net = new Net(options, { chain, transactions, identity, outbox, rng, entropy });
    const mining = { ...options.mining, params: network.params };
    this.#miner = new Miner(mining, { rng, tip: tipOf(chain.tip), transactions });
    const parts = { chain, transactions, net: this.#net, miner: this.#miner, clock: this.#clock };
    this.queries = new Queries({ ...parts, nodeKey });
  }

  /** Effects are to be performed in their order. */
  handle(input: Input, now: Now): readonly Effect[] {
    if (this.#isStopped) return [];
    const running = this.#clock.at(now);
    const effects = this.#store.atomically(() => {
      if (input.type === 'stop') return this.#stop(running);
      this.#route(input, running);
      return this.#settleAll(running);
    });
    this.#wakeAt = this.#clock.wakeAt(this.#nextWake(running), now);
    return effects;
  }

  /**
   * When to give it the input `wake`; in the past: soon, after sockets and others had their turn.
   */
  nextWake(): MonoMs | undefined {
    return this.#wakeAt;
  }

  #route(input: Exclude<Input, { type: 'stop' }>, now: Now): void {
    switch (input.type) {
      case 'mined':
        this.#onMined(input.job, input.nonce, now);
        return;
      case 'nonces-used-up':
        this.#miner.onNoncesUsedUp(input.job);
        return;
      case 'hashed':
        this.#miner.onHashed(input.count, now);
        return;
      case 'verified':
        this.#chain.onVerified(input.results);
        this.#transactions.intake.onVerified(input.results);
        return;
      case 'proven':
        this.#net.onProven(input.id, input.answer);
        return;
      case 'commands':
        for (const { id, command } of input.commands) this.#onCommand(id, command, now);
        return;
      default:
        this.#net.handle(input, now);
    }
  }

  /** Settles; and makes blocks on demand, many in one step, so that one commit keeps them all. */
  #settleAll(now: Now): readonly Effect[] {
    const first = this.#settle(now);
    if (!this.#miner.isGenerating) return first;
    const effects = [...first];
    let made = 0;
    while (made < this.#blocksAtOnce) {
      const found = this.#miner.solveHere();
      if (found === undefined) break;
      this.#onMined(found.job, found.nonce, now);
      effects.push(...this.#settle(now));
      made++;
    }
    if (made === 0) return effects;
    // The next step goes on: no worker need begin.
    const isMore = made === this.#blocksAtOnce && this.#miner.isGenerating;
    this.#isMoreToMove ||= isMore;
    const last = effects.findLastIndex(({ type }) => type === 'mine');
    return effects.filter((effect, i) => {
      if (effect.type !== 'mine') return true;
      return i === last && !(isMore && effect.job !== undefined);
    });
  }

  /**
   * The one order in which each step ends: chain, mempool, miner, relay and the rest of the net,
   * log and API. What the miner wants comes out first: until then its workers hash in vain. A large
   * block that others wait for is connected in the next step.
   */
  #settle(now: Now): readonly Effect[] {
    const advance = this.#chain.advance(this.#net.isUrgent ? 0 : this.#moveCostMax);
    this.#isMoreToMove = advance.more;
    this.#transactions.onAdvance(advance, now, !this.#miner.isGenerating);
    const settled = this.#transactions.settle(now);
    for (const batch of advance.verify) this.#outbox.put({ type: 'verify', batch });
    for (const batch of settled.verify) this.#outbox.put({ type: 'verify', batch });
    this.#tellMiner(advance, now);
    this.#net.onAdvance(advance);
    this.#net.onTransactions(settled);
    this.#txSubmissions.onOutcomes(settled.outcomes);
    this.#net.settle(now);
    for (const event of advance.events) this.#outbox.tell(event);
    this.#reportSync(now.mono);
    this.#answerSubmissions(advance);
    this.#chain.expectMore(!this.#net.isSynced);
    this.#miner.onSyncing(!this.#net.isSynced);
    const work = this.#miner.settle(now);
    const others = this.#outbox.take();
    return work.length === 0 ? others : [...work, ...others];
  }

  #reportSync(now: MonoMs): void {
    const { isSynced, goal } = this.#net;
    const { height } = this.#chain.tip;
    this.#syncReport.settle({ isSynced, height, headerHeight: goal.height }, now);
  }

  #tellMiner({ events, failures }: Advance, now: Now): void {
    for (const { entry, reject } of failures) this.#miner.onRejected(entry.hash, reject, now);
    if (events.some(({ type }) => type === 'tip-changed')) {
      this.#miner.onTip(tipOf(this.#chain.tip));
    }
  }

  #nextWake(now: Now): MonoMs | undefined {
    if (this.#isStopped) return undefined;
    if (this.#isMoreToMove) return now.mono;
    const next = Math.min(
      this.#net.nextWake(now.mono) ?? NEVER,
      this.#miner.nextWake() ?? NEVER,
      this.#transactions.nextWake(now.mono) ?? NEVER,
    );
    return next === NEVER ? undefined : (next as MonoMs);
  }

  #stop(now: Now): readonly Effect[] {
    this.#isStopped = true;
    this.#net.stop(now.mono);
    this.#outbox.put({ type: 'mine', job: undefined });
    return this.#outbox.take();
  }

  #onMined(job: number, nonce: number, now: Now): void {
    const found = this.#miner.onMined(job, nonce, now);
    if (found === undefined) return;
    const accepted = this.#chain.acceptBlock(found.bytes, now.unix, found.block);
    if (accepted.ok) {
      this.#miner.onAccepted(found);
      this.#net.onOwnBlock(accepted.value.entry, found.block);
    } else this.#miner.onRejected(found.hash, accepted.error, now);
  }

  #onCommand(id: number, command: Command, now: Now): void {
    switch (command.type) {
      case 'set-mining':
        this.#miner.onCommand(id, command);
        return;
      case 'generate':
        this.#net.onImpatience();
        this.#miner.onCommand(id, command);
        return;
      case 'submit-transactions':
        this.#txSubmissions.onCommand(id, command.transactions);
        return;
      case 'submit-block':
        this.#onSubmitted(id, command.bytes, now);
        return;
      case 'connect':
        this.#net.connect(command.address, now.mono);
        this.#outbox.put({ type: 'reply', id, result: ok({ type: 'connecting' }) });
        return;
      default:
        assertNever(command);
    }
  }

  #onSubmitted(id: number, bytes: Uint8Array, now: Now): void {
    const accepted = this.#chain.acceptBlock(bytes, now.unix);
    if (!accepted.ok) {
      const result = fail({ code: 'rejected', reject: accepted.error } as const);
      this.#outbox.put({ type: 'reply', id, result });
      return;
    }
    this.#net.onOwnBlock(accepted.value.entry);
    this.#submissions.push({ id, ...accepted.value });
  }

  /**
   * A block is answered for when its signatures are checked, if they are; one that then waits for
   * other blocks is taken, and what becomes of it is an event.
   */
  #answerSubmissions({ failures }: Advance): void {
    if (this.#submissions.length === 0) return;
    const waiting = this.#submissions.filter(({ entry }) => this.#chain.isBeingVerified(entry));
    for (const { id, entry, isNew } of this.#submissions) {
      if (waiting.some((one) => one.id === id)) continue;
      const failure = failures.find((one) => one.entry === entry);
      const result =
        failure === undefined
          ? ok({ type: 'submitted', hash: entry.hash, isNew } as const)
          : fail({ code: 'rejected', reject: failure.reject } as const);
      this.#outbox.put({ type: 'reply', id, result });
    }
    this.#submissions = waiting;
  }
}

const NEVER = Number.POSITIVE_INFINITY;
const AT_ONCE = Number.NEGATIVE_INFINITY as MonoMs;

const tipOf = (entry: HeaderEntry): Tip => ({ hash: entry.hash, point: pointOf(entry) });
