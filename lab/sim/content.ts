/** One number for all that a verification of a chain looks at. */

import { createHash } from 'node:crypto';
import { COIN_BYTES } from '../../peer/chain/coinBytes.js';
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
  let rows: Uint8Array[] = [];
  for (const [outpoint, coin] of chain.coinRows()) {
    if (!hasLength(outpoint, OUTPOINT_BYTES) || !hasLength(coin, COIN_BYTES)) return undefined;
    rows.push(outpoint, coin);
    if (rows.length < ROWS_AT_ONCE) continue;
    hash.update(Buffer.concat(rows));
    rows = [];
  }
  return hash.update(Buffer.concat(rows)).digest('hex');
}

const OUTPOINT_BYTES = 36;
/** To give the hash many short pieces takes longer than to hash them. */
const ROWS_AT_ONCE = 200;

const hasLength = (value: unknown, length: number): value is Uint8Array =>
  value instanceof Uint8Array && value.length === length;
