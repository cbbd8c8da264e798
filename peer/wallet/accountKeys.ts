/**
 * The keys and addresses of an account: m/44'/1'/account'/kind'/number' of the seed (BIP 44; 1' is
 * SLIP-0044's coin type of all test networks, for no network of ours has one of its own).
 */

import { publicKeyOf } from '#crypto';
import { addressOf } from '../../shared/consensus/address.js';
import type { AddressHash } from '../../shared/units.js';
import { childOf, descendantOf, rootOf, type Branch } from './keyTree.js';

/** Addresses that others pay to, and those that take the rest of a payment. */
export const ADDRESS_KINDS = ['receive', 'change'] as const;
export type AddressKind = (typeof ADDRESS_KINDS)[number];

/** What owns a coin. */
export interface KeyPair {
  /** 32 bytes: secret. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly address: AddressHash;
}

const PURPOSE = 44;
const COIN_TYPE = 1;

export class AccountKeys {
  readonly #kinds: Readonly<Record<AddressKind, Branch>>;

  /** Of account `number` (from 0) of the wallet with `seed` (64 bytes). */
  constructor(seed: Uint8Array, number: number) {
    const account = descendantOf(rootOf(seed), [PURPOSE, COIN_TYPE, number]);
    this.#kinds = { receive: childOf(account, 0), change: childOf(account, 1) };
  }

  /** The `number`-th key of a kind, from 0. */
  keyPair(kind: AddressKind, number: number): KeyPair {
    const { key: seed } = childOf(this.#kinds[kind], number);
    const key = publicKeyOf(seed);
    return { seed, key, address: addressOf(key) };
  }
}
