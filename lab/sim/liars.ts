/** Hostile nodes beside the participants: a few at a time, and others when those were found out. */

import type { Network } from '../../shared/consensus/genesis.js';
import type { BlockHash } from '../../shared/units.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import type { Host, Message } from './host.js';
import { Liar, LIES } from './liar.js';
import type { Participant } from './participant.js';
import type { Sometimes } from './sometimes.js';
import type { Watcher, World } from './world.js';
import { addNode, type WorldNode } from './worldNode.js';

const MINUTE = 60_000;

export interface LiarsOptions {
  readonly network: Network;
  readonly trackers: readonly NetAddress[];
  /** Outbound sessions of each: who is let go dials again, as long as it is here. */
  readonly outboundWanted: number;
  readonly count: number;
  /** Who is lied to. */
  readonly participants: readonly Participant[];
  readonly sometimes: Sometimes;
}

export class Liars implements Watcher {
  readonly #world: World;
  readonly #options: LiarsOptions;
  readonly #running = new Set<WorldNode>();
  /** The last block of the branch of low work that each of these messages shows. */
  readonly #shown = new WeakMap<Uint8Array, BlockHash>();
  /** Of the branch that somebody reads in this step. */
  #read: BlockHash | undefined;
  #isOver = false;

  constructor(world: World, options: LiarsOptions) {
    this.#world = world;
    this.#options = options;
  }

  get running(): Iterable<WorldNode> {
    return this.#running;
  }

  begin(): void {
    for (let i = 0; i < this.#options.count; i++) this.#startOne();
  }

  /** They are gone. */
  end(): void {
    this.#isOver = true;
    for (const node of this.#running) node.kill();
  }

  onInput(_host: Host, input: Message): void {
    this.#read =
      input.type === 'received' ? this.#shown.get(input['bytes'] as Uint8Array) : undefined;
  }

  /** Who read a branch of low work has kept nothing of it, and talks on. */
  onStep(host: Host, effects: readonly Message[]): void {
    const last = this.#read;
    if (last === undefined || effects.some(({ type }) => type === 'disconnect')) return;
    const reader = this.#options.participants.find(({ node }) => node?.host === host)?.node;
    if (reader === undefined || reader.node.queries.entry(last) !== undefined) return;
    this.#options.sometimes.reached('low-work branch refused');
  }

  /** One that stays for some minutes, with a lie of its own; then another one comes. */
  #startOne(): void {
    const { network, trackers, outboundWanted } = this.#options;
    const { rng } = this.#world;
    const onLowWork = (message: Uint8Array, last: BlockHash): void => {
      this.#shown.set(message, last);
    };
    const lie = LIES[rng.below(LIES.length)] as (typeof LIES)[number];
    const node = addNode(this.#world, network, {
      trackers,
      outboundWanted,
      mouth: (speaker) => new Liar(speaker, { network, lie, rng, trackers, onLowWork }),
    });
    node.onEvent = () => undefined;
    this.#running.add(node);
    this.#world.after(MINUTE + rng.below(20 * MINUTE), () => {
      if (this.#isOver) return;
      this.#running.delete(node);
      node.kill();
      this.#startOne();
    });
  }
}
