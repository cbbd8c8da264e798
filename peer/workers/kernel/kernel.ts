/** What every hashing loop offers, whatever it is written in. */

/** The kernels there are. */
export type KernelName = 'node' | 'wasm' | 'native';

export interface Kernel {
  readonly name: KernelName;
  /** What it makes use of here, such as `AVX-512`. */
  readonly detail?: string;
  /**
   * The first of the nonces `firstNonce` … `firstNonce + count − 1` with which the header's
   * SHA-256d, read little-endian, is at most the target; −1 when there is none.
   *
   * `header`: 80 bytes, of which the last four, the nonce, are overwritten. `target`: 32 bytes,
   * little-endian, as a digest is. All nonces are below 2^32.
   */
  search(header: Uint8Array, target: Uint8Array, firstNonce: number, count: number): number;
}
