/** One number for all that a verification of a chain looks at. */

import { createHash } from 'node:crypto';
import { standingIn, type ChainSnapshot } from '../../peer/storage/snapshot.js';

/**
 * SHA-256, in hex, over the blocks and undo data of the chain of `snapshot` and over its coins:
 * two that give the same are both right or both wrong. `undefined` inside a move, and where
 * something is not there.
 */
export function contentOf(snapshot: ChainSnapshot): string | undefined {
  const { chain } = snapshot;
  const { tip, position } = standingIn(snapshot);
  if (tip !== position) return undefined;
  const hash = createHash('sha256');
  const sizes = new DataView(new ArrayBuffer(2 * SIZE_BYTES));
  for (let at = tip; at.parent !== undefined; at = at.parent) {
    const [body, undo] = [chain.body(at.id), chain.undo(at.id)];
    if (body === undefined || undo === undefined) return undefined;
    sizes.setUint32(0, body.length);
    sizes.setUint32(SIZE_BYTES, undo.length);
    hash.update(at.hash).update(sizes).update(body).update(undo);
  }
  for (const [outpoint, { amount, address, height, isCoinbase }] of chain.coins()) {
    hash.update(
      `${outpoint} ${String(amount)} ${address} ${String(height)} ${String(isCoinbase)},`,
    );
  }
  return hash.digest('hex');
}

const SIZE_BYTES = 4;
