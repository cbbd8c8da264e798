/** `#crypto` on Node: hashing and signatures. The one door to node:crypto and sodium-native. */

import { createHmac, hash, pbkdf2Sync } from 'node:crypto';
import type { Ed25519, Signer } from './ed25519.js';
import { isStrict } from './ed25519Strict.js';
import { nodeEd25519 } from './nodeEd25519.js';
import { loadSodiumEd25519 } from './sodiumEd25519.js';

export type { Signer } from './ed25519.js';

/** SHA-256, 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return fromLatin1(hash('sha256', bytes, 'binary'));
}

/** SHA-256 of one byte and then all parts, 32 bytes: how RFC 6962 tells leaves from nodes. */
export function sha256Prefixed(prefix: number, ...parts: readonly Uint8Array[]): Uint8Array {
  // From Buffer's pool: a Uint8Array of its own costs 1.2 µs as soon as it has more than 64 bytes.
  const bytes = Buffer.allocUnsafe(parts.reduce((length, part) => length + part.length, 1));
  bytes[0] = prefix;
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return sha256(bytes);
}

/** SHA-256 of the SHA-256, 32 bytes. */
export function sha256d(bytes: Uint8Array): Uint8Array {
  return sha256(sha256(bytes));
}

/** HMAC-SHA512, 64 bytes. */
export function hmacSha512(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha512', key).update(bytes).digest());
}

/** PBKDF2 with HMAC-SHA512 (RFC 8018), `length` bytes. */
export function pbkdf2Sha512(
  password: Uint8Array,
  salt: Uint8Array,
  { rounds, length }: { readonly rounds: number; readonly length: number },
): Uint8Array {
  return new Uint8Array(pbkdf2Sync(password, salt, rounds, length, 'sha512'));
}

/** The 32-byte Ed25519 public key of a 32-byte seed. */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return ed25519().publicKeyOf(seed);
}

/** The 64-byte Ed25519 signature of `message`. */
export function sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return signerOf(seed)(message);
}

/** Signs much with one seed: what it makes of that takes as long as a signature. */
export function signerOf(seed: Uint8Array): Signer {
  return ed25519().signerOf(seed);
}

/** Whether `signature` is one of `message` by `key`, under our strict rule (ed25519Strict.ts). */
export function verifySignature(
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return isStrict(key, signature) && ed25519().verify(key, message, signature);
}

/** Loaded when it is first needed: it takes 15 ms, and most commands need no key. */
const ed25519 = (): Ed25519 => (library ??= loadSodiumEd25519() ?? nodeEd25519);
let library: Ed25519 | undefined;

/**
 * The one-shot hash takes 0.4 µs into a string and 1.4 µs into a Buffer (bench/consensus.ts),
 * and filling 32 bytes costs next to nothing.
 */
function fromLatin1(digest: string): Uint8Array {
  const bytes = new Uint8Array(32);
  for (let i = 0; i < 32; i++) bytes[i] = digest.charCodeAt(i);
  return bytes;
}
