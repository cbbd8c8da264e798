/** A payment out of an account: which coins, which change address, where its keys are. */

import { assertDefined } from '../../shared/assert.js';
import { addressOf } from '../../shared/consensus/address.js';
import { outpointKey, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { AddressHash, Amount } from '../../shared/units.js';
import type { FeeRate } from './coinSelection.js';
import { isUsed } from './discovery.js';
import {
  addressesOf,
  allPaths,
  recordPayment,
  withGiven,
  type Account,
  type PaymentMade,
  type WalletDocument,
} from './document.js';
import { Holdings } from './holdings.js';
import type { Ledger } from './ledger.js';
import { planPayment, readPayment, type Payment, type PaymentRequest } from './payment.js';
import type { KeyPath } from './paymentFile.js';
import { isLive, type TrackedPayment } from './paymentState.js';
import type { WalletProblem } from './problem.js';

export interface AccountWish {
  readonly account: Account;
  readonly to: AddressHash;
  readonly amount: number;
  readonly feeRate: FeeRate;
  readonly memo: Uint8Array;
}

export interface AccountPlan extends Payment {
  /** Where the change goes, if there is any. */
  readonly changeTo: AddressHash;
  /** Of what it spends, and of its change. */
  readonly paths: readonly KeyPath[];
}

/** Bytes of a memo (docs/protocol.md, "Transaction"). */
export const MEMO_BYTES_MAX = 256;

/** Coins of the chain come first; change of own payments that wait when these are not enough. */
export function planFromAccount(
  wish: AccountWish,
  ledger: Ledger,
  tracked: readonly TrackedPayment[],
): Result<AccountPlan, WalletProblem> {
  const { account, to, amount, feeRate, memo } = wish;
  if (memo.length > MEMO_BYTES_MAX) {
    return fail({ code: 'memo-too-long', sizeBytes: memo.length, max: MEMO_BYTES_MAX });
  }
  const changeTo = changeAddress(account, ledger, tracked);
  const { confirmed, change } = new Holdings(ledger, tracked).spendable(account);
  const outputs = [{ address: to, amount: amount as Amount }];
  const request: PaymentRequest = {
    coins: confirmed,
    ...{ outputs, feeRate, changeTo, memo },
  };
  const first = planPayment(request);
  const isShort = !first.ok && first.error.code === 'not-enough' && change.length > 0;
  const plan = isShort ? planPayment({ ...request, coins: [...confirmed, ...change] }) : first;
  if (!plan.ok) return plan;
  const paths = pathsOf(account, plan.value, changeTo);
  return ok({ ...plan.value, changeTo, paths });
}

/**
 * Keeps a payment that is about to be sent; its change counts as given out. Refused where another
 * payment that may still come into the chain spends a coin of it.
 */
export function recordSigned(
  document: WalletDocument,
  made: PaymentMade,
  tracked: readonly TrackedPayment[],
): Result<WalletDocument, WalletProblem> {
  const read = readPayment(made.bytes);
  if (!read.ok) return fail({ code: 'bad-payment', rule: read.error.code });
  const other = tracked.find((one) => one.made.txid !== made.txid && isRival(one, read.value));
  if (other !== undefined) return fail({ code: 'coins-taken', txid: other.made.txid });
  const recorded = recordPayment(document, made);
  return recorded.ok ? ok(withOutputsGiven(recorded.value, read.value)) : recorded;
}

/** The account whose coins `tx` spends; of several, that of the first key. */
export function payerOf(document: WalletDocument, tx: DecodedTransaction): Account | undefined {
  const paths = allPaths(document.accounts);
  return tx.keys.map((key) => paths.get(addressOf(key))?.account).find((one) => one !== undefined);
}

/** Where the keys of a transaction, and those of its outputs, are found; others' are left out. */
export function ownPaths(document: WalletDocument, tx: DecodedTransaction): readonly KeyPath[] {
  const paths = allPaths(document.accounts);
  const addresses = [...tx.keys.map(addressOf), ...tx.outputs.map(({ address }) => address)];
  return [...new Set(addresses)].flatMap((address) => {
    const path = paths.get(address);
    return path === undefined
      ? []
      : [{ account: path.account.number, kind: path.kind, number: path.number }];
  });
}

function isRival(one: TrackedPayment, other: DecodedTransaction): boolean {
  if (!isLive(one)) return false;
  const spent = new Set(one.tx.inputs.map(({ txid, index }) => outpointKey(txid, index)));
  return other.inputs.some(({ txid, index }) => spent.has(outpointKey(txid, index)));
}

/**
 * The first one after all that were ever used: gaps between them would hide what follows. The last
 * one again where no key is left: a wallet whose words are elsewhere goes on paying.
 */
function changeAddress(
  account: Account,
  ledger: Ledger,
  tracked: readonly TrackedPayment[],
): AddressHash {
  const all = addressesOf(account, 'change');
  const promised = new Set(tracked.flatMap(({ tx }) => tx.outputs.map((output) => output.address)));
  let number = account.addresses.change.given;
  const isFree = (address: AddressHash): boolean =>
    !promised.has(address) && !isUsed(ledger, address);
  while (number > 0 && isFree(assertDefined(all[number - 1], 'given ones have keys'))) number--;
  const address = all.slice(number).find(isFree) ?? all.at(-1);
  return assertDefined(address, 'an account has addresses');
}

function withOutputsGiven(document: WalletDocument, tx: DecodedTransaction): WalletDocument {
  const paths = allPaths(document.accounts);
  return tx.outputs.reduce((at, { address }) => {
    const path = paths.get(address);
    if (path === undefined) return at;
    return withGiven(at, path.account.name, { [path.kind]: path.number + 1 });
  }, document);
}

function pathsOf(account: Account, payment: Payment, changeTo: AddressHash): readonly KeyPath[] {
  const paths = allPaths([account]);
  const addresses = new Set(payment.coins.map(({ key }) => addressOf(key)));
  if (payment.change > 0) addresses.add(changeTo);
  return [...addresses].map((address) => {
    const { kind, number } = assertDefined(paths.get(address), 'it is of this account');
    return { account: account.number, kind, number };
  });
}
