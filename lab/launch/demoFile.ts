/** The file with the words of a network's demo wallets, beside its network file. */

import { join } from 'node:path';
import {
  parseDemoWallets,
  printDemoWallets,
  type DemoWallets,
} from '../../peer/wallet/demoWallets.js';
import { readFileIfThere, writeFileAtomically } from '../../shared/io/atomicFile.js';
import { fileTrouble } from '../../shared/io/diskTrouble.js';
import type { BlockHash } from '../../shared/units.js';

export const demoFile = (folder: string): string => join(folder, 'demo.json');

/** Only for its owner: whoever reads it has the coins. */
const MODE = 0o600;

/** Throws `Trouble`. */
export function writeDemoWallets(path: string, wallets: DemoWallets): void {
  try {
    writeFileAtomically(path, printDemoWallets(wallets), MODE);
  } catch (error) {
    throw fileTrouble(error, path);
  }
}

/** Those of the network; `undefined` where there are none of it. Throws `Trouble`. */
export function readDemoWallets(path: string, networkId: BlockHash): DemoWallets | undefined {
  let text: string | undefined;
  try {
    text = readFileIfThere(path);
  } catch (error) {
    throw fileTrouble(error, path);
  }
  const wallets = text === undefined ? undefined : parseDemoWallets(text);
  return wallets?.networkId === networkId ? wallets : undefined;
}
