import { expect } from 'chai';
import fc from 'fast-check';
import { Chain, type ChainOptions } from '../../../peer/chain/chain.js';
import { answersTo } from '../../../peer/chain/signatures.js';
import type { ChainEvent, SignatureBatch, VerifyResult } from '../../../peer/types.js';
import { HEADER_BYTES } from '../../../shared/consensus/header.js';
import type { BlockHash } from '../../../shared/units.js';
import { makeNetwork } from '../../support/blocks.js';
import { LATE, memoryStore, settle } from '../../support/chains.js';
import { Forest, type Grown, type Kind } from '../../support/forest.js';

const network = makeNetwork();

const kinds = fc.constantFrom<Kind[]>(
  ...(['plain', 'plain', 'plain', 'spend', 'spend', 'spend'] as const),
  ...(['double-spend', 'greedy', 'bad-signature'] as const),
);

/** Mostly on one of the last blocks, so that branches get long. */
const growth = fc.record({ back: fc.nat(6), kind: kinds, choice: fc.nat(1000) });

const deed = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('deliver'), n: fc.nat(1000) }) },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('advance'), n: fc.integer({ min: 1, max: 60 }) }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('answer'), n: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('lose-answer'), n: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart'), n: fc.nat(1000) }) },
);

type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

/** A chain under test, with everything that the world around it knows. */
class World {
  readonly forest = new Forest(network);
  readonly store = memoryStore(network);
  chain: Chain;
  readonly #options: ChainOptions;
  readonly delivered = new Set<Grown>();
  /** The active chain, as the events tell it. */
  readonly told: BlockHash[] = [network.id];
  #unanswered: SignatureBatch[] = [];

  constructor(options: ChainOptions) {
    this.#options = options;
    this.chain = new Chain(network, this.store, options);
  }

  do({ type, n }: Deed): void {
    const work = this.chain.tip.chainWork;
    if (type === 'deliver') this.deliver(this.forest.blocks[n % this.forest.blocks.length]);
    else if (type === 'advance') this.#advance(n);
    else if (type === 'answer') this.#answer(n, true);
    else if (type === 'lose-answer') this.#answer(n, false);
    else this.#restart();
    expect(this.chain.tip.chainWork >= work, 'the tip never loses work').to.equal(true);
    this.#expectToldChain();
  }

  /** Headers first, then the body. */
  deliver(block: Grown | undefined): void {
    if (block?.parent === undefined) return;
    this.store.atomically(() => {
      for (const { bytes } of this.forest.path(block)) {
        this.chain.acceptHeader(bytes.subarray(0, HEADER_BYTES), LATE);
      }
      this.chain.acceptBlock(block.bytes, LATE);
    });
    this.delivered.add(block);
  }

  rest(): void {
    this.#restart();
    this.#hear(settle(this.chain, this.store).events);
    this.#expectToldChain();
  }

  #advance(cost: number): void {
    const step = this.store.atomically(() => this.chain.advance(cost));
    this.#unanswered.push(...step.verify);
    this.#hear(step.events);
  }

  #answer(n: number, isRun: boolean): void {
    const [batch] = this.#unanswered.splice(n % Math.max(1, this.#unanswered.length), 1);
    if (batch === undefined) return;
    const facts = answersTo(network.idBytes, batch);
    const results: VerifyResult[] = isRun
      ? facts
      : facts.map(({ wtxid }) => ({ wtxid, outcome: 'not-run' }));
    this.store.atomically(() => {
      this.chain.onVerified(results);
    });
  }

  /** A new process on what was committed; answers of the old one are lost. */
  #restart(): void {
    this.chain = new Chain(network, this.store, this.#options);
    this.#unanswered = [];
  }

  #hear(events: readonly ChainEvent[]): void {
    for (const { type, ...event } of events) {
      if (type === 'block-disconnected') expect(this.told.pop()).to.equal(hashOf(event));
      else if (type === 'block-connected') this.told.push(hashOf(event));
      else if (type === 'tip-changed') expect(this.told.at(-1)).to.equal(hashOf(event));
    }
  }

  #expectToldChain(): void {
    const active = this.told.map((_, height) => this.chain.active(height)?.hash);
    expect(active).to.deep.equal(this.told);
    expect(this.chain.tip.hash).to.equal(this.told.at(-1));
  }
}

const hashOf = (event: object): BlockHash => (event as { hash: BlockHash }).hash;

describe('chain: model', () => {
  it('ends on the most work that is whole and valid, with the coins of a recount', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(
        fc.array(growth, { minLength: 5, maxLength: 25 }),
        fc.array(deed, { minLength: 20, maxLength: 120 }),
        fc.constantFrom(1, 3, 10_000),
        (growths, deeds, coinChangesMax) => {
          const world = new World({ coinChangesMax });
          const { forest } = world;
          for (const { back, kind, choice } of growths) {
            forest.grow(Math.max(0, forest.blocks.length - 1 - back), kind, choice);
          }
          for (const each of deeds) world.do(each);
          world.rest();
          expectBest(world);
          for (const block of forest.blocks) world.deliver(block);
          world.rest();
          expectBest(world);
        },
      ),
      { numRuns: Number(process.env['CAIRN_RUNS'] ?? 60) },
    );
  });
});

function expectBest({ forest, delivered, chain, store }: World): void {
  const isWhole = (block: Grown): boolean =>
    block.isValid && forest.path(block).every((at) => delivered.has(at));
  // One target for all blocks: the highest has the most work.
  const best = Math.max(0, ...forest.blocks.filter(isWhole).map(({ point }) => point.height));
  expect(chain.tip.height).to.equal(best);
  const tip = forest.blocks.find(({ block }) => block.hash === chain.tip.hash) ?? expect.fail();
  for (const [outpoint] of forest.coins) {
    const expected = tip.coins.get(outpoint);
    expect(chain.coin(outpoint)?.amount, outpoint).to.equal(expected?.amount);
    expect(store.coin(outpoint)?.amount, outpoint).to.equal(expected?.amount);
  }
}
