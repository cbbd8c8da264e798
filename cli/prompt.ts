/**
 * Questions to whoever sits at the terminal, or lines that a script pipes in. Questions go to
 * standard error: standard output is for answers.
 */

import { createInterface, type Interface } from 'node:readline';
import { Trouble } from '../shared/io/trouble.js';
import { EXIT } from './exitCodes.js';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACES = ['\u007f', '\b'];

export class Prompt {
  readonly #input: NodeJS.ReadStream;
  #lines: AsyncIterator<string> | undefined;
  #interface: Interface | undefined;

  constructor(input: NodeJS.ReadStream = process.stdin) {
    this.#input = input;
  }

  get isTerminal(): boolean {
    return this.#input.isTTY;
  }

  /** What was typed, without blanks around it. Throws `Trouble` where nothing comes. */
  async line(question: string): Promise<string> {
    if (this.isTerminal) process.stderr.write(question);
    return (await this.#nextLine()).trim();
  }

  /** The same, and nothing of it is seen; blanks count. */
  async hidden(question: string): Promise<string> {
    if (!this.isTerminal) return this.#nextLine();
    this.close();
    process.stderr.write(question);
    this.#input.setRawMode(true);
    this.#input.resume();
    try {
      return await this.#typed();
    } finally {
      this.#input.setRawMode(false);
      this.#input.pause();
      process.stderr.write('\n');
    }
  }

  /** Whether the answer begins with y. */
  async confirms(question: string): Promise<boolean> {
    return /^y(es)?$/i.test(await this.line(`${question} [y/N] `));
  }

  /** Lets the process end. */
  close(): void {
    this.#interface?.close();
    this.#interface = undefined;
    this.#lines = undefined;
    this.#input.pause();
  }

  async #nextLine(): Promise<string> {
    this.#interface ??= createInterface({ input: this.#input, terminal: false });
    this.#lines ??= this.#interface[Symbol.asyncIterator]();
    const next = await this.#lines.next();
    if (next.done !== true) return next.value;
    throw new Trouble('no-answer', 'Standard input ended before the answer.', '');
  }

  #typed(): Promise<string> {
    return new Promise((resolve) => {
      let text = '';
      const onData = (chunk: Buffer): void => {
        for (const character of chunk.toString('utf8')) {
          if (character === CTRL_C) process.exit(EXIT.interrupted);
          if (BACKSPACES.includes(character)) text = Array.from(text).slice(0, -1).join('');
          else if (!['\r', '\n', CTRL_D].includes(character)) text += character;
          else {
            this.#input.off('data', onData);
            resolve(text);
            return;
          }
        }
      };
      this.#input.on('data', onData);
    });
  }
}
