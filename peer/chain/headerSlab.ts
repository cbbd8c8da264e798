/**
 * The 80 bytes of each header by id, in few large pieces: a byte array each would cost twice its
 * content.
 */

const BYTES = 80;
const HEADERS_PER_PIECE = 1024;

export class HeaderSlab {
  readonly #pieces: Uint8Array[] = [];

  /** Keeps a copy of `bytes` (80) as those of header `id`. */
  put(id: number, bytes: Uint8Array): void {
    const piece = Math.floor(id / HEADERS_PER_PIECE);
    while (this.#pieces.length <= piece) {
      this.#pieces.push(new Uint8Array(HEADERS_PER_PIECE * BYTES));
    }
    this.#pieces[piece]?.set(bytes, (id % HEADERS_PER_PIECE) * BYTES);
  }

  /** The bytes of header `id`: a view that stays valid. */
  at(id: number): Uint8Array {
    const start = (id % HEADERS_PER_PIECE) * BYTES;
    const piece = this.#pieces[Math.floor(id / HEADERS_PER_PIECE)] as Uint8Array;
    return piece.subarray(start, start + BYTES);
  }
}
