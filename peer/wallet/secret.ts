/**
 * What a wallet's vault seals: the words, and the network for which they were made. Written once;
 * whatever changes later stands in the document beside it.
 */

import { assert } from '../../shared/assert.js';
import { utf8 } from '../../shared/bytes.js';
import type { BlockHash } from '../../shared/units.js';
import { readWords, type Words } from './words.js';

/** The network that a wallet is for: what a signer must know of it without a node. */
export interface WalletNetwork {
  readonly id: BlockHash;
  readonly name: string;
  /** Of its addresses. */
  readonly prefix: string;
}

export interface WalletSecret {
  readonly network: WalletNetwork;
  readonly words: Words;
}

const FORMAT = 1;

export const encodeSecret = ({ network, words }: WalletSecret): Uint8Array => {
  const { id, name, prefix } = network;
  return utf8(JSON.stringify({ cairnSecret: FORMAT, network: { id, name, prefix }, words }));
};

/** What `encodeSecret` made; nobody else could have sealed it. */
export function decodeSecret(bytes: Uint8Array): WalletSecret {
  const json = JSON.parse(new TextDecoder().decode(bytes)) as SecretJson;
  assert(json.cairnSecret === FORMAT, 'what was sealed is of a format that we know');
  const words = readWords(json.words);
  assert(words.ok, 'sealed words are words');
  return { network: json.network, words: words.value };
}

interface SecretJson extends WalletSecret {
  readonly cairnSecret: number;
}
