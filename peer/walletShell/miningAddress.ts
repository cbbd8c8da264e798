/** Where mined coins go when nobody says it: to the wallet beside the node, if there is one. */

import { Trouble } from '../../shared/io/trouble.js';
import type { Logger } from '../../shared/io/logger.js';
import type { AddressHash } from '../../shared/units.js';
import { addressesOf } from '../wallet/document.js';
import type { WalletFiles } from './walletFiles.js';

/**
 * The next address of the wallet's first account; `undefined` where there is none. It counts as
 * given out once it was paid. A file that cannot be read is told to the log: the node starts all
 * the same.
 */
export function miningAddress(
  files: Pick<WalletFiles, 'readDocument'>,
  logger: Logger,
): AddressHash | undefined {
  try {
    const account = files.readDocument()?.accounts[0];
    if (account === undefined) return undefined;
    const addresses = addressesOf(account, 'receive');
    return addresses[account.addresses.receive.given] ?? addresses.at(-1);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    const why = `${error.message} ${error.advice}`;
    logger.warn('mined coins go to the node key and not to the wallet', { why });
    return undefined;
  }
}
