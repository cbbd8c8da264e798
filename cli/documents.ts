/** Files that are stamped, as commands read them. */

import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { unreadable } from '../shared/io/diskTrouble.js';

/** SHA-256 of the whole file, 32 bytes, as `sha256sum` computes it. Throws `Trouble`. */
export function hashDocument(path: string): Uint8Array {
  const hash = createHash('sha256');
  readPieces(path, (piece) => {
    hash.update(piece);
    return true;
  });
  return new Uint8Array(hash.digest());
}

/** A file of at most `bytesMax`; `undefined` when it is larger. Throws `Trouble`. */
export function readSmallFile(path: string, bytesMax: number): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  let length = 0;
  readPieces(path, (piece) => {
    pieces.push(piece.slice());
    length += piece.length;
    return length <= bytesMax;
  });
  return length > bytesMax ? undefined : new Uint8Array(Buffer.concat(pieces));
}

const PIECE_BYTES = 1 << 20;

/** Gives `take` the file piece by piece, as long as it answers true. */
function readPieces(path: string, take: (piece: Uint8Array) => boolean): void {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const piece = new Uint8Array(PIECE_BYTES);
    for (let read = 1; read > 0;) {
      read = readSync(file, piece, 0, PIECE_BYTES, null);
      if (!take(piece.subarray(0, read))) return;
    }
  } catch (error) {
    throw unreadable(error, path);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
