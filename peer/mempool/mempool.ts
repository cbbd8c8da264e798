/**
 * What waits for a block: right by the rules, and wanted by our policy. Rules are consensus's;
 * policy is ours alone, and no fault of who sends what it does not like.
 *
 * - One conflict rule: of two that spend one coin the first stays, unless the second pays for all
 *   that would go with the first, for its own way, and a higher rate than each that it replaces.
 * - Chains of 25, counted both ways, so that nothing that follows from one transaction is long.
 * - When it is full, who pays least together with all that needs it goes, and the floor rises.
 */

import { checkTransaction } from '../../shared/consensus/checkTransaction.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import type { Reject } from '../../shared/consensus/reject.js';
import {
  isCoinbase,
  outpointKey,
  outpointsOf,
  type DecodedTransaction,
} from '../../shared/consensus/transaction.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { AddressHash, Amount, Txid, UnixSeconds, Wtxid } from '../../shared/units.js';
import { checkSpends, type Spends } from '../chain/connect.js';
import type { CoinReader } from '../chain/coinView.js';
import type { Coin } from '../chain/store.js';
import { closure, MempoolEntry } from './entry.js';
import { evictCheapest, takeOut } from './eviction.js';
import { FeeFloor } from './feeFloor.js';
import { chainProblem, replacementProblem } from './newcomer.js';
import type { MempoolReject } from '../../shared/consensus/policyReject.js';
import { Pool } from './pool.js';
import type { RateBucket } from './rateBuckets.js';

/** Where a pool is full to, after something had to go: so that each newcomer does not sort it. */
const ROOM_SHARE = 0.99;
/** Of the smallest ones that wait each takes about 3 kB of memory. */
const COUNT_MAX = 100_000;

export interface MempoolOptions {
  readonly params: NetworkParams;
  /** The coins at the tip. */
  readonly coin: CoinReader;
  /** Smallest units for 1,000 bytes. */
  readonly feeRateMin: number;
  /** Of all transactions. */
  readonly bytesMax: number;
  /** What waits longer is forgotten. */
  readonly secondsMax: number;
}

/** Where and when: the block that would come next, and the wall clock. */
export interface MempoolContext {
  readonly height: number;
  readonly now: UnixSeconds;
}

/** Why one that waited waits no more. */
export type Departure =
  | 'confirmed'
  /** A block has another that spends the same coins, or what it spends. */
  | 'conflict'
  /** A reorganisation made it wrong. */
  | 'wrong'
  | 'replaced'
  | 'evicted'
  | 'expired';

/** What happened to those that wait, in order. */
export interface MempoolChange {
  readonly entry: MempoolEntry;
  /** `undefined`: it came. */
  readonly departure: Departure | undefined;
}

/** What may be taken in when its signatures are right. */
interface Candidate {
  readonly tx: DecodedTransaction;
  readonly fee: Amount;
  readonly spends: Spends;
  /** What goes for it, descendants included. */
  readonly replaced: ReadonlySet<MempoolEntry>;
}

/** What a check found out: `add` need not look again before the tip moves. */
export interface Checked {
  readonly spends: Spends;
  /** When that was; −1 where it spends what others make that wait. */
  readonly tipNumber: number;
}

export interface AddOptions {
  /** What it was before a restart. */
  readonly kept?: Pick<MempoolEntry, 'number' | 'addedAt'> | undefined;
  readonly checked?: Checked | undefined;
}

export interface Added {
  readonly entry: MempoolEntry;
  /** Gone for it, or for want of room. */
  readonly replaced: readonly MempoolEntry[];
  readonly evicted: readonly MempoolEntry[];
}

export class Mempool {
  readonly #options: MempoolOptions;
  readonly #pool = new Pool();
  readonly #floor: FeeFloor;
  #changes: MempoolChange[] = [];
  #number: number;
  #version = 0;
  #tipNumber = 0;

  /** `firstNumber`: above all that were kept over a restart. */
  constructor(options: MempoolOptions, firstNumber = 0) {
    this.#options = options;
    this.#number = firstNumber;
    this.#floor = new FeeFloor(options.feeRateMin);
  }

  get count(): number {
    return this.#pool.count;
  }

