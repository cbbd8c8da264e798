/**
 * Sends payments: signed, then kept on the disk, then given to the node. Whoever kills the process
 * between two of these finds the payment kept and sent again at the next start, or never made.
 */

import { checkSignatures } from '../../shared/consensus/checkTransaction.js';
import { describeReject, type Reject } from '../../shared/consensus/reject.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { Txid, UnixSeconds } from '../../shared/units.js';
import { ownPaths, payerOf, recordSigned } from '../wallet/accountPayment.js';
import { withoutPayments, type PaymentMade, type WalletDocument } from '../wallet/document.js';
import type { Ledger } from '../wallet/ledger.js';
import { missingSignatures, readPayment, signPayment } from '../wallet/payment.js';
import { keyPairsAt } from '../wallet/paymentFile.js';
import { settledPayments, trackPayments } from '../wallet/paymentState.js';
import type { SentPayment } from '../wallet/port.js';
import type { WalletProblem } from '../wallet/problem.js';

/** What the node says of a transaction: `undefined` where it has it, else why it does not. */
export type Submit = (transaction: Uint8Array) => Promise<string | undefined>;

/**
 * What `use` reads once the ledger is at the tip. `use` may be called several times
 * (`Ledger.need`): it changes nothing before its last read, or does it all again. Throws `Trouble`
 * where that cannot be.
 */
export type Look = <T>(use: (ledger: Ledger) => T) => Promise<T>;

export interface PayerDependencies {
  readonly look: Look;
  readonly submit: Submit;
  readonly now: () => UnixSeconds;
  /** Of the network, 32 bytes as hashed. */
  readonly networkId: Uint8Array;
  readonly document: () => WalletDocument;
  /** On the disk when it returns; throws `Trouble`. */
  readonly save: (document: WalletDocument) => void;
}

export interface Signer {
  /** Of the wallet, while it is unlocked. */
  readonly seed: Uint8Array | undefined;
}

export class Payer {
  readonly #dependencies: PayerDependencies;
  #isResending = false;

  constructor(dependencies: PayerDependencies) {
    this.#dependencies = dependencies;
  }

  /** Without `signer` it must be signed already. */
  async send(
    bytes: Uint8Array,
    signer: Signer | undefined,
  ): Promise<Result<SentPayment, WalletProblem>> {
    const signed = this.#signed(bytes, signer);
    if (!signed.ok) return signed;
    const transaction = signed.value;
    const kept = await this.#dependencies.look((ledger) => this.#keep(transaction, ledger));
    if (!kept.ok) return kept;
    const { isNew, isInChain, isOwn } = kept.value;
    const sent = { transaction, isOwn, isInChain };
    if (isInChain) return ok(sent);
    const { txid } = transaction;
    const refusal = await this.#dependencies.submit(transaction.bytes);
    if (refusal === undefined) return ok(sent);
    if (isNew) this.forget(new Set([txid]));
    return fail({ code: 'payment-refused', rule: refusal });
  }

  /** Sends again what neither the chain nor the node has, parents first. Throws `Trouble`. */
  async resend(): Promise<void> {
    if (this.#isResending) return;
    this.#isResending = true;
    try {
      for (const { bytes } of await this.#unsent()) await this.#dependencies.submit(bytes);
    } finally {
      this.#isResending = false;
    }
  }

  /** Lets go of what is deep in the chain. Throws `Trouble`. */
  tidy(ledger: Ledger): void {
    this.forget(settledPayments(trackPayments(this.#dependencies.document(), ledger)));
  }

  /** Looks after these no more. Throws `Trouble`. */
  forget(txids: ReadonlySet<Txid>): void {
    const { document, save } = this.#dependencies;
    if (txids.size > 0) save(withoutPayments(document(), txids));
  }

  #unsent(): Promise<readonly PaymentMade[]> {
    const { look, document } = this.#dependencies;
    return look((ledger) => {
      const tracked = ledger.isCurrent ? trackPayments(document(), ledger) : [];
      return tracked.filter(({ state }) => state.type === 'unsent').map(({ made }) => made);
    });
  }

  #signed(
    bytes: Uint8Array,
    signer: Signer | undefined,
  ): Result<DecodedTransaction, WalletProblem> {
    const { document, networkId } = this.#dependencies;
    const read = readPayment(bytes);
    if (!read.ok) return broken(read.error);
    const asItIs = checkSignatures(read.value, networkId);
    if (asItIs.ok) return ok(read.value);
    if (signer === undefined) {
      const unsigned = missingSignatures(read.value);
      return unsigned > 0 ? fail({ code: 'not-signed', missing: unsigned }) : broken(asItIs.error);
    }
    const { seed } = signer;
    const isOwn = payerOf(document(), read.value) !== undefined;
    if (isOwn && seed === undefined) return fail({ code: 'wallet-locked' });
    const pairs = seed === undefined ? [] : keyPairsAt(seed, ownPaths(document(), read.value));
    const signed = signPayment(bytes, pairs, networkId);
    if (!signed.ok) return broken(signed.error);
    const { missing, transaction } = signed.value;
    if (missing > 0) return fail({ code: 'not-signed', missing });
    const checked = checkSignatures(transaction, networkId);
    return checked.ok ? ok(transaction) : broken(checked.error);
  }

  #keep(transaction: DecodedTransaction, ledger: Ledger): Result<Kept, WalletProblem> {
    const { document, now, save } = this.#dependencies;
    const before = document();
    const account = payerOf(before, transaction);
    const { txid, bytes } = transaction;
    const isOwn = account !== undefined;
    const isInChain = ledger.place(txid) !== undefined;
    if (isInChain || !isOwn) return ok({ isNew: false, isInChain, isOwn });
    const made = { txid, bytes, account: account.name, createdUnix: now() };
    const recorded = recordSigned(before, made, trackPayments(before, ledger));
    if (!recorded.ok) return recorded;
    const isNew = before.payments.every((one) => one.txid !== txid);
    if (isNew) save(recorded.value);
    return ok({ isNew, isInChain, isOwn });
  }
}

interface Kept {
  readonly isNew: boolean;
  readonly isInChain: boolean;
  /** Whether an account of ours pays. */
  readonly isOwn: boolean;
}

const broken = (reject: Reject): Result<never, WalletProblem> =>
  fail({ code: 'bad-payment', rule: describeReject(reject) });
