/**
 * Signature checks under way: which transactions were asked about, and for which blocks.
 *
 * Answers are facts about bytes. They may come in any order, more than once, or as 'not-run', which
 * says nothing: the block counts as never asked. Whose signatures are right is remembered for a
 * while, so that a transaction that was checked when it came is not checked again with its block.
 */

import type { Block } from '../../shared/consensus/block.js';
import { isSignatureValid, signatureChecks } from '../../shared/consensus/checkTransaction.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { Txid, Wtxid } from '../../shared/units.js';
import type { SignatureBatch, VerifyOutcome, VerifyResult } from '../types.js';
import type { HeaderEntry } from './headerEntry.js';
import { RecentIds } from './recentIds.js';

/** About 7 ms of one core: small enough to spread one block over all of them. */
const BATCH_CHECKS_MIN = 128;
/** Keeps eight cores busy for 30 ms; what a block has beyond is asked together with its rest. */
const CHECKS_UNDER_WAY_MAX = 4096;
/** For transactions alone: a block waits for them, on two cores 30 ms. */
const CHECKS_ALONE_MAX = 1024;

/** Those of the last 65 full blocks, or of some seconds at full speed; twice as many are 8 MB. */
const CHECKED_MIN = 32_768;

/** What the answers showed. */
export interface Verdicts {
  /** All signatures of these blocks are right. */
  readonly verified: readonly HeaderEntry[];
  /** A signature of these blocks is wrong, of the transaction with this id. */
  readonly broken: readonly { readonly entry: HeaderEntry; readonly txid: Txid }[];
}

export class Signatures {
  /** Blocks with answers to come. */
  readonly #asked = new Map<HeaderEntry, Question>();
  readonly #waiting = new Map<Wtxid, Waiting>();
  /** Whose signatures are right: a fact about bytes, whatever the chain does. Never stored. */
  readonly #checked = new RecentIds(CHECKED_MIN);
  #isKept: (wtxid: Wtxid) => boolean = () => false;
  #unsent: DecodedTransaction[] = [];
  #checksUnderWay = 0;

  /** Whether there are answers to come. */
  get isBusy(): boolean {
    return this.#checksUnderWay > 0;
  }

  get checksUnderWay(): number {
    return this.#checksUnderWay;
  }

  /** Whether more may be asked now. */
  get hasRoom(): boolean {
    return this.#checksUnderWay < CHECKS_UNDER_WAY_MAX;
  }

  /** Whether transactions may be asked about by themselves now. */
  get hasRoomAlone(): boolean {
    return this.#checksUnderWay < CHECKS_ALONE_MAX;
  }

  isAsked(entry: HeaderEntry): boolean {
    return this.#asked.has(entry);
  }

  /** Whether every signature of `block` is known to be right: nothing needs to be asked. */
  areRight({ transactions }: Block): boolean {
    return transactions.every((tx) => this.isRight(tx));
  }

  /** Whether the signatures of `tx` are known to be right. */
  isRight(tx: DecodedTransaction): boolean {
    return tx.keys.length === 0 || this.isKnown(tx);
  }

  /**
   * Whether `tx` was looked at before: its form is right as well, for without that nobody asks
   * about signatures.
   */
  readonly isKnown = ({ wtxid }: DecodedTransaction): boolean =>
    this.#checked.has(wtxid) || this.#isKept(wtxid);

  /** Somebody keeps transactions whose signatures are right, and says whether one is among them. */
  trust(isKept: (wtxid: Wtxid) => boolean): void {
    this.#isKept = isKept;
  }

  /** Asks about all transactions of a block of which some are not known to be right. */
  ask(entry: HeaderEntry, { transactions }: Block): void {
    const unknown = transactions.filter((tx) => !this.isRight(tx));
    const question: Question = { entry, unanswered: new Set(unknown.map((tx) => tx.wtxid)) };
    this.#asked.set(entry, question);
    for (const tx of unknown) {
      const waiting = this.#waiting.get(tx.wtxid);
      if (waiting === undefined) this.#send(tx, [question]);
      else waiting.questions.push(question);
    }
  }

  /** Asks about a transaction by itself, unless an answer about it is to come anyway. */
  askAlone(tx: DecodedTransaction): void {
    if (!this.#waiting.has(tx.wtxid)) this.#send(tx, []);
  }

  /** The batches to send since the last call. */
  takeBatches(): readonly SignatureBatch[] {
    if (this.#unsent.length === 0) return NONE;
    const batches: SignatureBatch[] = [];
    let part: DecodedTransaction[] = [];
    let checks = 0;
    for (const tx of this.#unsent) {
      part.push(tx);
      checks += tx.keys.length;
      if (checks < BATCH_CHECKS_MIN) continue;
      batches.push(batchOf(part));
      part = [];
      checks = 0;
    }
    if (part.length > 0) batches.push(batchOf(part));
    this.#unsent = [];
    return batches;
  }

  onVerified(results: readonly VerifyResult[]): Verdicts {
    const verified: HeaderEntry[] = [];
    const broken: { entry: HeaderEntry; txid: Txid }[] = [];
    for (const { wtxid, outcome } of results) {
      for (const { question, txid } of this.#answered(wtxid, outcome)) {
        const { entry } = question;
        // A block that was dropped by another answer, or asked anew, has no use for this one.
        if (this.#asked.get(entry) !== question) continue;
        question.unanswered.delete(wtxid);
        if (outcome === 'valid' && question.unanswered.size > 0) continue;
        this.#asked.delete(entry);
        if (outcome === 'valid') verified.push(entry);
        else if (outcome === 'invalid') broken.push({ entry, txid });
      }
    }
    return { verified, broken };
  }

  #send(tx: DecodedTransaction, questions: Question[]): void {
    const checkCount = tx.keys.length;
    this.#waiting.set(tx.wtxid, { txid: tx.txid, checkCount, questions });
    this.#checksUnderWay += checkCount;
    this.#unsent.push(tx);
  }

  #answered(
    wtxid: Wtxid,
    outcome: VerifyOutcome,
  ): { readonly question: Question; readonly txid: Txid }[] {
    const waiting = this.#waiting.get(wtxid);
    if (waiting === undefined) return [];
    this.#waiting.delete(wtxid);
    if (outcome === 'valid') this.#checked.add(wtxid);
    this.#checksUnderWay -= waiting.checkCount;
    return waiting.questions.map((question) => ({ question, txid: waiting.txid }));
  }
}

const NONE: readonly SignatureBatch[] = [];

/**
 * The answers to `batch`, found here and now: what threads find together. `networkId`: 32 bytes,
 * as hashed.
 */
export function answersTo(
  networkId: Uint8Array,
  { wtxids, owners, checks }: SignatureBatch,
): VerifyResult[] {
  const isInvalid = new Uint8Array(wtxids.length);
  for (const [i, owner] of owners.entries()) {
    if (!isSignatureValid(networkId, checks, i)) isInvalid[owner] = 1;
  }
  return wtxids.map((wtxid, i) => ({ wtxid, outcome: isInvalid[i] === 1 ? 'invalid' : 'valid' }));
}

interface Question {
  readonly entry: HeaderEntry;
  readonly unanswered: Set<Wtxid>;
}

interface Waiting {
  readonly txid: Txid;
  readonly checkCount: number;
  readonly questions: Question[];
}

function batchOf(transactions: readonly DecodedTransaction[]): SignatureBatch {
  return {
    wtxids: transactions.map((tx) => tx.wtxid),
    owners: Uint32Array.from(transactions.flatMap((tx, i) => tx.keys.map(() => i))),
    checks: signatureChecks(transactions),
  };
}
