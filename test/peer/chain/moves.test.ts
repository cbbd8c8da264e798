import { expect } from 'chai';
import { ancestorAt, pathUp, type HeaderEntry } from '../../../peer/chain/headerEntry.js';
import type { HeaderTree } from '../../../peer/chain/headerTree.js';
import { goalOf, nextMove, type Move, type Situation } from '../../../peer/chain/moves.js';
import { VerifiedPath } from '../../../peer/chain/verifiedPath.js';
import { growBranch, newTree } from '../../support/trees.js';

/** Two branches from a common block at height 5: `left` to height 8, `right` to height 10. */
function twoBranches(): { tree: HeaderTree; left: HeaderEntry; right: HeaderEntry } {
  const tree = newTree();
  const common = growBranch(tree, tree.genesis, 5);
  return { tree, left: growBranch(tree, common, 3), right: growBranch(tree, common, 5) };
}

const next = (at: Situation): Move | undefined => {
  const path = new VerifiedPath();
  return nextMove(at, (from, goal) => path.upTo(from, goal));
};

const rest = (tip: HeaderEntry, bestComplete: HeaderEntry): Situation => ({
  ...{ tip, position: tip, target: undefined },
  bestComplete,
});

function verify(tree: HeaderTree, from: HeaderEntry, to: HeaderEntry): void {
  for (const entry of pathUp(from, to)) tree.markVerified(entry);
}

describe('chain/moves', () => {
  it('rests while nothing has more work than the tip', () => {
    const { left, right } = twoBranches();
    expect(next(rest(left, left))).to.equal(undefined);
    expect(next(rest(left, ancestorAt(right, 8)))).to.equal(undefined);
    expect(goalOf(rest(left, ancestorAt(right, 8)))).to.equal(undefined);
  });

  it('connects the next block once its signatures are right', () => {
    const { tree, left } = twoBranches();
    const tip = ancestorAt(left, 6);
    expect(next(rest(tip, left))).to.equal(undefined);
    expect(goalOf(rest(tip, left))).to.equal(left);
    tree.markVerified(ancestorAt(left, 7));
    expect(next(rest(tip, left))).to.deep.equal({ type: 'connect', entry: ancestorAt(left, 7) });
  });

  it('begins a reorganisation when all is verified up to the first block with more work', () => {
    const { tree, left, right } = twoBranches();
    const target = ancestorAt(right, 9);
    verify(tree, ancestorAt(right, 5), ancestorAt(right, 8));
    expect(next(rest(left, right))).to.equal(undefined);
    tree.markVerified(target);
    expect(next(rest(left, right))).to.deep.equal({ type: 'begin', target });
  });

  it('goes down to the fork, up to the target, and arrives', () => {
    const { tree, left, right } = twoBranches();
    const target = ancestorAt(right, 9);
    verify(tree, ancestorAt(right, 5), target);
    const on = (position: HeaderEntry): Move | undefined =>
      next({ tip: left, position, target, bestComplete: right });
    expect(on(left)).to.deep.equal({ type: 'disconnect', entry: left });
    expect(on(ancestorAt(left, 5))).to.deep.equal({
      type: 'connect',
      entry: ancestorAt(right, 6),
    });
    expect(on(target)).to.deep.equal({ type: 'arrive', target });
  });

  it('wants signatures up to the best block beyond the target, or to the target beside it', () => {
    const { tree, left, right } = twoBranches();
    const target = ancestorAt(right, 9);
    const at = { tip: left, position: left, target };
    expect(goalOf({ ...at, bestComplete: right })).to.equal(right);
    const other = growBranch(tree, tree.genesis, 20);
    expect(goalOf({ ...at, bestComplete: other })).to.equal(target);
    expect(goalOf({ ...at, bestComplete: left })).to.equal(target);
  });
});
