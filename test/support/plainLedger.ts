/** What index and mempool tell of addresses, counted anew from whole blocks each time. */

import { addressOf } from '../../shared/consensus/address.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { isCoinbase, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { AddressHash, Amount, Txid, UnixSeconds } from '../../shared/units.js';
import type {
  AddressCoin,
  AddressHistory,
  HistoryPage,
  TransactionPlace,
} from '../../peer/index/readers.js';
import type { Ledger, WaitingTransaction } from '../../peer/wallet/ledger.js';
import { GENESIS_TIME, makeCoinbase, pay, type Owner } from './blocks.js';

type Transactions = readonly DecodedTransaction[];

export class PlainLedger implements Ledger {
  readonly maturity: number;
  isCurrent = true;
  /** The transactions of each block, from genesis on. */
  blocks: Transactions[];
  pool: WaitingTransaction[] = [];
  /** Called when somebody reads the coins of an address. */
  onCoins: (address: AddressHash) => void = () => undefined;
  #mined = 0;

  constructor(network: Network) {
    this.maturity = network.params.maturity;
    this.blocks = [network.genesis.transactions];
  }

  get height(): number {
    return this.blocks.length - 1;
  }

  /** A block with `transactions` and a coinbase that pays `miner`. */
  mine(miner: Owner, transactions: Transactions = []): void {
    const height = this.blocks.length;
    const outputs = [pay(miner, 5_000)];
    const coinbase = makeCoinbase({ height, outputs, extraNonce: this.#mined++ });
    this.blocks.push([coinbase, ...transactions]);
    const mined = new Set(transactions.map(({ txid }) => txid));
    this.pool = this.pool.filter(({ tx }) => !mined.has(tx.txid));
  }

  /** Takes it in, as a node does: only if nothing spends its coins. */
  submit(tx: DecodedTransaction): boolean {
    if (this.waiting(tx.txid) !== undefined || this.place(tx.txid) !== undefined) return true;
    const all = [...this.blocks.flat(), ...this.pool.map((one) => one.tx)];
    const isFree = tx.inputs.every(
      (input) =>
        all.some(({ txid, outputs }) => txid === input.txid && input.index < outputs.length) &&
        !all.some(({ inputs }) => inputs.some((one) => isSame(one, input))),
    );
    if (!isFree) return false;
    const fee = (sum(tx.inputs) - sum(tx.outputs)) as Amount;
    this.pool.push({ tx, fee, addedAt: (GENESIS_TIME + this.height) as UnixSeconds });
    return true;
  }

  /** Leaves the last `depth` blocks; their transactions wait again where they can. */
  disconnect(depth: number): void {
    const gone = this.blocks.splice(-depth).flat();
    const waiting = this.pool.splice(0).map(({ tx }) => tx);
    for (const tx of [...gone.filter((one) => !isCoinbase(one)), ...waiting]) this.submit(tx);
  }

  timeOf(height: number): UnixSeconds | undefined {
    return height > this.height ? undefined : ((GENESIS_TIME + height) as UnixSeconds);
  }

  coins(address: AddressHash): readonly AddressCoin[] {
    this.onCoins(address);
    const spent = this.blocks.flat().flatMap(({ inputs }) => inputs);
    return this.blocks
      .flatMap((transactions, height) =>
        transactions.flatMap((tx, position) =>
          tx.outputs.map((output, index) => {
            const { txid } = tx;
            return { txid, index, ...output, height, position, isCoinbase: isCoinbase(tx) };
          }),
        ),
      )
      .filter((coin) => coin.address === address && !spent.some((one) => isSame(one, coin)))
      .map(({ txid, index, amount, height, position, isCoinbase: isMined }) => {
        return { txid, index, amount, height, position, isCoinbase: isMined };
      });
  }

  history(address: AddressHash, { count, before }: HistoryPage): readonly AddressHistory[] {
    return this.blocks
      .flatMap((transactions, height) =>
        transactions.map((tx, position) => {
          return { txid: tx.txid, height, position, ...movesOf(tx, address) };
        }),
      )
      .filter(({ received, spent }) => received + spent > 0)
      .filter(
        ({ height, position }) =>
          before === undefined ||
          height < before.height ||
          (height === before.height && position < before.position),
      )
      .reverse()
      .slice(0, count);
  }

  need(): void {
    return undefined;
  }

  place(txid: Txid): TransactionPlace | undefined {
    for (const [height, transactions] of this.blocks.entries()) {
      const position = transactions.findIndex((tx) => tx.txid === txid);
      if (position >= 0) return { height, position, hash: `block ${height}` as never };
    }
    return undefined;
  }

  waiting(txid: Txid): WaitingTransaction | undefined {
    return this.pool.find(({ tx }) => tx.txid === txid);
  }

  waitingOf(address: AddressHash): readonly WaitingTransaction[] {
    return this.pool.filter(({ tx }) => {
      const { received, spent } = movesOf(tx, address);
      return received + spent > 0;
    });
  }
}

const sum = (parts: readonly { readonly amount: Amount }[]): number =>
  parts.reduce((total, { amount }) => total + amount, 0);

const isSame = (
  a: { readonly txid: Txid; readonly index: number },
  b: { readonly txid: Txid; readonly index: number },
): boolean => a.txid === b.txid && a.index === b.index;

function movesOf(
  { inputs, keys, outputs }: DecodedTransaction,
  address: AddressHash,
): { readonly received: Amount; readonly spent: Amount } {
  const isOwn = keys.map((key) => addressOf(key) === address);
  return {
    received: sum(outputs.filter((output) => output.address === address)) as Amount,
    spent: sum(inputs.filter(({ key }) => isOwn[key] === true)) as Amount,
  };
}
