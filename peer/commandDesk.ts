/** Takes commands of the API to the node, and brings each answer to whoever asked. */

import type { Result } from '../shared/result.js';
import type { Command, CommandProblem, Effect, Input, Reply } from './types.js';

type Answer = Result<Reply, CommandProblem>;

export class CommandDesk {
  readonly #input: (input: Input) => void;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  constructor(input: (input: Input) => void) {
    this.#input = input;
  }

  /** Resolves with the node's answer; never when the node ends before. */
  readonly command = (command: Command): Promise<Answer> => {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#input({ type: 'command', id, command });
    });
  };

  onReply({ id, result }: Extract<Effect, { type: 'reply' }>): void {
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }
}
