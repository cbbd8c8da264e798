/** Hostile nodes beside the participants: a few at a time, and others when those were found out. */

import type { Network } from '../../shared/consensus/genesis.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import { Liar, LIES } from './liar.js';
import type { World } from './world.js';
import { addNode, type WorldNode } from './worldNode.js';

const MINUTE = 60_000;

export interface LiarsOptions {
  readonly network: Network;
  readonly trackers: readonly NetAddress[];
  readonly count: number;
}

export class Liars {
  readonly #world: World;
  readonly #options: LiarsOptions;
  readonly #running = new Set<WorldNode>();
  #isOver = false;

  constructor(world: World, options: LiarsOptions) {
    this.#world = world;
    this.#options = options;
  }

  begin(): void {
    for (let i = 0; i < this.#options.count; i++) this.#startOne();
  }

  /** They are gone. */
  end(): void {
    this.#isOver = true;
    for (const node of this.#running) node.kill();
  }

  /** One that stays for some minutes, with a lie of its own; then another one comes. */
  #startOne(): void {
    const { network, trackers } = this.#options;
    const { rng } = this.#world;
    const lie = LIES[rng.below(LIES.length)] as (typeof LIES)[number];
    const node = addNode(this.#world, network, {
      trackers,
      mouth: (speaker) => new Liar(speaker, { network, lie, rng }),
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
