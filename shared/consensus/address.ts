/** Addresses: the hash of a public key, and how people read it. `docs/protocol.md`, "Addresses". */

import { sha256 } from '#crypto';
import { bech32m } from '@scure/base';
import { concatBytes, fromHex, toHex, utf8 } from '../bytes.js';
import { assertDefined } from '../assert.js';
import { fail, ok, type Result } from '../result.js';
import type { AddressHash } from '../units.js';

/** The first 20 bytes of SHA-256("cairn/address/1\0" ‖ key), for a 32-byte public key. */
export function addressOf(key: Uint8Array): AddressHash {
  return toHex(sha256(concatBytes(ADDRESS_TAG, key)).subarray(0, HASH_BYTES)) as AddressHash;
}

/** Bech32m (BIP 350) of the output kind, 0, and the 20 bytes, under the network's prefix. */
export function encodeAddress(prefix: string, address: AddressHash): string {
  const hash = assertDefined(fromHex(address), 'an address hash is hex');
  return bech32m.encode(prefix, bech32m.toWords(concatBytes(Uint8Array.of(PAY_TO_KEY_HASH), hash)));
}

export type AddressProblem =
  | 'not-an-address'
  /** Right, but of a network with another prefix. */
  | 'other-prefix'
  /** Of a kind that these rules do not know. */
  | 'unknown-kind';

/** The 20-byte hash in `text`, an address of a network with `prefix`. Upper case is read, too. */
export function decodeAddress(prefix: string, text: string): Result<AddressHash, AddressProblem> {
  const decoded = bech32m.decodeUnsafe(text, TEXT_LENGTH_MAX);
  const payload = decoded && bech32m.fromWordsUnsafe(decoded.words);
  if (!decoded || !payload) return fail('not-an-address');
  if (decoded.prefix !== prefix) return fail('other-prefix');
  if (payload[0] !== PAY_TO_KEY_HASH) return fail('unknown-kind');
  if (payload.length !== 1 + HASH_BYTES) return fail('not-an-address');
  return ok(toHex(payload.subarray(1)) as AddressHash);
}

const ADDRESS_TAG = utf8('cairn/address/1\0');
const HASH_BYTES = 20;
const PAY_TO_KEY_HASH = 0;
/** Bech32's own limit, within which its checksum finds four errors. */
const TEXT_LENGTH_MAX = 90;
