import { expect } from 'chai';
import fc from 'fast-check';
import {
  decodeBlock,
  encodeBlock,
  encodedSize,
  transactionsRoot,
} from '../../../shared/consensus/block.js';
import { toHexReversed } from '../../../shared/bytes.js';
import {
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
} from '../../support/blocks.js';
import { expectOk, expectReject } from '../../support/rejects.js';

const network = makeNetwork();
const payment = spend(network, { coins: [genesisCoin(network, 0)], outputs: [pay(owner(1), 5)] });
const { bytes, block } = nextBlock(network, genesisOf(network), { transactions: [payment] });

describe('consensus/block', () => {
  it('decodes what it encoded to the same block and bytes', () => {
    const again = expectOk(decodeBlock(bytes));
    expect(again.header).to.deep.equal(block.header);
    expect(again.hash).to.equal(block.hash);
    expect(again.transactions.map((tx) => tx.wtxid)).to.deep.equal(
      block.transactions.map((tx) => tx.wtxid),
    );
    expect(encodeBlock(again)).to.deep.equal(bytes);
    expect(encodedSize(again)).to.equal(bytes.length);
  });

  it('has the Merkle root of its transactions in its header', () => {
    expect(toHexReversed(transactionsRoot(block.transactions))).to.equal(block.header.merkleRoot);
  });

  it('names the problem and the transaction that has it', () => {
    const undecodable = (
      changed: Uint8Array,
      problem: 'truncated' | 'trailing-bytes',
      transaction: number,
    ): void => {
      expectReject(decodeBlock(changed), { code: 'undecodable-block', problem, transaction });
    };
    undecodable(bytes.subarray(0, 83), 'truncated', -1);
    undecodable(new Uint8Array(0), 'truncated', -1);
    undecodable(bytes.subarray(0, 84), 'truncated', 0);
    undecodable(bytes.subarray(0, -1), 'truncated', 1);
    undecodable(new Uint8Array([...bytes, 0]), 'trailing-bytes', -1);
    const version = bytes.slice();
    version[84] = 9;
    expectReject(decodeBlock(version), {
      code: 'undecodable-block',
      problem: 'unknown-version',
      transaction: 0,
    });
  });

  it('stops at the end of the bytes when the count claims four thousand million', () => {
    const claim = bytes.slice();
    claim.fill(0xff, 80, 84);
    expectReject(decodeBlock(claim), {
      code: 'undecodable-block',
      problem: 'truncated',
      transaction: 2,
    });
  });

  it('answers any broken bytes without throwing, and what it accepts re-encodes', () => {
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1 });
    fc.assert(
      fc.property(changes, fc.nat(bytes.length), (edits, length) => {
        const broken = bytes.slice(0, length);
        for (const [at, value] of edits) if (at < length) broken[at] = value;
        const result = decodeBlock(broken);
        if (result.ok) expect(encodeBlock(result.value)).to.deep.equal(broken);
        else expect(result.error.code).to.equal('undecodable-block');
      }),
      { numRuns: 1000 },
    );
  });
});
