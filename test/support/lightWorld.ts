/** Light peers in a `World`, and nodes with an index that answer them. */

import { sign } from '#crypto';
import { addressOfNode, testEntropy, type WorldNode } from '../../lab/sim/worldNode.js';
import type { Host } from '../../lab/sim/host.js';
import { simKey } from '../../lab/sim/keys.js';
import type { World } from '../../lab/sim/world.js';
import { Follower } from '../../peer/index/follower.js';
import { planProofs, proveStepwise } from '../../peer/index/proving.js';
import { LightChain } from '../../peer/light/lightChain.js';
import { Light, type LightEffect, type LightReply } from '../../peer/light/light.js';
import type { LightStore } from '../../peer/light/store.js';
import { openIndexInMemory } from '../../peer/storage/openIndex.js';
import { openLightStore } from '../../peer/storage/openLight.js';
import { IN_MEMORY } from '../../peer/storage/openStore.js';
import type { NodeEvent, ProofAnswer, ProofQuestion } from '../../peer/types.js';
import { concatBytes, hashBytes, toHex } from '../../shared/bytes.js';
import { inclusionProof } from '../../shared/consensus/merkle.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { seededRng } from '../../shared/rng.js';
import type { AddressHash, NodeKey } from '../../shared/units.js';
import type { DisconnectReason } from '../../shared/wire/disconnect.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import {
  PROOFS_BYTES_MAX,
  PROOFS_MAX,
  type ProvenTransaction,
} from '../../shared/wire/peerMessages.js';
import type { MadeBlock } from './blocks.js';

export interface WorldLightOptions {
  /** Gives key and address, as with nodes. */
  readonly number?: number;
  readonly trackers?: readonly NetAddress[];
  readonly neighbours?: readonly NetAddress[];
  /** One of a light peer that died, to go on with. */
  readonly store?: LightStore;
}

/** Puts a light peer of `network` into `world`. */
export function addLight(
  world: World,
  network: Network,
  options: WorldLightOptions = {},
): WorldLight {
  const light = new WorldLight(world, network, options);
  light.host.schedule();
  return light;
}

export class WorldLight {
  readonly number: number;
  readonly light: Light;
  readonly host: Host;
  readonly store: LightStore;
  readonly events: NodeEvent[] = [];
  readonly replies = new Map<number, LightReply>();
  /** What it asked to be kept last. */
  neighbours: readonly NetAddress[] = [];
  readonly #world: World;
  #commands = 0;

  constructor(world: World, network: Network, options: WorldLightOptions) {
    this.#world = world;
    this.number = options.number ?? world.nextNumber();
    this.store = options.store ?? openLightStore(IN_MEMORY, network).store;
    const { seed, key } = simKey(this.number);
    const { trackers = [], neighbours = [] } = options;
    const nodeKey = toHex(key) as NodeKey;
    this.light = new Light(
      { network, nodeKey, agent: 'light', trackers, neighbours, workMin: 0n },
      {
        store: this.store,
        rng: seededRng(world.rng.below(2 ** 32)),
        entropy: testEntropy(world.rng),
        sign: (message) => sign(seed, message),
      },
    );
    this.host = world.add({
      address: addressOfNode(this.number),
      machine: this.light,
      perform: (effect) => {
        this.#onEffect(effect as LightEffect);
      },
    });
  }

  get height(): number {
    return this.light.queries.tip.height;
  }

  get tip(): string {
    return this.light.queries.tip.hash;
  }

  /** Reasons for which it ended sessions. */
  get reasons(): readonly DisconnectReason[] {
    return this.host.reasons;
  }

  want(addresses: readonly AddressHash[]): void {
    this.#command({ type: 'want', addresses });
  }

  connectTo(other: { readonly address: NetAddress }): void {
    this.#command({ type: 'connect', address: other.address });
  }

  /** What becomes of it stands in `replies` under the number that comes back. */
  pay(transaction: Uint8Array): number {
    return this.#command({ type: 'pay', transaction });
  }

  /** The sum of the coins of `address` that were proven. */
  amount(address: AddressHash): number {
    const coins = this.light.queries.ledger.coins(address);
    return coins.reduce((sum, { amount }) => sum + amount, 0);
  }

  /** Whether a peer has told of all that it wants, up to its tip. */
  get isCurrent(): boolean {
    return this.light.queries.ledger.isCurrent;
  }

  /** The process ends without a word. */
  kill(): void {
    this.#world.remove(this.host);
  }

  #command(command: object): number {
    const id = ++this.#commands;
    this.host.input({ type: 'commands', commands: [{ id, command }] });
    return id;
  }

  #onEffect(effect: LightEffect): void {
    if (effect.type === 'event') this.events.push(effect.event);
    if (effect.type === 'reply') this.replies.set(effect.id, effect.result);
    if (effect.type === 'keep-neighbours') this.neighbours = effect.addresses;
  }
}

/** A chain of the headers of `blocks`, in a store of its own or in `store`. */
export function lightChainOf(
  network: Network,
  blocks: readonly MadeBlock[],
  store: LightStore = openLightStore(IN_MEMORY, network).store,
): LightChain {
  const chain = new LightChain(network, store);
  addHeaders(chain, blocks);
  return chain;
}

/** Gives it the headers of `blocks`, which it must take. */
export function addHeaders(chain: LightChain, blocks: readonly MadeBlock[]): void {
  for (const { bytes, point } of blocks) {
    const accepted = chain.acceptHeader(bytes.subarray(0, 80), point.time);
    if (!accepted.ok) throw new Error(accepted.error.code);
  }
}

/** The proof that `block` holds its transaction at `position`. */
export function provenIn({ block }: MadeBlock, position: number): ProvenTransaction {
  const leaves = block.transactions.map(({ wtxid }) => hashBytes(wtxid));
  const path = concatBytes(...inclusionProof(leaves, position));
  const transaction = block.transactions[position]?.bytes ?? new Uint8Array();
  return { block: block.hash, position, count: leaves.length, path, transaction };
}

/** Gives `node` an index in memory, from which it answers. Returns how often it was asked. */
export function letProve(node: WorldNode): { count: number; readonly asked: ProofQuestion[] } {
  const { queries } = node.node;
  const index = openIndexInMemory(node.network);
  const follower = new Follower(queries, index);
  const told = { count: 0, asked: [] as ProofQuestion[] };
  node.prove = (question) => {
    told.count++;
    told.asked.push(question);
    follower.followAll();
    const plan = planProofs(index, question, { count: PROOFS_MAX });
    if (plan === undefined) return undefined;
    const proving = proveStepwise(plan, (hash) => queries.block(hash), PROOFS_BYTES_MAX);
    for (;;) {
      const step = proving.next();
      if (step.done === true) return step.value;
    }
  };
  return told;
}

/** The answer of `node` to a question, changed by `change` before it leaves. */
export function letLie(node: WorldNode, change: (answer: ProofAnswer) => ProofAnswer): void {
  const { prove } = node;
  node.prove = (question) => {
    const answer = prove?.(question);
    return answer && change(answer);
  };
}
