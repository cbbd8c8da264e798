/** Entry of a thread that checks signatures. Started by SignaturePool; never imported. */

import { parentPort, workerData } from 'node:worker_threads';

import { assertDefined } from '../../shared/assert.js';
import {
  isSignatureValid,
  SIGNATURE_CHECK_BYTES,
} from '../../shared/consensus/checkTransaction.js';

/** What SignaturePool gives to a thread. */
export interface SignatureThreadData {
  /** 32 bytes, as hashed. */
  readonly networkId: Uint8Array;
}

/** Checks to make, packed as in `SignatureBatch.checks`. */
export interface Slice {
  readonly id: number;
  readonly checks: Uint8Array<ArrayBuffer>;
}

/** What a thread says. */
export type SignatureThreadMessage =
  | { readonly type: 'ready' }
  /** One byte for each check of the slice: 1 valid, 0 not. */
  | { readonly type: 'checked'; readonly id: number; readonly isValid: Uint8Array<ArrayBuffer> };

const port = assertDefined(parentPort, 'this module is the entry of a worker thread');
const { networkId } = workerData as SignatureThreadData;

port.on('message', ({ id, checks }: Slice) => {
  const isValid = new Uint8Array(checks.length / SIGNATURE_CHECK_BYTES);
  for (let i = 0; i < isValid.length; i++) {
    isValid[i] = isSignatureValid(networkId, checks, i) ? 1 : 0;
  }
  port.postMessage({ type: 'checked', id, isValid } satisfies SignatureThreadMessage, [
    isValid.buffer,
  ]);
});
port.postMessage({ type: 'ready' } satisfies SignatureThreadMessage);
