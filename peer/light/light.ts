/**
 * A light peer: a pure machine beside `Node`. It keeps the headers of the chain, and of its blocks
 * only what was proven to it about the addresses that its wallet wants to know of.
 *
 * One input is one step, and one step is one transaction of the store.
 */

import { assertNever } from '../../shared/assert.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { decodeTransaction } from '../../shared/consensus/transaction.js';
import type { Entropy } from '../../shared/entropy.js';
import type { Rng } from '../../shared/rng.js';
import type { AddressHash, MonoMs, NodeKey, Now } from '../../shared/units.js';
import type { ConnectionEffect, ConnectionInput } from '../../shared/wire/connection.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import { Identity } from '../net/identity.js';
import { Outbox } from '../net/outbox.js';
import { RunningClock } from '../net/runningClock.js';
import { SyncReport } from '../net/syncReport.js';
import type { Effect } from '../types.js';
import { provenAgain, type Proven } from './checkProofs.js';
import { LightChain } from './lightChain.js';
import { LightNet, type LightNetOptions } from './lightNet.js';
import { LightQueries } from './lightQueries.js';
import { Payments, type Taken } from './payments.js';
import { ProofBook } from './proofBook.js';
import { Provers } from './provers.js';
import type { LightStore } from './store.js';
import { Testimonies } from './testimonies.js';

export interface LightOptions extends LightNetOptions {
  readonly network: Network;
  readonly nodeKey: NodeKey;
  /** Program and version, for people: at most 64 printable ASCII characters. */
  readonly agent: string;
}

export interface LightDependencies {
  readonly store: LightStore;
  readonly rng: Rng;
  readonly entropy: Entropy;
  /** Signs with the node key. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** Writes. Each is answered by a `reply` with the same id. */
export type LightCommand =
  /** From now on it wants to know of these addresses, too. */
  | { readonly type: 'want'; readonly addresses: readonly AddressHash[] }
  /** A payment, signed and checked. */
  | { readonly type: 'pay'; readonly transaction: Uint8Array }
  | { readonly type: 'connect'; readonly address: NetAddress };

export type LightReply = Taken | 'done';

export type LightInput =
  | ConnectionInput
  | {
      readonly type: 'commands';
      readonly commands: readonly { readonly id: number; readonly command: LightCommand }[];
    }
  /** The program is stopping: every connection is closed. Nothing comes after. */
  | { readonly type: 'stop' };

export type LightEffect =
  | ConnectionEffect
  | Extract<Effect, { type: 'event' | 'keep-neighbours' }>
  | { readonly type: 'reply'; readonly id: number; readonly result: LightReply }
  /** Peers told all that they were asked, once more: there may be something new. */
  | { readonly type: 'told' };

export class Light {
  /** What others may ask about it, between two steps. */
  readonly queries: LightQueries;
  readonly #store: LightStore;
  readonly #chain: LightChain;
  readonly #book: ProofBook;
  readonly #provers: Provers;
  readonly #payments = new Payments();
  readonly #net: LightNet;
  readonly #outbox = new Outbox();
  readonly #clock = new RunningClock();
  readonly #syncReport = new SyncReport(this.#outbox);
  #replies: LightEffect[] = [];
  #rounds = 0;
  #isStopped = false;
  #wakeAt: MonoMs | undefined = AT_ONCE;

  /** Opens what the store holds; throws trouble when that cannot be right. */
  constructor(options: LightOptions, dependencies: LightDependencies) {
    const { store, rng, entropy, sign } = dependencies;
    const { network, nodeKey, agent } = options;
    this.#store = store;
    this.#chain = store.atomically(() => new LightChain(network, store));
    const chain = this.#chain;
    this.#book = new ProofBook(chain);
    this.#load();
    const testimonies = new Testimonies(chain, store);
    const outbox = this.#outbox;
    const onProven = (proven: readonly Proven[]): void => {
      this.#onProven(proven);
    };
    this.#provers = new Provers({ chain, testimonies, outbox, onProven });
    const facts = {
      nodeKey,
      network: network.id,
      service: 'client',
      listenPort: 0,
      agent,
    } as const;
    const identity = new Identity(facts, { entropy, sign });
    const parts = { chain, provers: this.#provers, payments: this.#payments };
    this.#net = new LightNet(options, { ...parts, identity, outbox, rng, entropy });
    const read = { ...parts, book: this.#book, testimonies, net: this.#net, clock: this.#clock };
    this.queries = new LightQueries({ ...read, nodeKey });
  }

  /** Effects are to be performed in their order. */
  handle(input: LightInput, now: Now): LightEffect[] {
    if (this.#isStopped) return [];
    const running = this.#clock.at(now);
    const effects = this.#store.atomically(() => {
      this.#route(input, running);
      return this.#settle(running);
    });
    const wakeAt = input.type === 'stop' ? undefined : this.#net.nextWake(running.mono);
    this.#wakeAt = this.#clock.wakeAt(wakeAt, now);
    return effects;
  }

  /** When to give it the input `wake`; in the past: soon. */
  nextWake(): MonoMs | undefined {
    return this.#wakeAt;
  }

  #route(input: LightInput, now: Now): void {
    switch (input.type) {
      case 'stop':
        this.#isStopped = true;
        this.#net.stop(now.mono);
        return;
      case 'commands':
        for (const { id, command } of input.commands) this.#onCommand(id, command, now);
        return;
      default:
        this.#net.handle(input, now);
    }
  }

  #onCommand(id: number, command: LightCommand, now: Now): void {
    switch (command.type) {
      case 'want':
        this.#provers.want(command.addresses);
        this.#reply(id, 'done');
        return;
      case 'pay': {
        const tx = decodeTransaction(command.transaction);
        if (tx.ok) this.#payments.submit(id, tx.value, now);
        else this.#reply(id, 'not-taken');
        return;
      }
      case 'connect':
        this.#net.connect(command.address, now.mono);
        this.#reply(id, 'done');
        return;
      default:
        assertNever(command);
    }
  }

  #settle(now: Now): LightEffect[] {
    if (!this.#isStopped) this.#net.settle(now);
    for (const event of this.#chain.takeEvents()) {
      this.#outbox.tell(event);
      if (event.type === 'tip-changed') this.#net.onTip();
    }
    const { height } = this.#chain.tip;
    const isSynced = this.queries.isSynced;
    this.#syncReport.settle({ isSynced, height, headerHeight: height }, now.mono);
    for (const { id, taken } of this.#payments.takeOutcomes()) this.#reply(id, taken);
    if (this.#provers.roundCount !== this.#rounds) this.#replies.push({ type: 'told' });
    this.#rounds = this.#provers.roundCount;
    const effects = [...(this.#outbox.take() as readonly LightEffect[]), ...this.#replies];
    this.#replies = [];
    return effects;
  }

  #onProven(proven: readonly Proven[]): void {
    for (const one of proven) {
      if (!this.#book.add(one)) continue;
      this.#store.putProof(one.proof);
      const { txid } = one.tx;
      if (this.#book.get(txid) !== undefined) this.#payments.onProven(txid);
    }
  }

  #reply(id: number, result: LightReply): void {
    this.#replies.push({ type: 'reply', id, result });
  }

  #load(): void {
    for (const proof of this.#store.proofs()) {
      const proven = provenAgain(proof, this.#chain);
      if (proven !== undefined) this.#book.add(proven);
    }
  }
}

const AT_ONCE = Number.NEGATIVE_INFINITY as MonoMs;
