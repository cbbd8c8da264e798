/** One `generate` command under way: which of its blocks became the tip, and its one reply. */

import { fail, ok } from '../../shared/result.js';
import type { BlockHash } from '../../shared/units.js';
import type { CommandProblem, Effect } from '../types.js';

export class Generation {
  readonly #commandId: number;
  readonly #count: number;
  readonly #hashes: BlockHash[] = [];

  constructor(commandId: number, count: number) {
    this.#commandId = commandId;
    this.#count = count;
  }

  /** Blocks still to come. */
  get remaining(): number {
    return this.#count - this.#hashes.length;
  }

  /** A block of ours became the tip. */
  onBlock(hash: BlockHash): void {
    this.#hashes.push(hash);
  }

  done(): Effect {
    return this.#reply(ok({ type: 'generated', hashes: this.#hashes }));
  }

  failed(problem: CommandProblem): Effect {
    return this.#reply(fail(problem));
  }

  #reply(result: Extract<Effect, { type: 'reply' }>['result']): Effect {
    return { type: 'reply', id: this.#commandId, result };
  }
}
