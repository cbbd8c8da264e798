/** One number for all that a verification of a chain looks at. */

import { createHash } from 'node:crypto';
import { headerHash } from '../../shared/consensus/header.js';
import type { BlockHash } from '../../shared/units.js';
import { COIN_BYTES } from '../../peer/chain/coinBytes.js';
import type { HeaderEntry } from '../../peer/chain/headerEntry.js';
import type { StoredHeader } from '../../peer/chain/store.js';
import type { ChainSnapshot } from '../../peer/storage/snapshot.js';

/**
 * SHA-256, in hex, over headers, blocks and undo data of the chain of `snapshot` and over its
 * coins: two that give the same are both right or both wrong. `tip`: where it should stand, by
 * which its rows are found; `entryOf`: the headers that its node knows. `undefined` inside a move,
 * and where something is not there, or a header beside the chain is not one that its node has in
 * its place.
 */
export function contentOf(
  snapshot: ChainSnapshot,
  tip: HeaderEntry,
  entryOf: (hash: BlockHash) => HeaderEntry | undefined,
): string | undefined {
  const { chain } = snapshot;
  const { tip: stored, position, target } = chain.state() ?? {};
  if (stored !== tip.hash || position !== tip.hash || target !== undefined) return undefined;
  const headers = Array.from(chain.headers());
  const bodies = rowsById(chain.bodyRows());
  const undos = rowsById(chain.undoRows());
  const hash = createHash('sha256').update(tip.hash);
  const ids = new Set<number>();
  for (let at = tip; at.parent !== undefined; at = at.parent) {
    const header = headers[at.id];
    const [, body, checksum] = bodies.get(at.id) ?? [];
    const [, undo, undoChecksum] = undos.get(at.id) ?? [];
    if (header === undefined || !isBytes(body) || !isBytes(undo)) return undefined;
    const { id, status, hasBody, bytes } = header;
    if (id !== at.id || status !== 'connected' || !hasBody) return undefined;
    ids.add(id);
    const numbers = [body.length, checksum, undo.length, undoChecksum].join();
    hash.update(Buffer.concat([Buffer.from(`${numbers};`), bytes, body, undo]));
  }
  const isOfNode = ({ id, bytes }: StoredHeader, i: number): boolean =>
    id === i && (ids.has(id) || entryOf(headerHash(bytes))?.id === id);
  if (!headers.every(isOfNode)) return undefined;
  let rows: Uint8Array[] = [];
  for (const [outpoint, coin] of chain.coinRows()) {
    if (!isBytes(outpoint, OUTPOINT_BYTES) || !isBytes(coin, COIN_BYTES)) return undefined;
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

const isBytes = (value: unknown, length?: number): value is Uint8Array =>
  value instanceof Uint8Array && (length === undefined || value.length === length);

type Row = readonly unknown[];

const rowsById = (rows: Iterable<Row>): ReadonlyMap<unknown, Row> =>
  new Map(Array.from(rows, (row) => [row[0], row]));
