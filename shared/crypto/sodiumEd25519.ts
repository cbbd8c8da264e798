/** Ed25519 by libsodium: twice the speed of node:crypto, where its binary can be loaded. */

import { createRequire } from 'node:module';
import type { Ed25519 } from './ed25519.js';

/** The part of sodium-native that we call; it ships no types. */
interface Sodium {
  crypto_sign_seed_keypair(key: Uint8Array, secret: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secret: Uint8Array): void;
  crypto_sign_verify_detached(
    signature: Uint8Array,
    message: Uint8Array,
    key: Uint8Array,
  ): boolean | undefined;
}

/** `undefined` where sodium-native has no binary for this machine (musl, for one). */
export function loadSodiumEd25519(): Ed25519 | undefined {
  try {
    return ed25519By(createRequire(import.meta.url)('sodium-native') as Sodium);
  } catch {
    return undefined;
  }
}

function ed25519By(sodium: Sodium): Ed25519 {
  const keyPair = (seed: Uint8Array): { key: Uint8Array; secret: Uint8Array } => {
    const key = new Uint8Array(32);
    const secret = new Uint8Array(64);
    sodium.crypto_sign_seed_keypair(key, secret, unshared(seed));
    return { key, secret };
  };
  return {
    publicKeyOf: (seed) => keyPair(seed).key,
    signerOf: (seed) => {
      const { secret } = keyPair(seed);
      return (message) => {
        const signature = new Uint8Array(64);
        sodium.crypto_sign_detached(signature, unshared(message), secret);
        return signature;
      };
    },
    // It answers `undefined` to what it cannot read, hence `=== true`.
    verify: (key, message, signature) =>
      sodium.crypto_sign_verify_detached(unshared(signature), unshared(message), unshared(key)) ===
      true,
  };
}

/** libsodium's binding cannot read a view on shared memory: give it a copy. */
function unshared(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? bytes.slice() : bytes;
}
