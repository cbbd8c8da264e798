/** What must hold of money, whatever happened before: after each step, and at rest. */

import { Broken } from '../../lab/sim/broken.js';
import { recount } from '../../lab/sim/recount.js';
import { decodeBlock } from '../../shared/consensus/block.js';
import {
  isCoinbase,
  outpointKey,
  type DecodedTransaction,
} from '../../shared/consensus/transaction.js';
import type { BlockHash, Txid } from '../../shared/units.js';
import { keyOf, MoneyCount } from './moneyCount.js';
import { ACCOUNTS, type MoneyParty } from './moneyParty.js';

type Transactions = readonly DecodedTransaction[];

export class MoneyChecks {
  readonly #parties: readonly MoneyParty[];
  readonly #blocks = new Map<BlockHash, Transactions>();
  /** All that anybody made, on whatever branch. */
  readonly #known = new Map<Txid, DecodedTransaction>();

  constructor(parties: readonly MoneyParty[]) {
    this.#parties = parties;
  }

  onMade(tx: DecodedTransaction): void {
    this.#known.set(tx.txid, tx);
  }

  /** One that was made and is not in the chain, and cannot come into it. */
  isConflict(tx: DecodedTransaction, count: MoneyCount): boolean {
    return tx.inputs.some((input) => {
      if (count.coins.has(keyOf(input))) return false;
      const spender = count.spenders.get(keyOf(input));
      if (spender !== undefined) return spender !== tx.txid;
      const maker = this.#known.get(input.txid);
      // Of a block that was left: nobody can make that coin again.
      return maker === undefined || isCoinbase(maker) || this.isConflict(maker, count);
    });
  }

  /** The money in the chain of a node. */
  count({ queries }: MoneyParty): MoneyCount {
    const blocks: Transactions[] = [];
    for (let height = 0; height <= queries.tip.height; height++) {
      const entry = queries.active(height);
      if (entry === undefined) throw new Broken(`there is no block ${String(height)}`);
      blocks.push(this.#blockOf(entry.hash, queries.block(entry.hash)));
    }
    return new MoneyCount(queries.network.params, blocks);
  }

  /** Nothing that waits spends what is not there, or what another one spends. */
  checkPool(party: MoneyParty): void {
    const { queries, waiting } = party;
    const spent = new Set<string>();
    const txids = new Set(waiting.map(({ txid }) => txid));
    for (const { txid, inputs } of waiting) {
      for (const input of inputs) {
        const key = keyOf(input);
        if (spent.has(key)) throw new Broken(`two of ${nameOf(party)} that wait spend ${key}`);
        spent.add(key);
        const isMade = txids.has(input.txid) && txid !== input.txid;
        if (isMade || queries.coin(outpointKey(input.txid, input.index)) !== undefined) continue;
        throw new Broken(`${txid} waits at ${nameOf(party)} and spends ${key}, which is gone`);
      }
    }
  }

  /** Each account of a wallet sees what whole blocks and what waits make of it. */
  async checkBalances(party: MoneyParty, count = this.count(party)): Promise<void> {
    const live = this.#liveOf(party, count);
    const taken = new Set<string>();
    for (const key of live.flatMap(({ inputs }) => inputs.map(keyOf))) {
      if (taken.has(key)) throw new Broken(`the wallet of ${nameOf(party)} spends ${key} twice`);
      taken.add(key);
    }
    const own = new Set(party.document.payments.map(({ txid }) => txid));
    const waits = new Set(party.waiting.map(({ txid }) => txid));
    const isOwn = (txid: Txid): boolean => own.has(txid) && waits.has(txid);
    for (const name of ACCOUNTS) {
      const counted = count.balance(party.addressesOf(name), { live, isOwn });
      expectSame(`${nameOf(party)}, account ${name}`, await party.balance(name), counted);
    }
  }

  /** Nothing waits any more: everybody has the same coins, and each is where it should be. */
  async checkRest(): Promise<void> {
    const [first] = this.#parties;
    if (first === undefined) return;
    const count = this.count(first);
    if (count.sum !== count.due) {
      throw new Broken(`there are ${String(count.sum)} coins in place of ${String(count.due)}`);
    }
    for (const party of this.#parties) {
      const flaw = recount(party.disk.look());
      if (flaw !== undefined) throw new Broken(`${nameOf(party)}: ${flaw}`);
      await this.checkBalances(party, count);
      await this.#checkFromOutside(party, count);
      await this.#checkPayments(party, count);
    }
  }

  /** The same accounts by the indexes of all others. */
  async #checkFromOutside(party: MoneyParty, count: MoneyCount): Promise<void> {
    for (const name of ACCOUNTS) {
      const addresses = party.addressesOf(name);
      const counted = count.balance(addresses, { live: [], isOwn: () => false });
      for (const other of this.#parties) {
        const seen = await other.balanceFor(addresses);
        const who = `${name} of ${nameOf(party)} at ${nameOf(other)}`;
        expectSame(who, seen, counted);
      }
    }
  }

  /** Each payment is in the chain, or cannot come into it, and the wallet says which. */
  async #checkPayments(party: MoneyParty, count: MoneyCount): Promise<void> {
    for (const { tx, state } of await party.tracked()) {
      const due = count.txids.has(tx.txid) ? 'confirmed' : 'failed';
      const what = `payment ${tx.txid} of ${nameOf(party)}`;
      if (due === 'failed' && !this.isConflict(tx, count)) {
        throw new Broken(`${what} is not in the chain, and nothing is in its way (${state.type})`);
      }
      if (state.type !== due) throw new Broken(`${what} is ${due}; the wallet says ${state.type}`);
    }
  }

  /** What waits at a node, and what its wallet made that may still come. */
  #liveOf(party: MoneyParty, count: MoneyCount): Transactions {
    const live = new Map(party.waiting.map((tx) => [tx.txid, tx]));
    const taken = new Map(
      party.waiting.flatMap(({ txid, inputs }) =>
        inputs.map((input) => [keyOf(input), txid] as const),
      ),
    );
    for (const { txid } of party.document.payments) {
      const tx = this.#known.get(txid);
      if (tx === undefined) throw new Broken(`nobody made ${txid}`);
      if (count.txids.has(txid) || live.has(txid)) continue;
      const isFree = tx.inputs.every(
        (input) =>
          !taken.has(keyOf(input)) &&
          (count.coins.has(keyOf(input)) || live.has(input.txid)) &&
          !count.spenders.has(keyOf(input)),
      );
      if (isFree) live.set(txid, tx);
    }
    return [...live.values()];
  }

  #blockOf(hash: BlockHash, bytes: Uint8Array | undefined): Transactions {
    const known = this.#blocks.get(hash);
    if (known !== undefined) return known;
    const decoded = decodeBlock(bytes ?? new Uint8Array(0));
    if (!decoded.ok) throw new Broken(`block ${hash} is not there`);
    const { transactions } = decoded.value;
    this.#blocks.set(hash, transactions);
    return transactions;
  }
}

export const nameOf = ({ number }: MoneyParty): string => `node ${String(number)}`;

function expectSame(who: string, seen: object, counted: object): void {
  const [a, b] = [JSON.stringify(seen), JSON.stringify(counted)];
  if (a !== b) throw new Broken(`${who} sees ${a}; counted from genesis it is ${b}`);
}
