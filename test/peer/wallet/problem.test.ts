import { expect } from 'chai';
import { describeWalletProblem, type WalletProblem } from '../../../peer/wallet/problem.js';
import type { Txid } from '../../../shared/units.js';

const txid = 'ab'.repeat(32) as Txid;

/** One of each. */
const PROBLEMS: { readonly [C in WalletProblem['code']]: Extract<WalletProblem, { code: C }> } = {
  'not-enough': { code: 'not-enough', available: 4, amount: 5 },
  'too-many-coins': { code: 'too-many-coins', coins: 3_000, sizeBytes: 138_000 },
  'bad-amount': { code: 'bad-amount' },
  'wallet-locked': { code: 'wallet-locked' },
  'keys-elsewhere': { code: 'keys-elsewhere' },
  'no-account': { code: 'no-account', name: 'Bo', known: ['Alice', 'Bob'] },
  'account-exists': { code: 'account-exists', name: 'Bob' },
  'bad-name': { code: 'bad-name', name: '\u0007' },
  'bad-label': { code: 'bad-label', lengthMax: 64 },
  'too-many-accounts': { code: 'too-many-accounts', max: 100 },
  'too-many-addresses': { code: 'too-many-addresses', max: 10_000 },
  'too-many-watched': { code: 'too-many-watched', max: 1_000 },
  'too-many-payments': { code: 'too-many-payments', max: 1_000 },
  'bad-address': { code: 'bad-address', text: 'cairn1x', prefix: 'cairn' },
  'already-watched': { code: 'already-watched', text: 'cairn1x' },
  'memo-too-long': { code: 'memo-too-long', sizeBytes: 300, max: 256 },
  'bad-words': { code: 'bad-words', problem: { code: 'word-count', count: 11 } },
  'bad-payment': { code: 'bad-payment', rule: 'It has no transaction.' },
  'not-signed': { code: 'not-signed', missing: 1 },
  'coins-taken': { code: 'coins-taken', txid },
  'no-such-payment': { code: 'no-such-payment', txid },
  'payment-refused': { code: 'payment-refused', rule: 'The fee is too low.' },
};

describe('wallet/problem', () => {
  it('has a sentence for each, and writes nothing odd to a terminal', () => {
    for (const problem of Object.values(PROBLEMS)) {
      const { message, advice } = describeWalletProblem(problem);
      expect(message, problem.code).to.match(/^[A-Z0-9c][^\p{C}]*\.$/u);
      expect(advice, problem.code).to.match(/^$|^[A-Z][^\p{C}]*[.\w]$/u);
    }
  });

  it('names what there is', () => {
    expect(describeWalletProblem(PROBLEMS['no-account'])).to.deep.equal({
      message: 'There is no account Bo.',
      advice: 'Accounts: Alice, Bob. cairn account create NAME makes one.',
    });
    expect(describeWalletProblem(PROBLEMS['too-many-watched']).message).to.equal(
      'There are 1000 watched already.',
    );
  });
});
