import { expect } from 'chai';
import { Knowledge } from '../../../peer/net/knowledge.js';
import type { PeerId } from '../../../shared/units.js';
import { grow, growBranch, newTree } from '../../support/trees.js';

const PEER = 1 as PeerId;

describe('net/knowledge', () => {
  it('knows that who showed a header has its ancestors', () => {
    const tree = newTree();
    const low = growBranch(tree, tree.genesis, 3);
    const high = growBranch(tree, low, 3);
    const knowledge = new Knowledge();
    knowledge.onShown(PEER, high);
    expect(knowledge.hasHeard(PEER, low)).to.equal(true);
    expect(knowledge.hasHeard(PEER, grow(tree, high))).to.equal(false);
    expect(knowledge.hasHeard(PEER, grow(tree, low))).to.equal(false);
  });

  it('keeps the best that was shown', () => {
    const tree = newTree();
    const low = grow(tree, tree.genesis);
    const high = grow(tree, low);
    const knowledge = new Knowledge();
    knowledge.onShown(PEER, high);
    knowledge.onShown(PEER, low);
    expect(knowledge.shown(PEER)).to.equal(high);
  });

  it('takes anything for better than a branch that turned out invalid', () => {
    const tree = newTree();
    const good = grow(tree, tree.genesis);
    const bad = growBranch(tree, tree.genesis, 3);
    const knowledge = new Knowledge();
    knowledge.onShown(PEER, bad);
    tree.markInvalid(bad);
    knowledge.onShown(PEER, good);
    expect(knowledge.shown(PEER)).to.equal(good);
  });

  it('tells what we told from what was shown', () => {
    const tree = newTree();
    const entry = grow(tree, tree.genesis);
    const knowledge = new Knowledge();
    knowledge.onTold(PEER, entry);
    expect(knowledge.hasHeard(PEER, entry)).to.equal(true);
    expect(knowledge.shown(PEER)).to.equal(undefined);
    knowledge.onGone(PEER);
    expect(knowledge.hasHeard(PEER, entry)).to.equal(false);
  });
});
