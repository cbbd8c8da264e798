import { expect } from 'chai';
import { Bodies } from '../../../peer/chain/bodies.js';
import type { HeaderEntry } from '../../../peer/chain/headerEntry.js';
import { StoreDamage } from '../../../peer/chain/store.js';
import { genesisOf, makeNetwork, nextBlock, spendGenesis } from '../../support/blocks.js';
import { grow, newTree } from '../../support/trees.js';

const network = makeNetwork();
const tx = spendGenesis(network, 0);
const { block, bytes } = nextBlock(network, genesisOf(network), { transactions: [tx] });
const tree = newTree();
const entry: HeaderEntry = { ...grow(tree, tree.genesis), hash: block.hash };

/** Bodies over a store that gives `stored` for every id. */
const bodiesOver = (stored: Uint8Array | undefined): Bodies => new Bodies({ body: () => stored });

/** `bytes` with one bit of the byte at `at` turned. */
function torn(at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

describe('chain/bodies', () => {
  it('reads a stored block back', () => {
    expect(bodiesOver(bytes).read(entry)?.transactions).to.have.length(2);
    expect(bodiesOver(bytes).isDecoded(entry)).to.equal(false);
  });

  it('gives a kept block without asking the store', () => {
    const bodies = bodiesOver(undefined);
    bodies.keep(entry, block, bytes.length, () => true);
    expect(bodies.read(entry)).to.equal(block);
    bodies.drop(entry);
    expect(bodies.read(entry)).to.equal(undefined);
  });

  it('forgets kept blocks that are not needed', () => {
    const bodies = bodiesOver(undefined);
    bodies.keep(entry, block, bytes.length, () => true);
    bodies.dropUnless((kept) => kept !== entry);
    expect(bodies.isDecoded(entry)).to.equal(false);
  });

  it('takes nothing from a store that lost or changed a block', () => {
    const damaged = [undefined, bytes.subarray(0, 90), torn(3), torn(77), torn(200), torn(300)];
    for (const stored of damaged) expect(bodiesOver(stored).read(entry)).to.equal(undefined);
    expect(() => bodiesOver(torn(200)).need(entry)).to.throw(StoreDamage, 'cannot be read');
  });
});
