import { expect } from 'chai';
import { Signatures } from '../../../peer/chain/signatures.js';
import { Intake, OWN_MAX, type Outcome } from '../../../peer/mempool/intake.js';
import { TxSubmissions } from '../../../peer/node/txSubmissions.js';
import { Outbox } from '../../../peer/net/outbox.js';
import type { Effect } from '../../../peer/types.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import { makeNetwork } from '../../support/blocks.js';
import { emptyMempool, payGenesis } from '../../support/mempools.js';

const network = makeNetwork();

function scene() {
  const outbox = new Outbox();
  const mempool = emptyMempool(network);
  const chain = { signatures: new Signatures(), isMoving: false };
  const intake = new Intake({ chain, mempool });
  const submissions = new TxSubmissions(intake, outbox);
  const replies = () =>
    outbox.take().filter((one): one is Extract<Effect, { type: 'reply' }> => one.type === 'reply');
  return { intake, submissions, replies };
}
const outcome = (tx: DecodedTransaction, id: number, index: number, isTaken: boolean): Outcome => ({
  tx,
  origin: { type: 'command', id, index },
  reject: isTaken ? undefined : { code: 'bad-signature', txid: tx.txid },
});

describe('node/txSubmissions', () => {
  it('answers a command once all of its transactions have an outcome, in their order', () => {
    const { submissions, replies } = scene();
    const [one, two] = [payGenesis(network, 0), payGenesis(network, 1)];
    submissions.onCommand(7, [one.bytes, new Uint8Array(3), two.bytes]);
    submissions.onOutcomes([outcome(two, 7, 2, true)]);
    expect(replies()).to.deep.equal([]);
    submissions.onOutcomes([outcome(one, 7, 0, false), outcome(one, 8, 0, true)]);
    const [reply] = replies();
    expect(reply?.id).to.equal(7);
    const value = reply?.result.ok === true ? reply.result.value : undefined;
    const outcomes = value?.type === 'transactions' ? value.outcomes : [];
    expect(outcomes.map(({ txid }) => txid)).to.deep.equal([one.txid, undefined, two.txid]);
    expect(outcomes.map(({ reject }) => reject?.code)).to.deep.equal([
      ...['bad-signature', 'undecodable-transaction', undefined],
    ]);
  });

  it('answers at once where none is a transaction', () => {
    const { submissions, replies } = scene();
    submissions.onCommand(1, [new Uint8Array(3)]);
    expect(replies()).to.have.length(1);
  });

  it('is busy when more would wait than there is room for', () => {
    const { intake, submissions, replies } = scene();
    const { bytes } = payGenesis(network, 0);
    submissions.onCommand(1, new Array<Uint8Array>(OWN_MAX).fill(bytes));
    expect(intake.ownRoom).to.equal(0);
    expect(replies()).to.deep.equal([]);
    submissions.onCommand(2, [bytes]);
    const [reply] = replies();
    expect(reply?.result.ok === false && reply.result.error.code).to.equal('busy');
  });
});
