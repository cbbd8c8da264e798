import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import type { HeaderEntry } from '../../../peer/chain/headerEntry.js';
import { fakeHeader, grow, growBranch, newTree } from '../../support/trees.js';

describe('chain/headerTree', () => {
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

/** What is in use after the garbage is gone: array buffers are freed beside the program, but no
 * collection begins before the one before it has ended. */
function memoryBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc(); gc()');
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
