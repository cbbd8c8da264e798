import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { IN_MEMORY, openStore } from '../../../peer/storage/openStore.js';
import { AccountKeys } from '../../../peer/wallet/accountKeys.js';
import type { OwnCoin } from '../../../peer/wallet/coinSelection.js';
import { planPayment, readPayment, signPayment } from '../../../peer/wallet/payment.js';
import { checkSignatures } from '../../../shared/consensus/checkTransaction.js';
import type { Amount, Txid } from '../../../shared/units.js';
import {
  ALLOCATION,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
} from '../../support/blocks.js';
import { feed } from '../../support/chains.js';

const network = makeNetwork();
const others = new AccountKeys(new Uint8Array(64).fill(1), 0);
const change = others.keyPair('change', 0);
/** What the owners 0 to 4 have in genesis. */
const coins: readonly OwnCoin[] = [0, 1, 2, 3, 4].map((i) => ({
  ...genesisCoin(network, i),
  key: owner(i).key,
}));
const pairs = [0, 1, 2, 3, 4].map(owner);
const request = (amount: number) => ({
  ...{ coins, outputs: [pay(owner(9), amount)], feeRate: 1_000, changeTo: change.address },
});

/** What would be paid, or the code of what is the matter. */
function planned(amount: number, more: Partial<Parameters<typeof planPayment>[0]> = {}) {
  const plan = planPayment({ ...request(amount), ...more });
  return plan.ok ? plan.value : expect.fail(plan.error.code);
}

describe('wallet/payment', () => {
  it('is planned, signed and taken into a block', () => {
    const { unsigned, coins: spent, fee, change: rest } = planned(2_500_000);
    expect(spent).to.have.length(3);
    expect(2_500_000 + fee + rest).to.equal(3 * ALLOCATION);
    const signed = signPayment(unsigned, pairs, network.idBytes);
    if (!signed.ok) return expect.fail(signed.error.code);
    const { transaction, missing } = signed.value;
    expect(missing).to.equal(0);
    expect(transaction.bytes.length).to.equal(fee);
    const outputs = [pay(change, rest), pay(owner(9), 2_500_000)];
    expect(transaction.outputs).to.deep.equal(outputs);
    const { store } = openStore(IN_MEMORY, network);
    const chain = new Chain(network, store);
    const block = nextBlock(network, genesisOf(network), { transactions: [transaction] });
    feed(chain, store, [block]);
    expect(chain.tip.height).to.equal(1);
    store.close();
  });

  it('shows amounts, recipients and fee in its bytes alone', () => {
    const { unsigned, fee } = planned(700, { memo: Uint8Array.of(1, 2), lockHeight: 9 });
    const read = readPayment(unsigned);
    if (!read.ok) return expect.fail(read.error.code);
    const { inputs, outputs, memo, lockHeight } = read.value;
    const sum = (parts: readonly { amount: Amount }[]) =>
      parts.reduce((total, { amount }) => total + amount, 0);
    expect(sum(inputs) - sum(outputs)).to.equal(fee);
    expect(outputs).to.deep.include(pay(owner(9), 700));
    expect([[...memo], lockHeight]).to.deep.equal([[1, 2], 9]);
  });

  it('is signed by one after the other, each with the keys it has', () => {
    const { unsigned } = planned(1_500_000);
    const none = signPayment(unsigned, [], network.idBytes);
    expect(none.ok && none.value.missing).to.equal(2);
    let bytes = unsigned;
    const missing: number[] = [];
    for (const pair of [owner(7), ...pairs]) {
      const signed = signPayment(bytes, [pair], network.idBytes);
      if (!signed.ok) return expect.fail(signed.error.code);
      missing.push(signed.value.missing);
      bytes = signed.value.transaction.bytes;
    }
    expect(missing[0]).to.equal(2);
    expect(missing.at(-1)).to.equal(0);
    const read = readPayment(bytes);
    expect(read.ok && checkSignatures(read.value, network.idBytes).ok).to.equal(true);
  });

  it('is not signed for another network', () => {
    const elsewhere = makeNetwork({ name: 'other' });
    const signed = signPayment(planned(5).unsigned, pairs, elsewhere.idBytes);
    if (!signed.ok) return expect.fail(signed.error.code);
    expect(checkSignatures(signed.value.transaction, network.idBytes).ok).to.equal(false);
  });

  it('is refused, and says why', () => {
    const problem = (more: object) => {
      const plan = planPayment({ ...request(5), ...more });
      return plan.ok ? 'none' : plan.error;
    };
    expect(problem({ outputs: [pay(owner(9), 5 * ALLOCATION)] })).to.deep.equal({
      ...{ code: 'not-enough', available: 5 * ALLOCATION, amount: 5 * ALLOCATION },
    });
    for (const amounts of [[], [0], [1.5], [2, -1], [2 ** 53 - 1, 1], [Number.NaN]]) {
      const outputs = amounts.map((amount) => pay(owner(9), amount));
      expect(problem({ outputs }), amounts.join()).to.deep.equal({ code: 'bad-amount' });
    }
    const many = Array.from({ length: 3_000 }, (_, i) => ({
      ...{ txid: i.toString(16).padStart(64, '0') as Txid, index: 0, key: owner(1).key },
      amount: 100 as Amount,
    }));
    const tooMany = problem({ coins: many, outputs: [pay(owner(9), 250_000)], feeRate: 0 });
    expect(tooMany).to.include({ code: 'too-many-coins', coins: 2_500 });
    const broken = planned(5).unsigned.slice(0, -1);
    const signed = signPayment(broken, pairs, network.idBytes);
    expect(signed.ok ? '' : signed.error.code).to.equal('undecodable-transaction');
  });
});
