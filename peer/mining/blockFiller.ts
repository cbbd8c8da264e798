/** What the next block holds beside its coinbase: the packages that pay best. */

import { BLOCK_OVERHEAD_BYTES } from '../../shared/consensus/block.js';
import { transactionBytes, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { Amount } from '../../shared/units.js';
import { totalsOf } from '../mempool/entry.js';
import { choosePackages } from '../mempool/packages.js';
import type { Transactions } from '../mempool/transactions.js';
import { EXTRA_NONCE_BYTES } from './template.js';

/** From more than that many it takes a while to choose: a new tip is hashed on before. */
const QUICK_MAX = 500;

export interface Filling {
  readonly transactions: readonly DecodedTransaction[];
  /** Sum of their fees. */
  readonly fees: Amount;
  /** Of the mempool when it was chosen; `undefined`: nothing was chosen yet. */
  readonly version: number | undefined;
}

/** Where they wait, and whether that is known for the present tip. */
export type Waiting = Pick<Transactions, 'mempool' | 'isAtTip'>;

export interface BlockRoom {
  readonly blockBytesMax: number;
  /** What the coinbase's memo has beside the extra nonce. */
  readonly tagBytes: number;
}

export class BlockFiller {
  readonly #waiting: Waiting;
  readonly #bytesMax: number;

  constructor(waiting: Waiting, { blockBytesMax, tagBytes }: BlockRoom) {
    this.#waiting = waiting;
    const memoBytes = EXTRA_NONCE_BYTES + tagBytes;
    const coinbase = transactionBytes({ inputs: 0, keys: 0, outputs: 1, memoBytes });
    this.#bytesMax = blockBytesMax - BLOCK_OVERHEAD_BYTES - coinbase;
  }

  /** For a tip that is new: in a hurry nothing, where choosing takes long. */
  first(isHurried: boolean): Filling {
    const { mempool, isAtTip } = this.#waiting;
    return !isAtTip || (isHurried && mempool.count > QUICK_MAX) ? NOTHING : this.#choose();
  }

  /** What pays more than `current`, on the same tip; `undefined`: nothing does. */
  better(current: Filling): Filling | undefined {
    const { mempool, isAtTip } = this.#waiting;
    if (!isAtTip || mempool.version === current.version) return undefined;
    const next = this.#choose();
    return next.fees > current.fees ? next : undefined;
  }

  #choose(): Filling {
    const { mempool } = this.#waiting;
    const chosen = choosePackages(mempool.byRate(), this.#bytesMax);
    return {
      transactions: chosen.map(({ tx }) => tx),
      fees: totalsOf(chosen).fees as Amount,
      version: mempool.version,
    };
  }
}

const NOTHING: Filling = { transactions: [], fees: 0 as Amount, version: undefined };
