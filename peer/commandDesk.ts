/**
 * Takes commands of the API to the node, and brings each answer to whoever asked. What comes in one
 * turn of the event loop goes in as one: payments that come side by side share a step, with its
 * transaction of the store and its signature checks.
 */

import type { Result } from '../shared/result.js';
import type { Command, CommandProblem, Effect, Input, NumberedCommand, Reply } from './types.js';

type Answer = Result<Reply, CommandProblem>;

export class CommandDesk {
  readonly #input: (input: Input) => void;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #gathered: NumberedCommand[] = [];
  #lastId = 0;

  constructor(input: (input: Input) => void) {
    this.#input = input;
  }

  /** Resolves with the node's answer; never when the node ends before. */
  readonly command = (command: Command): Promise<Answer> => {
    const id = ++this.#lastId;
    if (this.#gathered.length === 0) setImmediate(this.#handIn);
    this.#gathered.push({ id, command });
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
    });
  };

  onReply({ id, result }: Extract<Effect, { type: 'reply' }>): void {
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }

  readonly #handIn = (): void => {
    const commands = this.#gathered;
    this.#gathered = [];
    this.#input({ type: 'commands', commands });
  };
}