  /** Another one whenever somebody came or went. */
  get version(): number {
    return this.#version;
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  get(txid: Txid): MempoolEntry | undefined {
    return this.#pool.get(txid);
  }

  byWtxid(wtxid: Wtxid): MempoolEntry | undefined {
    return this.#pool.byWtxid(wtxid);
  }

  /** In the order in which they came. */
  entries(): IterableIterator<MempoolEntry> {
    return this.#pool.entries();
  }

  /** Those that pay most first, roughly. */
  byRate(): Iterable<RateBucket> {
    return this.#pool.byRate();
  }

  /** Those that pay to `address` or spend its coins. */
  entriesOf(address: AddressHash): ReadonlySet<MempoolEntry> {
    return this.#pool.entriesOf(address);
  }

  /** Who spends the coin of an outpoint key. */
  spender(outpoint: string): MempoolEntry | undefined {
    return this.#pool.spender(outpoint);
  }

  /** Who came and who went since the last call, in order. */
  takeChanges(): readonly MempoolChange[] {
    const changes = this.#changes;
    if (changes.length > 0) this.#changes = [];
    return changes;
  }

  /** Smallest units for 1,000 bytes below which nothing is taken in. */
  feeRateMin(now: UnixSeconds): number {
    return this.#floor.rate(now);
  }

  /** The tip moved: what was found out about coins counts no more. */
  onTip(): void {
    this.#tipNumber++;
  }

  /** Everything but the signatures: cheap, and so asked before them. */
  check(tx: DecodedTransaction, context: MempoolContext): Result<Checked, MempoolReject> {
    const candidate = this.#candidate(tx, context);
    if (!candidate.ok) return candidate;
    const isOfChain = tx.inputs.every(({ txid }) => this.#pool.get(txid) === undefined);
    return ok({ spends: candidate.value.spends, tipNumber: isOfChain ? this.#tipNumber : -1 });
  }

  /** Takes in one whose signatures are right. */
  add(
    tx: DecodedTransaction,
    context: MempoolContext,
    { kept, checked }: AddOptions = {},
  ): Result<Added, MempoolReject> {
    const candidate = this.#candidate(tx, context, checked);
    if (!candidate.ok) return candidate;
    const { replaced, spends, ...facts } = candidate.value;
    for (const entry of replaced) this.#pool.remove(entry);
    const { number, addedAt } = kept ?? { number: this.#number++, addedAt: context.now };
    const spendsCoinbase = spends.coins.some((coin) => coin.isCoinbase);
    const addresses = new Set([...spends.coins, ...tx.outputs].map(({ address }) => address));
    const { outpoints } = spends;
    const entry = new MempoolEntry({
      ...facts,
      outpoints,
      spendsCoinbase,
      addresses,
      addedAt,
      number,
    });
    this.#pool.add(entry);
    const evicted = this.#makeRoom(context.now);
    if (!evicted.includes(entry)) {
      this.#note([entry], undefined);
      this.#note(replaced, 'replaced');
      this.#note(evicted, 'evicted');
      return ok({ entry, replaced: [...replaced], evicted });
    }
    // It came to nothing, so it takes nobody's place; but some of what those need may be gone.
    const lost = this.#putBack(replaced, context.height);
    const gone = [...evicted, ...lost, ...this.#makeRoom(context.now)];
    this.#note(
      gone.filter((one) => one !== entry),
      'evicted',
    );
    const needed = Math.ceil((this.#floor.rate(context.now) * entry.bytes) / 1_000);
    return fail({ code: 'pool-full', needed });
  }

  /** A block has them: they are gone, and so is what spends the same coins, with all after it. */
  onConnected(transactions: readonly DecodedTransaction[]): readonly MempoolEntry[] {
    const gone: MempoolEntry[] = [];
    for (const tx of transactions) {
      const entry = this.#pool.get(tx.txid);
      if (entry !== undefined) {
        this.#pool.remove(entry);
        this.#note([entry], 'confirmed');
      }
      const conflicts = this.#pool.conflictsOf(tx.txid, outpointsOf(tx));
      gone.push(...this.#removeAll(conflicts, 'conflict'));
    }
    return gone;
  }

  /** Returns those that cannot come back: their parents had to go. */
  #putBack(entries: Iterable<MempoolEntry>, height: number): readonly MempoolEntry[] {
    const lost: MempoolEntry[] = [];
    for (const entry of entries) {
      if (this.#spends(entry.tx, height, NONE).ok) this.#pool.add(entry);
      else lost.push(entry);
    }
    return lost;
  }

  /**
   * After a reorganisation: takes back what blocks held that are no part of the chain any more,
   * first to last and with their coinbases, and lets go of what is not right any more. Returns what
   * went. `areAllInDoubt`: what the new blocks hold was not told by `onConnected`.
   */
  onReorganised(
    returned: readonly DecodedTransaction[],
    context: MempoolContext,
    areAllInDoubt = false,
  ): readonly MempoolEntry[] {
    for (const tx of returned) if (!isCoinbase(tx)) this.add(tx, context);
    const undone = new Set(returned.map(({ txid }) => txid));
    const inDoubt = [...this.#pool.entries()].filter((entry) => {
      const { inputs, lockHeight } = entry.tx;
      return (
        areAllInDoubt ||
        entry.spendsCoinbase ||
        lockHeight > context.height ||
        inputs.some(({ txid }) => undone.has(txid))
      );
    });
    return this.#removeWrong(inDoubt, context.height);
  }

  /** Of `inDoubt` what is not right: each alone, for its coins may be in the chain by now. */
  #removeWrong(inDoubt: MempoolEntry[], height: number): readonly MempoolEntry[] {
    const gone: MempoolEntry[] = [];
    // Also what is added while it runs: what needs one that went.
    for (const entry of inDoubt) {
      if (this.#pool.get(entry.tx.txid) !== entry) continue;
      if (this.#spends(entry.tx, height, NONE).ok) continue;
      inDoubt.push(...entry.children);
      this.#pool.remove(entry);
      this.#note([entry], this.#isInChain(entry.tx) ? 'confirmed' : 'wrong');
      gone.push(entry);
    }
    return gone;
  }

  /** Whether a coin that it makes is there. */
  #isInChain({ txid, outputs }: DecodedTransaction): boolean {
    return outputs.some((_, i) => this.#options.coin(outpointKey(txid, i)) !== undefined);
  }

  /** Lets go of what has waited too long, with what needs it. */
  expire(now: UnixSeconds): readonly MempoolEntry[] {
    const old: MempoolEntry[] = [];
    for (const entry of this.#pool.entries()) {
      if (now - entry.addedAt > this.#options.secondsMax) old.push(entry);
    }
    return this.#removeAll(old, 'expired');
  }

  #candidate(
    tx: DecodedTransaction,
    context: MempoolContext,
    checked?: Checked,
  ): Result<Candidate, MempoolReject> {
    if (this.#pool.get(tx.txid) !== undefined) {
      return fail({ code: 'already-waiting', txid: tx.txid });
    }
    const outpoints = checked?.spends.outpoints ?? outpointsOf(tx);
    const conflicts = this.#pool.conflictsOf(tx.txid, outpoints);
    const spends =
      checked?.tipNumber === this.#tipNumber
        ? ok(checked.spends)
        : this.#checkAlone(tx, context.height, conflicts);
    if (!spends.ok) return spends;
    const fee = feeOf(tx);
    const needed = Math.ceil((this.#floor.rate(context.now) * tx.bytes.length) / 1_000);
    if (fee < needed) return fail({ code: 'fee-too-low', needed, found: fee });
    const replaced = closure(conflicts, 'children');
    const problem =
      replacementProblem(this.#pool, { tx, fee }, { conflicts, replaced }) ??
      chainProblem(this.#pool, tx, replaced);
    if (problem !== undefined) return fail(problem);
    return ok({ tx, fee, spends: spends.value, replaced });
  }

  /** Its form, and the rules for what it spends. */
  #checkAlone(
    tx: DecodedTransaction,
    height: number,
    conflicts: ReadonlySet<MempoolEntry>,
  ): Result<Spends, Reject> {
    const form = checkTransaction(tx);
    return form.ok ? this.#spends(tx, height, conflicts) : form;
  }

  /** The rules for what it spends, of the chain or of others that wait. */
  #spends(
    tx: DecodedTransaction,
    height: number,
    conflicts: ReadonlySet<MempoolEntry>,
  ): Result<Spends, Reject> {
    const { params, coin } = this.#options;
    const coinOf = (outpoint: string): Coin | undefined => {
      const spender = this.#pool.spender(outpoint);
      const isTaken =
        spender !== undefined && spender.tx.txid !== tx.txid && !conflicts.has(spender);
      return isTaken ? undefined : (this.#waitingCoin(outpoint, height) ?? coin(outpoint));
    };
    return checkSpends({ params, height }, tx, coinOf);
  }

  /** A coin that is made by one that waits. */
  #waitingCoin(outpoint: string, height: number): Coin | undefined {
    const maker = this.#pool.get(outpoint.slice(0, TXID_DIGITS) as Txid);
    const output = maker?.tx.outputs[Number.parseInt(outpoint.slice(TXID_DIGITS), 16)];
    return output && { ...output, height, isCoinbase: false };
  }

  /** Those that pay least, each with all that needs it, until there is room again. */
  #makeRoom(now: UnixSeconds): readonly MempoolEntry[] {
    if (this.#isWithin(1)) return [];
    const isEnough = (): boolean => this.#isWithin(ROOM_SHARE);
    return evictCheapest(this.#pool, isEnough, (rate) => this.#floor.onEvicted(rate, now));
  }

  #isWithin(share: number): boolean {
    return this.#pool.bytes <= this.#options.bytesMax * share && this.count <= COUNT_MAX * share;
  }

  #removeAll(entries: Iterable<MempoolEntry>, departure: Departure): readonly MempoolEntry[] {
    const gone = takeOut(this.#pool, entries);
    this.#note(gone, departure);
    return gone;
  }

  #note(entries: Iterable<MempoolEntry>, departure: Departure | undefined): void {
    for (const entry of entries) {
      this.#changes.push({ entry, departure });
      this.#version++;
    }
  }
}

const NONE: ReadonlySet<MempoolEntry> = new Set();
/** Of a transaction id in an outpoint key. */
const TXID_DIGITS = 64;

/** Form was checked: inputs are worth as much as outputs, and sums are safe. */
function feeOf({ inputs, outputs }: DecodedTransaction): Amount {
  let fee = 0;
  for (const { amount } of inputs) fee += amount;
  for (const { amount } of outputs) fee -= amount;
  return fee as Amount;
}
