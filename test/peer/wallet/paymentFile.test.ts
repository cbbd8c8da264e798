import { expect } from 'chai';
import {
  keyPairsAt,
  parsePaymentFile,
  printPaymentFile,
  summarise,
  type PaymentFile,
} from '../../../peer/wallet/paymentFile.js';
import { AccountKeys } from '../../../peer/wallet/accountKeys.js';
import { genesisCoin, makeNetwork, owner, pay, spend } from '../../support/blocks.js';
import { must, SEED } from '../../support/purse.js';

const network = makeNetwork();
const transaction = spend(network, {
  coins: [genesisCoin(network, 0), genesisCoin(network, 1)],
  outputs: [pay(owner(7), 1_500_000), pay(owner(1), 499_000)],
});
const FILE: PaymentFile = {
  network: { id: network.id, name: 'test', prefix: network.params.prefix },
  transaction,
  paths: [
    { account: 0, kind: 'receive', number: 12 },
    { account: 3, kind: 'change', number: 0 },
  ],
};

describe('wallet/paymentFile', () => {
  it('reads what it wrote', () => {
    const text = printPaymentFile(FILE);
    expect(must(parsePaymentFile(text))).to.deep.equal(FILE);
    expect(JSON.parse(text))
      .to.have.property('keys')
      .that.deep.equals([...['0/receive/12', '3/change/0']]);
  });

  it('finds the keys that it names', () => {
    const pairs = keyPairsAt(SEED, FILE.paths);
    expect(pairs.map(({ address }) => address)).to.deep.equal([
      new AccountKeys(SEED, 0).keyPair('receive', 12).address,
      new AccountKeys(SEED, 3).keyPair('change', 0).address,
    ]);
  });

  it('shows amounts, recipients and fee, and what is one’s own', () => {
    expect(summarise(transaction, new Set([owner(1).address]))).to.deep.equal({
      inputs: [
        { amount: 1_000_000, isOwn: false },
        { amount: 1_000_000, isOwn: true },
      ],
      outputs: [
        { address: owner(7).address, amount: 1_500_000, isOwn: false },
        { address: owner(1).address, amount: 499_000, isOwn: true },
      ],
      fee: 1_000,
      sizeBytes: transaction.bytes.length,
    });
  });

  it('says what is wrong with a file', () => {
    const json = JSON.parse(printPaymentFile(FILE)) as { network: object; transaction: string };
    const wrong: [object | string, RegExp][] = [
      ['', /^It is not a JSON object\.$/],
      ['[]', /^It is not a JSON object\.$/],
      [{ cairnPayment: 2 }, /version/],
      [{ network: { ...json.network, id: 'x' } }, /which network/],
      [{ network: { ...json.network, name: '\u001b[2J' } }, /which network/],
      [{ network: null }, /which network/],
      [{ transaction: 'xy' }, /no transaction/],
      [{ transaction: json.transaction.slice(2) }, /cannot be decoded|version|not/],
      [{ transaction: json.transaction.slice(0, -2) }, /./],
      [{ keys: 'no' }, /keys are/],
      [{ keys: ['0/other/1'] }, /keys are/],
      [{ keys: ['0/receive/4294967296'] }, /keys are/],
      [{ keys: ['2147483648/receive/0'] }, /keys are/],
      [{ keys: [7] }, /keys are/],
      [{ keys: new Array(2_001).fill('0/receive/1') }, /keys are/],
    ];
    for (const [change, sentence] of wrong) {
      const text = typeof change === 'string' ? change : JSON.stringify({ ...json, ...change });
      const parsed = parsePaymentFile(text);
      expect(parsed.ok ? 'none' : parsed.error, text.slice(0, 100)).to.match(sentence);
    }
  });
});
