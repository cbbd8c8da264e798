import { expect } from 'chai';
import { checkAnswer, proofFile, provenAgain } from '../../../peer/light/checkProofs.js';
import type { ProofAnswer } from '../../../peer/types.js';
import { checkProof } from '../../../shared/consensus/proof.js';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  spendGenesis,
  type MadeBlock,
} from '../../support/blocks.js';
import { lightChainOf, provenIn } from '../../support/lightWorld.js';

const network = makeNetwork();
const transactions = [0, 1, 2].map((i) => spendGenesis(network, i));
const block = nextBlock(network, genesisOf(network), { transactions });
const tip = nextBlock(network, block);
const sibling = nextBlock(network, genesisOf(network), { time: block.point.time + 1 });
const chain = lightChainOf(network, [block, tip, sibling]);
const question = { addresses: [owner(5).address], height: 0, position: 0 };
const proofs = [1, 2, 3].map((position) => provenIn(block, position));

const check = (change: Partial<ProofAnswer> = {}, asked: Partial<typeof question> = {}) =>
  checkAnswer(
    { ...question, ...asked },
    { state: 'done', upTo: tip.block.hash, proofs, ...change },
    chain,
  );

function problemOf(...given: Parameters<typeof check>): string | undefined {
  const checked = check(...given);
  return checked?.ok === false ? checked.error : undefined;
}

const changed = (change: object) =>
  proofs.map((proof, i) => (i === 1 ? { ...proof, ...change } : proof));

describe('light/checkProofs', () => {
  it('takes what leads to the header of a block below where the answer stands', () => {
    const checked = check();
    if (checked?.ok !== true) return expect.fail(JSON.stringify(checked));
    const { upTo, proven, next } = checked.value;
    expect([upTo.hash, next]).to.deep.equal([tip.block.hash, undefined]);
    expect(proven.map(({ tx }) => tx.txid)).to.deep.equal(transactions.map(({ txid }) => txid));
    return undefined;
  });

  it('says where the rest begins', () => {
    const more = check({ state: 'more' });
    expect(more).to.have.deep.nested.property('value.next', { height: 1, position: 4 });
    const last = { ...provenIn(block, 3), position: 0xffff, count: 0x1_0000 };
    expect(problemOf({ state: 'more', proofs: [last] })).to.equal('not-included');
  });

  it('says nothing of an answer that stands at a block which it does not know', () => {
    expect(check({ upTo: 'ab'.repeat(32) as never })).to.equal(undefined);
  });

  it('refuses what proves nothing', () => {
    const { path, transaction } = provenIn(block, 1);
    expect(problemOf({ proofs: changed({ path }) })).to.equal('not-included');
    expect(problemOf({ proofs: changed({ transaction }) })).to.equal('not-included');
    expect(problemOf({ proofs: changed({ position: 3 }) })).to.equal('not-included');
    expect(problemOf({ proofs: changed({ transaction: new Uint8Array(20) }) })).to.equal(
      'bad-transaction',
    );
    expect(problemOf({ proofs: changed({ block: sibling.block.hash }) })).to.equal('other-chain');
    expect(problemOf({ upTo: network.id })).to.equal('other-chain');
    expect(problemOf({ state: 'more', proofs: [] })).to.equal('nothing');
  });

  it('refuses what is in another order, before what was asked for, or twice', () => {
    expect(problemOf({ proofs: proofs.toReversed() })).to.equal('wrong-order');
    expect(problemOf({}, { height: 2 })).to.equal('wrong-order');
    expect(problemOf({}, { height: 1, position: 2 })).to.equal('wrong-order');
    expect(problemOf({ proofs: proofs.flatMap((one) => [one, one]) })).to.equal('wrong-order');
  });

  it('refuses what has nothing to do with the addresses', () => {
    expect(problemOf({}, { addresses: [owner(0).address] })).to.equal('not-asked');
    const own = check({ proofs: proofs.slice(0, 1) }, { addresses: [owner(0).address] });
    expect(own?.ok, 'spends its coin').to.equal(true);
  });

  it('checks again what was stored', () => {
    const stored = provenIn(block, 2);
    expect(provenAgain(stored, chain)?.tx.txid).to.equal(transactions[1]?.txid);
    expect(provenAgain({ ...stored, position: 1 }, chain)).to.equal(undefined);
    expect(provenAgain({ ...stored, block: 'ab'.repeat(32) as never }, chain)).to.equal(undefined);
  });

  it('makes a proof of it that stands for itself', () => {
    const header = (made: MadeBlock): Uint8Array => made.bytes.subarray(0, 80);
    const proof = proofFile(provenIn(block, 2), header(block), network.id);
    expect(checkProof(network, proof).ok).to.equal(true);
    const other = proofFile(provenIn(block, 2), header(tip), network.id);
    expect(checkProof(network, other).ok).to.equal(false);
  });
});
