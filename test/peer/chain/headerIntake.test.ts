import { expect } from 'chai';
import { HeaderIntake } from '../../../peer/chain/headerIntake.js';
import { HeaderTree } from '../../../peer/chain/headerTree.js';
import { targetOf } from '../../../shared/consensus/work.js';
import type { UnixSeconds } from '../../../shared/units.js';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  type MadeBlock,
} from '../../support/blocks.js';

const network = makeNetwork();
const genesis = genesisOf(network);

function intake() {
  const { header, hash } = network.genesis;
  const bytes = network.genesisBytes.subarray(0, 80);
  const tree = new HeaderTree({ header, hash, bytes, target: targetOf(header.bits) ?? 0n });
  const stored: number[] = [];
  const headers = new HeaderIntake(network.params, tree, { putHeader: (id) => stored.push(id) });
  const take = ({ bytes: block, point }: MadeBlock, now: number = point.time) =>
    headers.accept(block.subarray(0, 80), now as UnixSeconds);
  return { tree, stored, take };
}

describe('chain/headerIntake', () => {
  it('keeps what keeps the rules, once', () => {
    const { tree, stored, take } = intake();
    const blocks = nextBlocks(network, genesis, 3);
    for (const block of blocks) expect(take(block)).to.have.nested.property('value.isNew', true);
    expect(take(blocks[1] ?? genesis)).to.have.nested.property('value.isNew', false);
    expect(stored).to.deep.equal([1, 2, 3]);
    expect(tree.bestHeader.hash).to.equal(blocks[2]?.block.hash);
  });

  it('refuses an unknown parent, a broken rule, and what comes from the future', () => {
    const { stored, take } = intake();
    const [first = genesis, second = genesis] = nextBlocks(network, genesis, 2);
    const codeOf = (block: MadeBlock, now?: number): string | undefined => {
      const taken = take(block, now);
      return taken.ok ? undefined : taken.error.code;
    };
    expect(codeOf(second)).to.equal('unknown-parent');
    expect(codeOf(nextBlock(network, genesis, { header: { version: 2 } }))).to.equal('bad-version');
    expect(codeOf(first, genesis.point.time - 1_000)).to.equal('time-too-far-ahead');
    expect(stored).to.deep.equal([]);
  });
});
