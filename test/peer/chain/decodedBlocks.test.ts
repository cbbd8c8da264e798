import { expect } from 'chai';
import { DecodedBlocks } from '../../../peer/chain/decodedBlocks.js';
import { makeNetwork } from '../../support/blocks.js';
import { grow, newTree } from '../../support/trees.js';

const block = makeNetwork().genesis;
const tree = newTree();
const entries = Array.from({ length: 2000 }, () => grow(tree, tree.genesis));
const [first = expect.fail(), second = expect.fail(), third = expect.fail()] = entries;
const always = (): boolean => true;

describe('chain/decodedBlocks', () => {
  it('keeps a block until it is dropped', () => {
    const kept = new DecodedBlocks();
    kept.keep(first, block, 100, always);
    expect(kept.block(first)).to.equal(block);
    kept.drop(first);
    kept.drop(first);
    expect(kept.block(first)).to.equal(undefined);
  });

  it('keeps what came first when it is full of bytes', () => {
    const kept = new DecodedBlocks();
    kept.keep(first, block, 5_000_000, always);
    kept.keep(second, block, 3_000_001, always);
    expect(kept.block(second)).to.equal(undefined);
    kept.drop(first);
    kept.keep(second, block, 3_000_001, always);
    expect(kept.block(second)).to.equal(block);
  });

  it('keeps no more than 1,024 blocks', () => {
    const kept = new DecodedBlocks();
    for (const entry of entries) kept.keep(entry, block, 1, always);
    expect(entries.filter((entry) => kept.block(entry) !== undefined)).to.have.length(1024);
  });

  it('is filling once half of its place is taken, by bytes or by blocks', () => {
    const kept = new DecodedBlocks();
    kept.keep(first, block, 4_000_000, always);
    expect(kept.isFilling).to.equal(false);
    kept.keep(second, block, 1, always);
    expect(kept.isFilling).to.equal(true);
    kept.drop(first);
    for (const entry of entries.slice(2, 513)) kept.keep(entry, block, 1, always);
    expect(kept.isFilling).to.equal(false);
    kept.keep(first, block, 1, always);
    expect(kept.isFilling).to.equal(true);
  });

  it('makes room by what is not needed any more', () => {
    const kept = new DecodedBlocks();
    kept.keep(first, block, 4_000_000, always);
    kept.keep(second, block, 4_000_000, always);
    kept.keep(third, block, 1, (entry) => entry !== first);
    expect(kept.block(first)).to.equal(undefined);
    expect(kept.block(second)).to.equal(block);
    expect(kept.block(third)).to.equal(block);
  });
});
