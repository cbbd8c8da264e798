/**
 * Secrets: the node key, nonces, salts. The type has one maker, the operating system's generator
 * (shared/io/systemEntropy.ts); a seeded `Rng` does not fit it, by type (CVE-2023-39910).
 */

declare const brand: unique symbol;

export interface Entropy {
  readonly [brand]: 'operating-system';
  /** `length` unpredictable bytes. */
  bytes(length: number): Uint8Array;
}
