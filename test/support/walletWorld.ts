/** A wallet on a real folder, over a plain ledger that takes what it sends as a node does. */

import { Writable } from 'node:stream';
import { decodeTransaction } from '../../shared/consensus/transaction.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { Logger } from '../../shared/io/logger.js';
import { Trouble } from '../../shared/io/trouble.js';
import { systemEntropy } from '../../shared/io/systemEntropy.js';
import type { AddressHash, UnixSeconds } from '../../shared/units.js';
import { WalletShell } from '../../peer/walletShell/walletShell.js';
import { genesisCoin, makeNetwork, owner, spend } from './blocks.js';
import { PlainLedger } from './plainLedger.js';
import { must } from './purse.js';

export type Moment = 'signed' | 'kept' | 'sent';

export const PASSPHRASE = 'correct horse';

export class WalletWorld {
  readonly network: Network = makeNetwork({ maturity: 1 });
  readonly ledger = new PlainLedger(this.network);
  readonly folder: string;
  readonly log: string[] = [];
  /** What the node answers instead of taking a transaction. */
  refusal: string | undefined;
  /** Called when a payment was signed, when it was kept, and when the node has it. */
  onMoment: (moment: Moment, transaction?: Uint8Array) => void = () => undefined;
  sentCount = 0;
  hasIndex = true;
  /** Whether the node has all blocks. */
  isSynced = true;
  shell: WalletShell;
  #gifts = 0;

  constructor(folder: string) {
    this.folder = folder;
    this.shell = this.open();
  }

  /** The same files in another process, as it were. */
  open(): WalletShell {
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        this.log.push(chunk.toString());
        done();
      },
    });
    this.shell = new WalletShell(
      { folder: this.folder, network: this.network },
      {
        look: (use) =>
          this.hasIndex
            ? Promise.resolve(use(this.ledger))
            : Promise.reject(new Trouble('index-off', 'There is no index.', '')),
        submit: (bytes) => Promise.resolve(this.#submit(bytes)),
        feeRate: () => 1_000,
        isSynced: () => this.isSynced,
        entropy: systemEntropy,
        now: () => {
          this.onMoment('signed');
          return 1_800_000_000 as UnixSeconds;
        },
        logger: new Logger({ format: 'text', level: 'info', stream, hasColour: false }),
      },
    );
    return this.shell;
  }

  /** Somebody else pays, in a block. */
  give(address: AddressHash, amount: number): void {
    const coins = [genesisCoin(this.network, this.#gifts++)];
    const outputs = [{ address, amount: amount as never }];
    this.mine([spend(this.network, { coins, outputs })]);
  }

  /** A block with `transactions` and all that waits. */
  mine(transactions: Parameters<PlainLedger['mine']>[1] = []): void {
    const waiting = this.ledger.pool.map(({ tx }) => tx);
    this.ledger.mine(owner(1), [...transactions, ...waiting]);
  }

  /** Plans and sends. */
  async pay(to: string, amount: number, from = 'main') {
    const wish = { from, to, amount, feeRate: undefined, memo: new Uint8Array(0) };
    const { file } = must(await this.shell.plan(wish));
    return this.shell.send(file.transaction.bytes, { isToSign: true });
  }

  #submit(bytes: Uint8Array): string | undefined {
    this.onMoment('kept');
    this.sentCount++;
    const decoded = must(decodeTransaction(bytes));
    if (this.refusal !== undefined) return this.refusal;
    if (!this.ledger.submit(decoded)) return 'missing-coin';
    this.onMoment('sent', bytes);
    return undefined;
  }
}
