/**
 * Wallets of a network for demonstrations: one a peer, each with one account that is named after
 * it and paid by the genesis block. Their words stand in one file, for its owner only.
 */

import type { Entropy } from '../../shared/entropy.js';
import { toHex } from '../../shared/bytes.js';
import type { AddressHash, BlockHash } from '../../shared/units.js';
import { AccountKeys } from './accountKeys.js';
import { makeWords, readWords, seedOf, type Words } from './words.js';

export interface DemoAccount {
  /** Of the account, and of the peer that has it. */
  readonly name: string;
  readonly words: Words;
}

export interface DemoWallets {
  readonly networkId: BlockHash;
  /** Seals all of them: a wallet has one. */
  readonly passphrase: string;
  readonly accounts: readonly DemoAccount[];
}

/** New ones; the network is made after them, for its genesis block pays them. */
export const makeDemoAccounts = (names: readonly string[], entropy: Entropy): DemoAccount[] =>
  names.map((name) => ({ name, words: makeWords(entropy) }));

/** 128 bits. */
export const makePassphrase = (entropy: Entropy): string => toHex(entropy.bytes(16));

/** The first address that such an account gives out. */
export const demoAddress = ({ words }: DemoAccount): AddressHash =>
  new AccountKeys(seedOf(words), 0).keyPair('receive', 0).address;

export const printDemoWallets = (wallets: DemoWallets): string =>
  `${JSON.stringify(wallets, undefined, 2)}\n`;

/** `undefined` where `text` holds no such wallets. */
export function parseDemoWallets(text: string): DemoWallets | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(json)) return undefined;
  const { networkId, passphrase, accounts } = json;
  if (typeof networkId !== 'string' || typeof passphrase !== 'string') return undefined;
  if (!Array.isArray(accounts)) return undefined;
  const read = accounts.map(accountOf);
  if (!read.every((one) => one !== undefined)) return undefined;
  return { networkId: networkId as BlockHash, passphrase, accounts: read };
}

function accountOf(json: unknown): DemoAccount | undefined {
  if (!isObject(json) || typeof json['name'] !== 'string') return undefined;
  const words = readWords(typeof json['words'] === 'string' ? json['words'] : '');
  return words.ok ? { name: json['name'], words: words.value } : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
