/** Why a wallet does not do what it was asked to, and what its owner can do about it. */

import { assertNever } from '../../shared/assert.js';
import type { Txid } from '../../shared/units.js';
import type { PaymentProblem } from './payment.js';
import { describeWordsProblem, type WordsProblem } from './words.js';

export type WalletProblem =
  | PaymentProblem
  /** Its words are sealed: only a passphrase opens them. */
  | { readonly code: 'wallet-locked' }
  /** Its words are on another computer. */
  | { readonly code: 'keys-elsewhere' }
  | { readonly code: 'no-account'; readonly name: string; readonly known: readonly string[] }
  | { readonly code: 'account-exists'; readonly name: string }
  | { readonly code: 'bad-name'; readonly name: string }
  | { readonly code: 'bad-label'; readonly lengthMax: number }
  | { readonly code: 'too-many-accounts'; readonly max: number }
  | { readonly code: 'too-many-addresses'; readonly max: number }
  | { readonly code: 'too-many-watched'; readonly max: number }
  | { readonly code: 'too-many-payments'; readonly max: number }
  | { readonly code: 'bad-address'; readonly text: string; readonly prefix: string }
  | { readonly code: 'already-watched'; readonly text: string }
  | { readonly code: 'memo-too-long'; readonly sizeBytes: number; readonly max: number }
  | { readonly code: 'bad-words'; readonly problem: WordsProblem }
  /** `rule`: what is wrong with it. */
  | { readonly code: 'bad-payment'; readonly rule: string }
  /** `missing`: signatures. */
  | { readonly code: 'not-signed'; readonly missing: number }
  /** Another payment of this wallet spends the same coins. */
  | { readonly code: 'coins-taken'; readonly txid: Txid }
  | { readonly code: 'no-such-payment'; readonly txid: Txid }
  /** `rule`: why the node does not take it. */
  | { readonly code: 'payment-refused'; readonly rule: string };

interface Description {
  readonly message: string;
  /** What to do about it; may be empty. */
  readonly advice: string;
}

/** Two sentences for people. */
export function describeWalletProblem(problem: WalletProblem): Description {
  switch (problem.code) {
    case 'not-enough':
    case 'too-many-coins':
    case 'bad-amount':
    case 'memo-too-long':
      return describePaymentProblem(problem);
    case 'wallet-locked':
      return told('The wallet is locked.', 'Unlock it: cairn wallet unlock.');
    case 'keys-elsewhere':
      return told(
        'The words of this wallet are elsewhere: it makes no keys here, and signs nothing.',
        'Sign there: cairn tx create, tx sign, tx send. More keys: cairn wallet keys, there.',
      );
    case 'no-account': {
      const known = problem.known.join(', ') || 'none yet';
      const advice = `Accounts: ${known}. cairn account create NAME makes one.`;
      return told(`There is no account ${problem.name}.`, advice);
    }
    case 'account-exists':
      return told(`There is an account ${problem.name} already.`, 'Choose another name.');
    case 'bad-name':
      return told(
        'This is no name for an account.',
        'A name has up to 32 letters, digits, dots, dashes and underscores.',
      );
    case 'bad-label':
      return told(
        'This is no label for an address.',
        `A label is one line of up to ${String(problem.lengthMax)} characters.`,
      );
    case 'too-many-accounts':
    case 'too-many-addresses':
    case 'too-many-watched':
    case 'too-many-payments':
      return told(
        `There are ${String(problem.max)} ${problem.code.slice('too-many-'.length)} already.`,
        'That is as many as one wallet keeps.',
      );
    case 'bad-address': {
      const advice = `Addresses start with ${problem.prefix}1; cairn account list shows accounts.`;
      return told(`${problem.text} is no address of this network.`, advice);
    }
    case 'already-watched':
      return told(`${problem.text} is in this wallet already.`, '');
    case 'bad-words':
      return told(describeWordsProblem(problem.problem), 'Compare them with what you wrote down.');
    case 'bad-payment':
    case 'not-signed':
    case 'coins-taken':
    case 'no-such-payment':
    case 'payment-refused':
      return describeSendingProblem(problem);
    default:
      return assertNever(problem);
  }
}

type OfSending = Extract<
  WalletProblem,
  { code: 'bad-payment' | 'not-signed' | 'coins-taken' | 'no-such-payment' | 'payment-refused' }
>;

function describeSendingProblem(problem: OfSending): Description {
  switch (problem.code) {
    case 'bad-payment':
      return told(`This is no payment: ${problem.rule}`, 'Make it again: cairn tx create.');
    case 'not-signed':
      return told(
        `${String(problem.missing)} signatures are missing.`,
        'Sign it where its keys are: cairn tx sign.',
      );
    case 'coins-taken':
      return told(
        `Payment ${problem.txid} of this wallet spends the same coins.`,
        'Make this one again, so that it takes others.',
      );
    case 'no-such-payment':
      return told(`This wallet knows no payment ${problem.txid} that waits.`, '');
    case 'payment-refused':
      return told(`The node does not take this payment: ${problem.rule}`, 'Nothing was sent.');
    default:
      return assertNever(problem);
  }
}

type OfPayment = PaymentProblem | Extract<WalletProblem, { code: 'memo-too-long' }>;

function describePaymentProblem(problem: OfPayment): Description {
  switch (problem.code) {
    case 'not-enough': {
      const { amount, available } = problem;
      const message = `There are ${String(available)} to spend, and ${String(amount)} to pay`;
      return told(`${message}, with the fee on top.`, 'Pay less, or wait for what is on its way.');
    }
    case 'too-many-coins': {
      const coins = `It would take ${String(problem.coins)} coins`;
      return told(`${coins}, more than fit into one payment.`, 'Pay in several parts.');
    }
    case 'bad-amount':
      return told('This is no amount.', 'An amount is a whole number of smallest units from 1 on.');
    case 'memo-too-long': {
      const message = `The memo has ${String(problem.sizeBytes)} bytes`;
      return told(`${message}; there is room for ${String(problem.max)}.`, 'Shorten it.');
    }
    default:
      return assertNever(problem);
  }
}

const told = (message: string, advice: string): Description => ({ message, advice });
