/** Takes commands of the API to the machine, and brings each answer to whoever asked. */

/** What goes in. */
export interface CommandInput<Command> {
  readonly type: 'command';
  readonly id: number;
  readonly command: Command;
}

export class CommandDesk<Command, Answer> {
  readonly #input: (input: CommandInput<Command>) => void;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  constructor(input: (input: CommandInput<Command>) => void) {
    this.#input = input;
  }

  /** Resolves with the machine's answer; never when it ends before. */
  readonly command = (command: Command): Promise<Answer> => {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#input({ type: 'command', id, command });
    });
  };

  onReply({ id, result }: { readonly id: number; readonly result: Answer }): void {
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }
}
