/** What a library must offer to sign and to check signatures. */

export interface Ed25519 {
  /** The 32-byte public key of a 32-byte seed. */
  publicKeyOf(seed: Uint8Array): Uint8Array;
  /** The 64-byte signature of `message`. */
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
  /** Whether the library accepts; asked only after `isStrict` has. */
  verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}
