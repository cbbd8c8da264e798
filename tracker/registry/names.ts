/** The distinct agent texts of registered peers, each kept once, and a bounded number of them. */

/** Texts kept at most: what a room of users has, many times over; 64 bytes each on the wire. */
export const NAMES_MAX = 4096;

export class Names {
  readonly #numbers = new Map<string, number>();
  /** Number 0 is the nameless one: empty, or beyond the limit. */
  readonly #texts: string[] = [''];
  readonly #uses = new Uint32Array(NAMES_MAX);
  readonly #free: number[] = [];

  /** The number of `text`, counted as used once more; 0 when no more texts are kept. */
  use(text: string): number {
    if (text === '') return 0;
    const number = this.#numbers.get(text) ?? this.#keep(text);
    if (number !== 0) this.#uses[number] = (this.#uses[number] as number) + 1;
    return number;
  }

  /** Ends one use of `number`. */
  release(number: number): void {
    if (number === 0) return;
    const uses = (this.#uses[number] as number) - 1;
    this.#uses[number] = uses;
    if (uses > 0) return;
    this.#numbers.delete(this.text(number));
    this.#texts[number] = '';
    this.#free.push(number);
  }

  text(number: number): string {
    return this.#texts[number] ?? '';
  }

  #keep(text: string): number {
    const number = this.#free.pop() ?? this.#texts.length;
    if (number >= NAMES_MAX) return 0;
    this.#texts[number] = text;
    this.#numbers.set(text, number);
    return number;
  }
}
