import { expect } from 'chai';
import fc from 'fast-check';
import { Chain } from '../../../peer/chain/chain.js';
import { pathUp, type HeaderEntry } from '../../../peer/chain/headerEntry.js';
import { Follower } from '../../../peer/index/follower.js';
import { openIndexInMemory } from '../../../peer/storage/openIndex.js';
import { decodeBlock, type Block } from '../../../shared/consensus/block.js';
import type { Txid } from '../../../shared/units.js';
import { makeNetwork, owner } from '../../support/blocks.js';
import { accept, memoryStore, settle } from '../../support/chains.js';
import { bothSides, Ledger } from '../../support/ledger.js';
import { Market } from '../../support/market.js';

/** Coinbases can be spent at once, so that every kind of coin is. */
const network = makeNetwork({ maturity: 1 });

const deed = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('grow'), n: fc.nat(4), choice: fc.nat() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('step'), n: fc.nat(3), choice: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('kill'), n: fc.nat(), choice: fc.nat() }) },
);

type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

/** An index under test, and the chain that it follows. */
class World {
  readonly #market = new Market(network);
  readonly #store = memoryStore(network);
  readonly #chain = new Chain(network, this.#store);
  readonly #index = openIndexInMemory(network);
  readonly #txids: Txid[] = [];
  readonly #costs: { readonly stepCost: number; readonly batchCost: number };
  #follower: Follower;

  constructor(stepCost: number, batchCost: number) {
    this.#costs = { stepCost, batchCost };
    this.#follower = this.#follow();
  }

  do({ type, n, choice }: Deed): void {
    if (type === 'grow') this.#grow(n, choice);
    else if (type === 'step') for (let i = 0; i <= n; i++) this.#step();
    // What was not written is gone with the process.
    else this.#follower = this.#follow();
  }

  rest(): void {
    while (this.#step() === 'moving');
    expect(this.#index.cursor()?.hash).to.equal(this.#chain.tip.hash);
    expect(this.#follower.blocksBehind).to.equal(0);
  }

  #follow(): Follower {
    return new Follower(this.#chain, this.#index, this.#costs);
  }

  #grow(back: number, choice: number): void {
    const { bytes, block } = this.#market.grow(back, choice);
    this.#txids.push(...block.transactions.map(({ txid }) => txid));
    accept(this.#chain, this.#store, bytes);
    settle(this.#chain, this.#store);
  }

  #step(): string {
    const state = this.#follower.step();
    expect(this.#follower.clearCount).to.equal(0);
    const cursor = this.#index.cursor();
    const at = cursor && this.#chain.entry(cursor.hash);
    const ledger = new Ledger(at === undefined ? [] : this.#blocksUpTo(at));
    const addresses = [0, 1, 2, 3, 9].map((i) => owner(i).address);
    const sides = bothSides(this.#index, ledger, { addresses, txids: this.#txids });
    expect(sides.index).to.deep.equal(sides.ledger);
    expect(this.#index.height).to.equal(at?.height ?? -1);
    return state;
  }

  #blocksUpTo(at: HeaderEntry): Block[] {
    const genesis = this.#chain.entry(network.id) ?? expect.fail();
    return [genesis, ...pathUp(genesis, at)].map(({ hash }) => {
      const block = decodeBlock(this.#chain.block(hash) ?? expect.fail());
      return block.ok ? block.value : expect.fail();
    });
  }
}

describe('index: model', () => {
  it('equals a recount from genesis after each step, over reorganisations and kills', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(
        fc.array(deed, { minLength: 10, maxLength: 60 }),
        fc.constantFrom(1, 20, 2_000),
        fc.constantFrom(1, 60, 10_000),
        (deeds, stepCost, batchCost) => {
          const world = new World(stepCost, batchCost);
          for (const each of deeds) world.do(each);
          world.rest();
        },
      ),
      { numRuns: Number(process.env['CAIRN_RUNS'] ?? 60) },
    );
  });
});
