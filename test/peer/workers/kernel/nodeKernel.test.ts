import { expect } from 'chai';
import fc from 'fast-check';

import { nodeKernel } from '../../../../peer/workers/kernel/nodeKernel.js';
import { hashBytes } from '../../../../shared/bytes.js';
import { headerHash } from '../../../../shared/consensus/header.js';
import { hashValue } from '../../../../shared/consensus/work.js';

/** What `search` must find, by the rules' own hashing. */
function firstNonce(header: Uint8Array, target: bigint, first: number, count: number): number {
  const bytes = header.slice();
  const view = new DataView(bytes.buffer);
  for (let nonce = first; nonce < first + count; nonce++) {
    view.setUint32(76, nonce, true);
    if (hashValue(headerHash(bytes)) <= target) return nonce;
  }
  return -1;
}

describe('workers/kernel/nodeKernel', () => {
  it('finds what the rules find, for any header and target', () => {
    const header = fc.uint8Array({ minLength: 80, maxLength: 80 });
    const target = fc.bigInt({ min: 0n, max: (1n << 256n) - 1n });
    const shift = fc.integer({ min: 0, max: 12 });
    const first = fc.integer({ min: 0, max: 2 ** 32 - 65 });
    fc.assert(
      fc.property(header, target, shift, first, (bytes, value, bits, nonce) => {
        const limit = value >> BigInt(bits);
        const targetBytes = hashBytes(limit.toString(16).padStart(64, '0'));
        const found = nodeKernel.search(bytes.slice(), targetBytes, nonce, 64);
        expect(found).to.equal(firstNonce(bytes, limit, nonce, 64));
      }),
    );
  });
});
