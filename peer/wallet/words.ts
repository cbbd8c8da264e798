/**
 * The words from which all keys of a wallet come (BIP 39, English list): what people write down,
 * and type in again years later.
 */

import { pbkdf2Sha512 } from '#crypto';
import { entropyToMnemonic, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { utf8 } from '../../shared/bytes.js';
import type { Entropy } from '../../shared/entropy.js';
import { fail, ok, type Result } from '../../shared/result.js';

/** 12, 15, 18, 21 or 24 words of the list, with a right checksum, one space between them. */
export type Words = string & { readonly [brand]: 'Words' };
declare const brand: unique symbol;

export type WordsProblem =
  | { readonly code: 'word-count'; readonly count: number }
  /** `position` from 1; `meant`: what it may be, for the first four letters name a word. */
  | {
      readonly code: 'unknown-word';
      readonly position: number;
      readonly word: string;
      readonly meant: string | undefined;
    }
  /** Each is a word of the list: one of them is another than it was, or stands elsewhere. */
  | { readonly code: 'wrong-checksum' };

/** 128 bits: twelve words. */
const NEW_BYTES = 16;
const COUNTS: readonly number[] = [12, 15, 18, 21, 24];
const TELLING_LETTERS = 4;
const SEED_ROUNDS = 2_048;
const SEED_BYTES = 64;

/** Twelve new words. */
export const makeWords = (entropy: Entropy): Words =>
  entropyToMnemonic(entropy.bytes(NEW_BYTES), wordlist) as Words;

/** The words in `text`, however they are spaced, in upper case or not. */
export function readWords(text: string): Result<Words, WordsProblem> {
  const words = text.normalize('NFKD').toLowerCase().split(/\s+/u).filter(Boolean);
  const at = words.findIndex((word) => !wordlist.includes(word));
  const word = words[at];
  if (word !== undefined) {
    return fail({ code: 'unknown-word', position: at + 1, word, meant: meant(word) });
  }
  if (!COUNTS.includes(words.length)) return fail({ code: 'word-count', count: words.length });
  const joined = words.join(' ');
  return validateMnemonic(joined, wordlist)
    ? ok(joined as Words)
    : fail({ code: 'wrong-checksum' });
}

/** What went wrong, and what to look at, for people. */
export function describeWordsProblem(problem: WordsProblem): string {
  switch (problem.code) {
    case 'word-count':
      return `These are ${String(problem.count)} words; there must be 12, 15, 18, 21 or 24.`;
    case 'unknown-word': {
      const { position, word, meant: other } = problem;
      const hint = other === undefined ? '' : ` Is it "${other}"?`;
      return `Word ${String(position)}, "${word}", is not in the list.${hint}`;
    }
    case 'wrong-checksum':
      return 'These words do not belong together: one is another than it was, or out of its place.';
  }
}

/**
 * The 64 bytes from which the keys come, as BIP 39 has it. The library's own takes 700 ms, for it
 * has no more than JavaScript; this one takes 3.
 */
export function seedOf(words: Words, passphrase = ''): Uint8Array {
  const salt = utf8(`mnemonic${passphrase}`.normalize('NFKD'));
  return pbkdf2Sha512(utf8(words), salt, { rounds: SEED_ROUNDS, length: SEED_BYTES });
}

function meant(word: string): string | undefined {
  const letters = word.slice(0, TELLING_LETTERS);
  const [first, ...more] = wordlist.filter((one) => one.startsWith(letters));
  return more.length === 0 ? first : undefined;
}
