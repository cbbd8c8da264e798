import { expect } from 'chai';
import fc from 'fast-check';
import { isAncestor, type HeaderEntry } from '../../../peer/chain/headerEntry.js';
import { chooseHeads, CHOSEN_MAX, isFar } from '../../../peer/net/chosenHeads.js';
import { grow, growBranch, newTree } from '../../support/trees.js';

/** A tree with a tip three blocks above genesis. */
function scene() {
  const tree = newTree();
  const tip = growBranch(tree, tree.genesis, 3);
  const children = (count: number, work = 1): HeaderEntry[] =>
    Array.from({ length: count }, () => grow(tree, tip, work));
  return { tree, tip, children };
}

/** Heads of up to six peers in a random tree, and a tip of it. */
const someHeads = fc
  .array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 3 })), { minLength: 5, maxLength: 30 })
  .chain((parents) => {
    const tree = newTree();
    const all: HeaderEntry[] = [tree.genesis];
    for (const [from, work] of parents) {
      all.push(grow(tree, all[from % all.length] as HeaderEntry, work));
    }
    const one = fc.constantFrom(...all);
    return fc.tuple(fc.array(fc.array(one, { maxLength: 8 }), { maxLength: 6 }), one);
  });

describe('net/chosenHeads', () => {
  it('takes what beats the tip, most work first, and of equal work the first seen', () => {
    const { tree, tip, children } = scene();
    const [a, b] = children(2) as [HeaderEntry, HeaderEntry];
    const best = grow(tree, b);
    const side = growBranch(tree, tree.genesis, 3);
    expect(
      chooseHeads(
        [
          [side, a],
          [tip, best],
        ],
        tip,
      ),
    ).to.deep.equal([best, a]);
    const c = grow(tree, tip);
    expect(chooseHeads([[c], [a]], tip)).to.deep.equal([a, c]);
    expect(chooseHeads([[tip], [side], []], tip)).to.deep.equal([]);
  });

  it('takes all heads that beat the tip, but those below another, as long as there are few', () => {
    fc.assert(
      fc.property(someHeads, ([byPeer, tip]) => {
        const better = byPeer.flat().filter((head) => head.chainWork > tip.chainWork);
        const isTop = (head: HeaderEntry): boolean =>
          better.every((other) => other === head || !isAncestor(head, other));
        fc.pre(new Set(better).size <= CHOSEN_MAX);
        const expected = [...new Set(better.filter(isTop))];
        expect(chooseHeads(byPeer, tip)).to.have.members(expected);
      }),
    );
  });

  it('leaves out what is invalid, and takes what is below that', () => {
    const { tree, tip } = scene();
    const good = growBranch(tree, tip, 2);
    const bad = growBranch(tree, good, 2);
    tree.markInvalid(bad.parent as HeaderEntry);
    expect(chooseHeads([[bad]], tip)).to.deep.equal([good]);
    tree.markInvalid(good.parent as HeaderEntry);
    expect(chooseHeads([[bad]], tip)).to.deep.equal([]);
  });

  it('gives no peer the places of another', () => {
    const { tip, children } = scene();
    const [honest, ...many] = children(57) as [HeaderEntry, ...HeaderEntry[]];
    const crowd = Array.from({ length: 7 }, (_, i) => many.slice(8 * i, 8 * i + 8));
    const chosen = chooseHeads([...crowd, [honest]], tip);
    expect(chosen).to.have.length(CHOSEN_MAX);
    expect(chosen).to.include(honest);
  });

  it('takes the head shown last of those of one peer that have as much work', () => {
    const { tip, children } = scene();
    const others = children(CHOSEN_MAX - 1).map((head) => [head]);
    const [first, last] = children(2) as [HeaderEntry, HeaderEntry];
    const chosen = chooseHeads([[first, last], ...others], tip);
    expect([chosen.includes(first), chosen.includes(last)]).to.deep.equal([false, true]);
  });

  it('gives many points of one branch one place', () => {
    const { tree, tip } = scene();
    const end = growBranch(tree, tip, 100);
    const points: HeaderEntry[] = [];
    for (let at: HeaderEntry | undefined = end; at !== tip; at = at?.parent) {
      points.unshift(at as HeaderEntry);
    }
    const other = grow(tree, tip);
    expect(chooseHeads([...points.map((at) => [at]), [other]], tip)).to.deep.equal([end, other]);
  });

  it('calls far what more than one block leads to', () => {
    const { tree, tip } = scene();
    const next = grow(tree, tip);
    const sideOfTip = growBranch(tree, tree.genesis, 4);
    expect([tip, next, sideOfTip].map((head) => isFar(head, tip))).to.deep.equal([
      false,
      false,
      false,
    ]);
    expect(isFar(grow(tree, next), tip)).to.equal(true);
    expect(isFar(grow(tree, sideOfTip), tip)).to.equal(true);
  });
});
