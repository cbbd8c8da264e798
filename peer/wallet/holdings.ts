/** What addresses hold: coins of the chain, and what waiting transactions make of them. */

import {
  outpointKey,
  type DecodedTransaction,
  type OutPoint,
} from '../../shared/consensus/transaction.js';
import type { AddressHash, Amount, Txid } from '../../shared/units.js';
import type { AddressCoin } from '../index/readers.js';
import { ADDRESS_KINDS } from './accountKeys.js';
import type { OwnCoin } from './coinSelection.js';
import { addressesOf, GAP, keyBytes, type Account, type WalletDocument } from './document.js';
import type { Ledger } from './ledger.js';
import { isLive, type TrackedPayment } from './paymentState.js';

/** The three together: what there will be when all that waits is in the chain and has matured. */
export interface Balance {
  /** Coins of the chain that nothing spends. */
  readonly confirmed: number;
  /** Of transactions that wait for a block, change of one's own payments included. */
  readonly pending: number;
  /** Mined, and not to be spent yet. */
  readonly immature: number;
  /** What can be paid with now: the confirmed, and change of one's own payments that wait. */
  readonly spendable: number;
}

/** Coins that can be paid with; those of the chain are to be taken first. */
export interface Spendable {
  readonly confirmed: readonly OwnCoin[];
  readonly change: readonly OwnCoin[];
}

export class Holdings {
  readonly #ledger: Ledger;
  /** What may come into the chain: the wallet's own payments, sent or not; more when it is met. */
  readonly #live: ReadonlyMap<Txid, DecodedTransaction>;
  readonly #ownTxids: ReadonlySet<Txid>;
  readonly #isWaiting: (txid: Txid) => boolean;

  /** `tracked`: all payments of the wallet. */
  constructor(ledger: Ledger, tracked: readonly TrackedPayment[]) {
    this.#ledger = ledger;
    this.#live = new Map(tracked.filter(isLive).map(({ tx }) => [tx.txid, tx]));
    this.#ownTxids = new Set(this.#live.keys());
    this.#isWaiting = (txid) => ledger.waiting(txid) !== undefined;
  }

  /** Of these addresses together. */
  balance(addresses: readonly AddressHash[]): Balance {
    const all = this.#look(addresses);
    const sum = (coins: readonly { readonly amount: Amount }[]): number =>
      coins.reduce((total, { amount }) => total + amount, 0);
    const confirmed = sum(all.confirmed);
    const spendable = confirmed + sum(all.pending.filter((coin) => this.#isOwnChange(coin)));
    return { confirmed, pending: sum(all.pending), immature: sum(all.immature), spendable };
  }

  /** What an account can pay with. */
  spendable(account: Account): Spendable {
    const keys = keysOf(account);
    const all = this.#look([...keys.keys()]);
    const own = (coins: readonly Held[]): OwnCoin[] =>
      coins.map(({ txid, index, amount, address }) => {
        return { txid, index, amount, key: keys.get(address) ?? NO_KEY };
      });
    const change = all.pending.filter((coin) => this.#isOwnChange(coin));
    return { confirmed: own(all.confirmed), change: own(change) };
  }

  /** Whether the node has the parent: what nobody has cannot be spent by others' rules. */
  #isOwnChange({ txid }: OutPoint): boolean {
    return this.#ownTxids.has(txid) && this.#isWaiting(txid);
  }

  #look(addresses: readonly AddressHash[]): Looked {
    this.#ledger.need(addresses);
    const live = this.#liveOf(addresses);
    const taken = new Set(
      live.flatMap(({ inputs }) => inputs.map(({ txid, index }) => outpointKey(txid, index))),
    );
    const isFree = ({ txid, index }: OutPoint): boolean => !taken.has(outpointKey(txid, index));
    const mine = new Set(addresses);
    const held = addresses.flatMap((address) =>
      this.#ledger.coins(address).map((coin) => ({ ...coin, address })),
    );
    const free = held.filter(isFree);
    const made = live.flatMap(({ txid, outputs }) =>
      outputs.map((output, index) => ({ txid, index, ...output })),
    );
    return {
      confirmed: free.filter((coin) => this.#isMature(coin)),
      immature: free.filter((coin) => !this.#isMature(coin)),
      pending: made.filter((coin) => mine.has(coin.address) && isFree(coin)),
    };
  }

  /**
   * All that waits and has to do with these addresses. One that is in the chain already, because
   * the index is a block ahead, is none of them.
   */
  #liveOf(addresses: readonly AddressHash[]): readonly DecodedTransaction[] {
    const all = new Map(this.#live);
    for (const address of addresses) {
      for (const { tx } of this.#ledger.waitingOf(address)) all.set(tx.txid, tx);
    }
    return [...all.values()].filter(({ txid }) => this.#ledger.place(txid) === undefined);
  }

  /** Whether the next block may spend it. Genesis coins need not mature. */
  #isMature({ isCoinbase, height }: AddressCoin): boolean {
    if (!isCoinbase || height === 0) return true;
    return this.#ledger.height + 1 >= height + this.#ledger.maturity;
  }
}

interface Held extends OutPoint {
  readonly amount: Amount;
  readonly address: AddressHash;
}

interface Looked {
  readonly confirmed: readonly Held[];
  readonly immature: readonly Held[];
  readonly pending: readonly Held[];
}

/** The addresses of an account that somebody may have paid: what was given out, and some more. */
export const watchedAddresses = (account: Account): readonly AddressHash[] =>
  ADDRESS_KINDS.flatMap((kind) => addressesOf(account, kind, account.addresses[kind].given + GAP));

/** All these, those after them, and what is only watched: what will be asked about before long. */
export const addressesToCome = ({ accounts, watched }: WalletDocument): readonly AddressHash[] => [
  ...accounts.flatMap((account) =>
    ADDRESS_KINDS.flatMap((kind) =>
      addressesOf(account, kind, account.addresses[kind].given + 2 * GAP),
    ),
  ),
  ...watched.map(({ address }) => address),
];

const NO_KEY = new Uint8Array(32);

/** The public key of each address that somebody may have paid. */
function keysOf(account: Account): ReadonlyMap<AddressHash, Uint8Array> {
  const keys = new Map<AddressHash, Uint8Array>();
  for (const kind of ADDRESS_KINDS) {
    const run = account.addresses[kind];
    for (const [i, address] of addressesOf(account, kind, run.given + GAP).entries()) {
      keys.set(address, keyBytes(run.keys[i] ?? ''));
    }
  }
  return keys;
}
