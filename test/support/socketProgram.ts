/** Sockets on loopback whose inputs a test awaits one by one. */

import { Sockets, type SocketLimits } from '../../shared/io/tcp.js';
import type { PeerId } from '../../shared/units.js';
import type { ConnectionInput } from '../../shared/wire/connection.js';

type InputOf<Type extends ConnectionInput['type']> = Extract<
  ConnectionInput,
  { readonly type: Type }
>;

export class SocketProgram {
  readonly sockets: Sockets;
  readonly #inputs: ConnectionInput[] = [];
  readonly #waiters: (() => void)[] = [];

  constructor(limits: SocketLimits) {
    this.sockets = new Sockets(limits, (input) => {
      // The view is not ours to keep.
      this.#inputs.push('bytes' in input ? { ...input, bytes: input.bytes.slice() } : input);
      for (const wake of this.#waiters.splice(0)) wake();
    });
  }

  /** Inputs that nobody has awaited yet. */
  get inputsCount(): number {
    return this.#inputs.length;
  }

  countOf(type: ConnectionInput['type']): number {
    return this.#inputs.filter((input) => input.type === type).length;
  }

  /** The oldest input of `type` that was not awaited before. */
  async next<Type extends ConnectionInput['type']>(type: Type): Promise<InputOf<Type>> {
    for (;;) {
      const index = this.#inputs.findIndex((input) => input.type === type);
      const [found] = index < 0 ? [] : this.#inputs.splice(index, 1);
      if (found !== undefined) return found as InputOf<Type>;
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve);
      });
    }
  }

  /** Waits for `sizeBytes` bytes in all, from any peer. */
  async received(sizeBytes: number): Promise<Uint8Array[]> {
    const chunks: Uint8Array[] = [];
    for (let left = sizeBytes; left > 0;) {
      const { bytes } = await this.next('received');
      chunks.push(bytes);
      left -= bytes.length;
    }
    return chunks;
  }

  /** The next `length` bytes as text. */
  async text(length: number): Promise<string> {
    return Buffer.concat(await this.received(length)).toString('latin1');
  }

  send(peer: PeerId, text: string): void {
    this.sockets.perform({ type: 'send', peer, bytes: Buffer.from(text), notify: false });
  }
}
