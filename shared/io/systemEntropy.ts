/** The operating system's generator: the only maker of `Entropy`. */

import { randomBytes } from 'node:crypto';

import type { Entropy } from '../entropy.js';

export const systemEntropy: Entropy = {
  bytes: (length: number) => new Uint8Array(randomBytes(length)),
} as Entropy;
