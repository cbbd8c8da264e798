/** The wallet of a peer in a network for demonstrations: made at the first start, open at each. */

import { readFileIfThere } from '../../shared/io/atomicFile.js';
import { fileTrouble } from '../../shared/io/diskTrouble.js';
import type { Logger } from '../../shared/io/logger.js';
import { Trouble } from '../../shared/io/trouble.js';
import { parseDemoWallets } from '../wallet/demoWallets.js';
import type { WalletShell } from './walletShell.js';

export interface DemoWalletOptions {
  /** The file with the wallets of all peers. */
  readonly file: string;
  /** The account that is this peer's. */
  readonly account: string;
}

/** Whether the wallet is that one, and open now. What is in the way is told to the log. */
export async function openDemoWallet(
  { file, account }: DemoWalletOptions,
  wallet: WalletShell,
  logger: Logger,
): Promise<boolean> {
  try {
    const { words, passphrase } = readSecret(file, account);
    const isNew = wallet.status().state === 'none';
    // A wallet that this passphrase does not open is its owner's own.
    if (isNew) await wallet.restore(words, passphrase, UNTIL_THE_END);
    else await wallet.unlock(passphrase, UNTIL_THE_END);
    return true;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    logger.warn('the demo wallet does not open', { why: `${error.message} ${error.advice}` });
    return false;
  }
}

const UNTIL_THE_END = 0;

function readSecret(file: string, account: string) {
  let text: string | undefined;
  try {
    text = readFileIfThere(file);
  } catch (error) {
    throw fileTrouble(error, file);
  }
  const wallets = parseDemoWallets(text ?? '');
  const own = wallets?.accounts.find(({ name }) => name === account);
  if (wallets !== undefined && own !== undefined) {
    return { words: own.words, passphrase: wallets.passphrase };
  }
  const message = `${file} has no wallet of ${account}.`;
  throw new Trouble('no-demo-wallet', message, 'Begin a new network with --fresh.');
}
