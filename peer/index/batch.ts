/**
 * What blocks in a row change in the index of transactions and addresses: the net change, so that a
 * coin that one of them makes and a later one spends is never written.
 *
 * An input states the amount and the key of the coin that it spends, so that the blocks' own bytes
 * say all of it.
 */

import { addressOf } from '../../shared/consensus/address.js';
import type { Block } from '../../shared/consensus/block.js';
import { outpointKey, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import { toHex } from '../../shared/bytes.js';
import { stampedHash } from '../../shared/stamp.js';
import type { AddressHash, Amount, BlockHash, Txid } from '../../shared/units.js';

/** A coin that was there before the first block, and that one of them spends. */
export interface SpentCoin {
  readonly txid: Txid;
  readonly index: number;
  readonly address: AddressHash;
  readonly amount: Amount;
}

/** A coin that one of the blocks makes, and that is there after the last. */
export interface MadeCoin {
  readonly height: number;
  /** Of its transaction in the block. */
  readonly position: number;
  readonly index: number;
  readonly address: AddressHash;
  readonly amount: Amount;
}

/** A transaction in the history of an address. */
export interface HistoryEntry {
  readonly position: number;
  readonly received: Amount;
  readonly spent: Amount;
}

export interface Stamp {
  /** SHA-256 of the document, 64 hex digits in byte order. */
  readonly documentHash: string;
  readonly position: number;
}

/** What stays with its block, whatever follows. */
export interface BlockChanges {
  readonly height: number;
  readonly hash: BlockHash;
  /** By position. */
  readonly txids: readonly Txid[];
  /** Entries by ascending position. */
  readonly history: ReadonlyMap<AddressHash, readonly HistoryEntry[]>;
  readonly stamps: readonly Stamp[];
}

export class Batch {
  readonly #blocks: BlockChanges[] = [];
  readonly #made = new Map<string, MadeCoin>();
  readonly #spent = new Map<string, SpentCoin>();
  #cost = 0;

  /** Lowest first. */
  get blocks(): readonly BlockChanges[] {
    return this.#blocks;
  }

  /** By outpoint key. */
  get made(): ReadonlyMap<string, MadeCoin> {
    return this.#made;
  }

  /** By outpoint key. */
  get spent(): ReadonlyMap<string, SpentCoin> {
    return this.#spent;
  }

  /** About how many rows writing it takes at most. */
  get cost(): number {
    return this.#cost;
  }

  /** Adds `block`, connected at `height`, which follows those that are in it. */
  add(block: Block, height: number): void {
    const history = new Map<AddressHash, OpenEntry[]>();
    const stamps: Stamp[] = [];
    for (const [position, tx] of block.transactions.entries()) {
      this.#takeInputs(tx, (address, amount) => {
        entryOf(history, address, position).spent += amount;
      });
      for (const [index, { amount, address }] of tx.outputs.entries()) {
        const coin = { height, position, index, address, amount };
        this.#made.set(outpointKey(tx.txid, index), coin);
        entryOf(history, address, position).received += amount;
      }
      const document = stampedHash(tx.memo);
      if (document !== undefined) stamps.push({ documentHash: toHex(document), position });
      this.#cost += 1 + tx.inputs.length + tx.outputs.length;
    }
    const txids = block.transactions.map(({ txid }) => txid);
    this.#blocks.push({ height, hash: block.hash, txids, history: closed(history), stamps });
    this.#cost += 1 + history.size;
  }

  #takeInputs(
    { inputs, keys }: DecodedTransaction,
    onSpent: (address: AddressHash, amount: Amount) => void,
  ): void {
    const addresses = keys.map(addressOf);
    for (const { txid, index, amount, key } of inputs) {
      // A connected block's inputs name keys that are there.
      const address = addresses[key] as AddressHash;
      const outpoint = outpointKey(txid, index);
      if (!this.#made.delete(outpoint)) this.#spent.set(outpoint, { txid, index, address, amount });
      onSpent(address, amount);
    }
  }
}

/** An entry whose transaction is being looked at. Sums stay below 2^53: the rules compare them. */
interface OpenEntry {
  readonly position: number;
  received: number;
  spent: number;
}

/** The entry of the transaction at `position`, the last one so far. */
function entryOf(
  history: Map<AddressHash, OpenEntry[]>,
  address: AddressHash,
  position: number,
): OpenEntry {
  const entries = history.get(address);
  const last = entries?.at(-1);
  if (last?.position === position) return last;
  const entry = { position, received: 0, spent: 0 };
  if (entries === undefined) history.set(address, [entry]);
  else entries.push(entry);
  return entry;
}

const closed = (history: ReadonlyMap<AddressHash, readonly OpenEntry[]>): BlockChanges['history'] =>
  history as BlockChanges['history'];
