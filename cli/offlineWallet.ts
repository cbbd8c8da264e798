/** A wallet on a computer without a node: made there, and signing there. */

import { networkOf } from '../shared/consensus/genesis.js';
import { Logger } from '../shared/io/logger.js';
import { readNetworkFile } from '../shared/io/networkFile.js';
import { systemClock } from '../shared/io/clock.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import { Trouble } from '../shared/io/trouble.js';
import type { Ledger } from '../peer/wallet/ledger.js';
import type { WalletStatus } from '../peer/wallet/port.js';
import type { WalletShell } from '../peer/walletShell/walletShell.js';

export interface OfflineWallet {
  readonly folder: string;
  /** The network file. */
  readonly genesis: string | undefined;
  readonly passphrase: string;
}

/** Makes both files in `folder`, which must be there, and returns the words. Throws `Trouble`. */
export const makeOfflineWallet = (options: OfflineWallet): Promise<string> =>
  withShell(options, (shell) => shell.create(options.passphrase));

/** Gives the document in `folder` keys for the addresses that come next. Throws `Trouble`. */
export const makeOfflineKeys = (options: OfflineWallet): Promise<WalletStatus> =>
  withShell(options, (shell) => shell.unlock(options.passphrase, 1));

async function withShell<T>(
  { folder, genesis }: OfflineWallet,
  use: (shell: WalletShell) => Promise<T>,
): Promise<T> {
  if (genesis === undefined) {
    const message = 'A wallet without a node needs to know its network.';
    throw new Trouble('wrong-use', message, 'Name its file with --genesis.');
  }
  const network = networkOf(readNetworkFile(genesis));
  const { WalletShell } = await import('../peer/walletShell/walletShell.js');
  const logger = new Logger({
    ...{ format: 'text', level: 'error', hasColour: false, stream: process.stderr },
  });
  const shell = new WalletShell(
    { folder, network },
    {
      look: (read) => Promise.resolve(read(NOTHING)),
      submit: () => Promise.resolve('There is no node.'),
      feeRate: () => 0,
      entropy: systemEntropy,
      now: () => systemClock().unix,
      logger,
    },
  );
  try {
    return await use(shell);
  } finally {
    shell.close();
    await logger.close();
  }
}

/** Nobody has paid to words that are new. */
const NOTHING: Ledger = {
  height: -1,
  isCurrent: false,
  maturity: 0,
  timeOf: () => undefined,
  coins: () => [],
  history: () => [],
  place: () => undefined,
  waiting: () => undefined,
  need: () => undefined,
  waitingOf: () => [],
};
