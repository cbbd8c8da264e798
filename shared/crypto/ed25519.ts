/** What a library must offer to sign and to check signatures. */

/** Gives the signature of a message. */
export type Signer = (message: Uint8Array) => Uint8Array;

export interface Ed25519 {
  /** The 32-byte public key of a 32-byte seed. */
  publicKeyOf(seed: Uint8Array): Uint8Array;
  /** Makes 64-byte signatures. What it makes of the seed for that is kept as long as it is. */
  signerOf(seed: Uint8Array): Signer;
  /** Whether the library accepts; asked only after `isStrict` has. */
  verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}
