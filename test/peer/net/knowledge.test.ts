import { expect } from 'chai';
import fc from 'fast-check';
import { isAncestor, type HeaderEntry } from '../../../peer/chain/headerEntry.js';
import {
  hasShown,
  HEADS_MAX,
  Knowledge,
  validPart,
  type News,
} from '../../../peer/net/knowledge.js';
import type { PeerId } from '../../../shared/units.js';
import { grow, growBranch, newTree } from '../../support/trees.js';

const PEER = 1 as PeerId;

/** Entries of a random tree, in a random order, some more than once. */
const shownEntries = fc
  .array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 40 })
  .chain((parents) => {
    const tree = newTree();
    const all: HeaderEntry[] = [tree.genesis];
    for (const [from, work] of parents) {
      all.push(grow(tree, all[from % all.length] as HeaderEntry, work));
    }
    return fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: 60 });
  });

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

  it('keeps a sibling of no more work beside the best, which stays the best', () => {
    const tree = newTree();
    const [first, second] = [grow(tree, tree.genesis), grow(tree, tree.genesis)];
    const knowledge = new Knowledge();
    knowledge.onShown(PEER, first);
    knowledge.onShown(PEER, second);
    expect(knowledge.heads(PEER)).to.deep.equal([first, second]);
    expect(knowledge.best(PEER)).to.equal(first);
    expect(knowledge.hasHeard(PEER, second)).to.equal(true);
  });

  it('puts a head in the place of its ancestors, and says what changed', () => {
    const tree = newTree();
    const low = grow(tree, tree.genesis);
    const side = grow(tree, tree.genesis);
    const high = growBranch(tree, low, 2);
    const knowledge = new Knowledge();
    const news = [low, side, high, low, high].map((entry) => {
      knowledge.onShown(PEER, entry);
      return knowledge.takeNews();
    });
    const came = (best: HeaderEntry, otherWork = 0n): News => ({ best, otherWork });
    expect(knowledge.heads(PEER)).to.deep.equal([side, high]);
    expect(news).to.deep.equal([
      came(low),
      came(side),
      came(high, low.chainWork),
      undefined,
      undefined,
    ]);
    knowledge.onGone(PEER);
    const went = { best: undefined, otherWork: high.chainWork };
    expect(knowledge.takeNews(), 'what went with the peer').to.deep.equal(went);
  });

  it('tells the best that came, and how good the rest is', () => {
    const tree = newTree();
    const low = grow(tree, tree.genesis);
    const high = growBranch(tree, tree.genesis, 2);
    const knowledge = new Knowledge();
    const other = 2 as PeerId;
    for (const [first, second] of [
      [low, high],
      [high, low],
    ] as const) {
      knowledge.onShown(PEER, first);
      knowledge.onShown(other, second);
      expect(knowledge.takeNews()).to.deep.equal({ best: high, otherWork: low.chainWork });
      knowledge.onGone(PEER);
      knowledge.onGone(other);
      expect(knowledge.takeNews()?.otherWork).to.equal(high.chainWork);
    }
    knowledge.onShown(PEER, high);
    knowledge.onShown(other, high);
    expect(knowledge.takeNews()).to.deep.equal({ best: high, otherWork: 0n });
    knowledge.onGone(other);
    expect(knowledge.takeNews()).to.deep.equal({ best: undefined, otherWork: high.chainWork });
  });

  it('says of a head that had to leave for another one', () => {
    const tree = newTree();
    const best = growBranch(tree, tree.genesis, 3);
    const second = growBranch(tree, tree.genesis, 2);
    const knowledge = new Knowledge();
    knowledge.onShown(PEER, second);
    knowledge.onShown(PEER, best);
    for (let i = 2; i < HEADS_MAX; i++) knowledge.onShown(PEER, grow(tree, tree.genesis));
    knowledge.takeNews();
    knowledge.onShown(PEER, grow(tree, tree.genesis));
    expect(knowledge.heads(PEER)).to.not.include(second);
    expect(knowledge.takeNews()?.otherWork).to.equal(second.chainWork);
  });

  it('keeps a few heads a peer, none below another, with the last and the best of all', () => {
    fc.assert(
      fc.property(shownEntries, (entries) => {
        const knowledge = new Knowledge();
        const works: bigint[] = [];
        for (const entry of entries) {
          knowledge.onShown(PEER, entry);
          works.push(entry.chainWork);
          const heads = knowledge.heads(PEER);
          expect(heads.length).to.be.at.most(HEADS_MAX);
          for (const a of heads) {
            expect(heads.filter((b) => isAncestor(a, b))).to.deep.equal([a]);
          }
          expect(hasShown(heads, entry)).to.equal(true);
          const most = works.reduce((a, b) => (b > a ? b : a));
          expect(knowledge.best(PEER)?.chainWork).to.equal(most);
        }
      }),
    );
  });

  it('takes what is left of a branch that turned out invalid', () => {
    const tree = newTree();
    const good = growBranch(tree, tree.genesis, 2);
    const bad = growBranch(tree, good, 3);
    const knowledge = new Knowledge();
    knowledge.onShown(PEER, bad);
    tree.markInvalid(bad);
    expect(validPart(bad)).to.equal(bad.parent);
    tree.markInvalid(bad.parent?.parent as HeaderEntry);
    expect(knowledge.best(PEER)).to.equal(good);
    expect(validPart(good)).to.equal(good);
  });

  it('tells what we told from what was shown', () => {
    const tree = newTree();
    const entry = grow(tree, tree.genesis);
    const knowledge = new Knowledge();
    knowledge.onTold(PEER, entry);
    expect(knowledge.hasHeard(PEER, entry)).to.equal(true);
    expect(knowledge.best(PEER)).to.equal(undefined);
    knowledge.onGone(PEER);
    expect(knowledge.hasHeard(PEER, entry)).to.equal(false);
  });
});
