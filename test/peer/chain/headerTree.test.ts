import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import fc from 'fast-check';
import type { HeaderEntry } from '../../../peer/chain/headerEntry.js';
import type { HeaderTree } from '../../../peer/chain/headerTree.js';
import { fakeHeader, grow, growBranch, newTree } from '../../support/trees.js';

/** What the tree should say, computed from parents and marks alone. */
class Twin {
  readonly entries: HeaderEntry[];
  readonly bodies = new Set<HeaderEntry>();
  readonly invalid = new Set<HeaderEntry>();

  constructor(tree: HeaderTree) {
    this.entries = [tree.genesis];
    this.bodies.add(tree.genesis);
  }

  isInvalid(entry: HeaderEntry): boolean {
    return pathOf(entry).some((at) => this.invalid.has(at));
  }

  isComplete(entry: HeaderEntry): boolean {
    return pathOf(entry).every((at) => this.bodies.has(at));
  }

  best(holds: (entry: HeaderEntry) => boolean): HeaderEntry | undefined {
    let best: HeaderEntry | undefined;
    for (const entry of this.entries) {
      const isBetter = best === undefined || entry.chainWork > best.chainWork;
      if (isBetter && holds(entry) && !this.isInvalid(entry)) best = entry;
    }
    return best;
  }
}

const pathOf = (entry: HeaderEntry): HeaderEntry[] =>
  entry.parent === undefined ? [entry] : [...pathOf(entry.parent), entry];

const operation = fc.record({
  kind: fc.constantFrom('add', 'add', 'add', 'body', 'body', 'forget', 'invalid'),
  on: fc.nat(),
  work: fc.integer({ min: 1, max: 3 }),
});

function operate(tree: HeaderTree, twin: Twin, { kind, on, work }: Operation): void {
  const entry = twin.entries[on % twin.entries.length] ?? tree.genesis;
  if (kind === 'add') {
    twin.entries.push(grow(tree, entry, work));
  } else if (kind === 'body') {
    tree.markBody(entry);
    twin.bodies.add(entry);
  } else if (entry !== tree.genesis && kind === 'forget') {
    tree.forgetBody(entry);
    twin.bodies.delete(entry);
  } else if (entry !== tree.genesis) {
    tree.markInvalid(entry);
    twin.invalid.add(entry);
  }
}

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

describe('chain/headerTree', () => {
  it('agrees with a naive twin on best header, best complete block and marks', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const tree = newTree();
        const twin = new Twin(tree);
        for (const each of operations) {
          operate(tree, twin, each);
          expect(tree.bestHeader).to.equal(twin.best(() => true));
          expect(tree.bestComplete).to.equal(twin.best((entry) => twin.isComplete(entry)));
        }
        for (const entry of twin.entries) {
          expect(entry.status === 'invalid').to.equal(twin.isInvalid(entry));
          expect(entry.isComplete).to.equal(twin.isComplete(entry));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('adds up work, and remembers who came first', () => {
    const tree = newTree();
    const a = grow(tree, tree.genesis, 5);
    const b = grow(tree, tree.genesis, 5);
    expect(b.chainWork).to.equal(6n);
    expect(tree.bestHeader).to.equal(a);
    const c = grow(tree, b, 1);
    expect(tree.bestHeader).to.equal(c);
    expect([a.id, b.id, c.id]).to.deep.equal([1, 2, 3]);
  });

  it('prefers the header that was seen first when bodies come in the other order', () => {
    const tree = newTree();
    const first = grow(tree, tree.genesis);
    const second = grow(tree, tree.genesis);
    tree.markBody(second);
    expect(tree.bestComplete).to.equal(second);
    tree.markBody(first);
    expect(tree.bestComplete).to.equal(first);
  });

  it('gives back the bytes of each header', () => {
    const tree = newTree();
    const last = growBranch(tree, tree.genesis, 3000);
    expect(tree.bytes(last)).to.deep.equal(fakeHeader(3000).bytes);
    expect(tree.bytes(tree.genesis)).to.deep.equal(fakeHeader(0).bytes);
    expect(tree.entry(fakeHeader(1234).hash)?.height).to.equal(1234);
  });

  it('counts children for which something holds, as far as asked', () => {
    const tree = newTree();
    for (let i = 0; i < 4; i++) grow(tree, tree.genesis);
    const isEven = ({ id }: HeaderEntry): boolean => id % 2 === 0;
    expect(tree.hasChildren(tree.genesis, 2, isEven)).to.equal(true);
    expect(tree.hasChildren(tree.genesis, 3, isEven)).to.equal(false);
  });

  it('refuses an entry of another tree', () => {
    const stranger = growBranch(newTree(), newTree().genesis, 0);
    expect(() => {
      newTree().markBody(stranger);
    }).to.throw('one tree');
  });

  it('holds 100,000 headers in 40 MB', function () {
    this.timeout(20_000);
    const before = memoryBytes();
    const tree = newTree();
    const tip = growBranch(tree, tree.genesis, 100_000);
    expect(memoryBytes() - before).to.be.below(40_000_000);
    expect(tree.bestHeader).to.equal(tip);
  });
});

/** What is in use after the garbage is gone. */
function memoryBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
