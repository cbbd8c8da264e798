import { expect } from 'chai';
import fc from 'fast-check';
import {
  ancestorAt,
  forkOf,
  highestWhere,
  isAncestor,
  locatorOf,
  pathUp,
  pointOf,
  skipHeight,
  type HeaderEntry,
} from '../../../peer/chain/headerEntry.js';
import { grow, growBranch, newTree } from '../../support/trees.js';

/** The path from genesis to `entry`, one parent at a time. */
function naivePath(entry: HeaderEntry): HeaderEntry[] {
  const path: HeaderEntry[] = [];
  for (let at: HeaderEntry | undefined = entry; at !== undefined; at = at.parent) path.push(at);
  return path.reverse();
}

/** Two random entries of a random tree with long branches. */
const twoEntries = fc
  .array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 60 })), { minLength: 1, maxLength: 8 })
  .chain((branches) => {
    const tree = newTree();
    const all: HeaderEntry[] = [tree.genesis];
    for (const [from, length] of branches) {
      let at = all[from % all.length] ?? tree.genesis;
      for (let i = 0; i < length; i++) all.push((at = grow(tree, at)));
    }
    return fc.tuple(fc.constantFrom(...all), fc.constantFrom(...all));
  });

describe('chain/headerEntry', () => {
  it('finds the ancestor at every height, and only ancestors are ancestors', () => {
    fc.assert(
      fc.property(twoEntries, ([a, b]) => {
        const path = naivePath(a);
        expect(path.map((_, height) => ancestorAt(a, height))).to.deep.equal(path);
        expect(isAncestor(b, a)).to.equal(path.includes(b));
      }),
    );
  });

  it('finds the last block that two branches share', () => {
    fc.assert(
      fc.property(twoEntries, ([a, b]) => {
        const path = new Set(naivePath(a));
        expect(forkOf(a, b)).to.equal(naivePath(b).findLast((entry) => path.has(entry)));
      }),
    );
  });

  it('walks up from any ancestor, lowest first', () => {
    fc.assert(
      fc.property(twoEntries, ([a, b]) => {
        const from = forkOf(a, b);
        expect([...pathUp(from, a)]).to.deep.equal(naivePath(a).slice(from.height + 1));
      }),
    );
    const tree = newTree();
    const tip = growBranch(tree, tree.genesis, 1000);
    expect([...pathUp(tree.genesis, tip)]).to.deep.equal(naivePath(tip).slice(1));
  });

  it('finds where a property of the lower part of a branch ends', () => {
    const tree = newTree();
    const tip = growBranch(tree, tree.genesis, 300);
    for (let end = 0; end <= 300; end++) {
      let looks = 0;
      const found = highestWhere(tip, ({ height }) => ++looks > 0 && height <= end);
      expect(found.height).to.equal(end);
      // Twice, and once more: so near the top it does not matter how long the chain is.
      expect(looks).to.be.at.most(3 + 2 * Math.log2(301 - end));
    }
  });

  it('takes a few steps to an ancestor that is 100,000 blocks below', () => {
    let height = 100_000;
    let steps = 0;
    for (const goal = 3; height > goal; steps++) {
      const skip = skipHeight(height);
      height = skip >= goal ? skip : height - 1;
    }
    expect(steps).to.be.below(100);
  });

  it('makes a locator of ten dense hashes, then ever sparser ones, and genesis', () => {
    const tree = newTree();
    const tip = growBranch(tree, tree.genesis, 100);
    const heights = locatorOf(tip).map((hash) => tree.entry(hash)?.height);
    const sparse = [89, 85, 77, 61, 29, 0];
    expect(heights).to.deep.equal([100, 99, 98, 97, 96, 95, 94, 93, 92, 91, ...sparse]);
    expect(locatorOf(tree.genesis)).to.deep.equal([tree.genesis.hash]);
    expect(locatorOf(growBranch(tree, tip, 50_000))).to.have.length.below(30);
  });

  it('shows the rules the time of a parent, which genesis has not', () => {
    const tree = newTree();
    const first = grow(tree, tree.genesis);
    expect(pointOf(tree.genesis).parentTime).to.equal(undefined);
    expect(pointOf(first)).to.deep.include({ height: 1, time: 1, parentTime: 0 });
  });
});
