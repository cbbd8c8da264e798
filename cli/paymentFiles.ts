/** Files of payments on their way from one computer to another. */

import { readFileSync } from 'node:fs';
import { hashBytes } from '../shared/bytes.js';
import { encodeAddress } from '../shared/consensus/address.js';
import { writeFileAtomically } from '../shared/io/atomicFile.js';
import { fileTrouble } from '../shared/io/diskTrouble.js';
import { Trouble } from '../shared/io/trouble.js';
import type { AddressHash } from '../shared/units.js';
import { checkSignatures } from '../shared/consensus/checkTransaction.js';
import {
  parsePaymentFile,
  printPaymentFile,
  summarise,
  type PaymentFile,
} from '../peer/wallet/paymentFile.js';
import { refuseToReplace } from './newFile.js';
import type { ShownPayment } from './paymentView.js';

/** The payment in the file at `path`. Throws `Trouble`. */
export function readPaymentFile(path: string): PaymentFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileTrouble(error, path);
    throw new Trouble('no-file', `There is no file ${path}.`, 'Check the path.', error);
  }
  const parsed = parsePaymentFile(text);
  if (parsed.ok) return parsed.value;
  const advice = 'cairn tx create makes one.';
  throw new Trouble('bad-payment', `${path} is no payment: ${parsed.error}`, advice);
}

/** Writes a new file. Throws `Trouble`. */
export function writePaymentFile(path: string, payment: PaymentFile): void {
  refuseToReplace(path);
  try {
    writeFileAtomically(path, printPaymentFile(payment));
  } catch (error) {
    throw fileTrouble(error, path);
  }
}

/** What it does, from its bytes alone; `own`: addresses of whoever looks. */
export function shownOf(
  { transaction, network }: PaymentFile,
  own: ReadonlySet<AddressHash>,
): ShownPayment {
  const { outputs, ...summary } = summarise(transaction, own);
  return {
    ...summary,
    memo: transaction.memo,
    lockHeight: transaction.lockHeight,
    outputs: outputs.map(({ address, amount, isOwn }) => ({
      ...{ address: encodeAddress(network.prefix, address), amount, isChange: isOwn },
    })),
  };
}

/** Whether the network would take its signatures. */
export const isSigned = ({ transaction, network }: PaymentFile): boolean =>
  checkSignatures(transaction, hashBytes(network.id)).ok;
