/**
 * Takes commands of the API to the machine, and brings each answer to whoever asked. What comes in
 * one turn of the event loop goes in as one: payments that come side by side share a step, with its
 * transaction of the store and its signature checks.
 */

/** What goes in, in order. */
export interface CommandsInput<Command> {
  readonly type: 'commands';
  readonly commands: readonly { readonly id: number; readonly command: Command }[];
}

export class CommandDesk<Command, Answer> {
  readonly #input: (input: CommandsInput<Command>) => void;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #gathered: { readonly id: number; readonly command: Command }[] = [];
  #lastId = 0;
  /** What every command gets once the machine has stopped. */
  #lastAnswer: { readonly answer: Answer } | undefined;

  constructor(input: (input: CommandsInput<Command>) => void) {
    this.#input = input;
  }

  /** Resolves with the machine's answer, or with that of `close`. */
  readonly command = (command: Command): Promise<Answer> => {
    if (this.#lastAnswer !== undefined) return Promise.resolve(this.#lastAnswer.answer);
    const id = ++this.#lastId;
    if (this.#gathered.length === 0) setImmediate(this.#handIn);
    this.#gathered.push({ id, command });
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
    });
  };

  onReply({ id, result }: { readonly id: number; readonly result: Answer }): void {
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }

  /** The machine has stopped: all that wait get `answer`, and all that come. */
  close(answer: Answer): void {
    this.#lastAnswer = { answer };
    this.#gathered = [];
    for (const resolve of this.#waiting.values()) resolve(answer);
    this.#waiting.clear();
  }

  readonly #handIn = (): void => {
    if (this.#gathered.length === 0) return;
    const commands = this.#gathered;
    this.#gathered = [];
    this.#input({ type: 'commands', commands });
  };
}
