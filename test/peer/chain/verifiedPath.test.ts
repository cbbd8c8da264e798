import { expect } from 'chai';
import { ancestorAt, pathUp } from '../../../peer/chain/headerEntry.js';
import { VerifiedPath } from '../../../peer/chain/verifiedPath.js';
import { growBranch, newTree } from '../../support/trees.js';

describe('chain/verifiedPath', () => {
  it('ends below the first block that is not verified, and follows later facts', () => {
    const tree = newTree();
    const goal = growBranch(tree, tree.genesis, 10);
    const path = new VerifiedPath();
    expect(path.upTo(tree.genesis, goal)).to.equal(tree.genesis);
    for (const height of [1, 2, 4]) tree.markVerified(ancestorAt(goal, height));
    expect(path.upTo(tree.genesis, goal).height).to.equal(2);
    tree.markVerified(ancestorAt(goal, 3));
    expect(path.upTo(tree.genesis, goal).height).to.equal(4);
  });

  it('begins anew on another branch, and from a higher start', () => {
    const tree = newTree();
    const left = growBranch(tree, tree.genesis, 5);
    const right = growBranch(tree, tree.genesis, 5);
    for (const entry of pathUp(tree.genesis, left)) tree.markVerified(entry);
    const path = new VerifiedPath();
    expect(path.upTo(tree.genesis, left)).to.equal(left);
    expect(path.upTo(tree.genesis, right)).to.equal(tree.genesis);
    expect(path.upTo(ancestorAt(right, 3), right).height).to.equal(3);
  });
});
