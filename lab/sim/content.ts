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
  for (let at = tip; at.parent !== undefined; at = at.parent) {
    const [body, undo] = [chain.body(at.id), chain.undo(at.id)];
    if (body === undefined || undo === undefined) return undefined;
    const sizes = `${at.hash} ${String(body.length)} ${String(undo.length)},`;
    hash.update(Buffer.concat([Buffer.from(sizes), body, undo]));
  }
  let text = '';
  for (const [outpoint, { amount, address, height, isCoinbase }] of chain.coins()) {
    text += `${outpoint} ${String(amount)} ${address} ${String(height)} ${String(isCoinbase)},`;
    if (text.length < PIECE_LENGTH) continue;
    hash.update(text);
    text = '';
  }
  return hash.update(text).digest('hex');
}

/** To give the hash many short texts takes longer than to hash them. */
const PIECE_LENGTH = 10_000;
