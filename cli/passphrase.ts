/** Where a passphrase comes from: the terminal, without echo, or a file. Never a flag's value. */

import { readFileSync } from 'node:fs';
import { fileTrouble } from '../shared/io/diskTrouble.js';
import { Trouble } from '../shared/io/trouble.js';
import type { Option } from './command.js';
import { Prompt } from './prompt.js';

export const PASSPHRASE_OPTION = {
  kind: { type: 'path' },
  about: 'file whose first line is the passphrase; without it, you are asked',
} as const satisfies Option;

/** Of a wallet that is there. Throws `Trouble`. */
export async function askPassphrase(file: string | undefined, prompt: Prompt): Promise<string> {
  return notEmpty(
    file === undefined ? await prompt.hidden('Passphrase: ') : firstLineOf(file, 'passphrase'),
  );
}

/** The same by a command that asks for nothing else. */
export async function askPassphraseAlone(file: string | undefined): Promise<string> {
  const prompt = new Prompt();
  const passphrase = await askPassphrase(file, prompt);
  prompt.close();
  return passphrase;
}

/** Of one that is to be made: typed twice. Throws `Trouble`. */
export async function askNewPassphrase(file: string | undefined, prompt: Prompt): Promise<string> {
  if (file !== undefined) return askPassphrase(file, prompt);
  const passphrase = notEmpty(await prompt.hidden('New passphrase: '));
  if (!prompt.isTerminal) return passphrase;
  if ((await prompt.hidden('The same again: ')) === passphrase) return passphrase;
  throw new Trouble('not-the-same', 'These are two different passphrases.', 'Begin again.');
}

/** The first line of a file that the user named. Throws `Trouble`. */
export function firstLineOf(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileTrouble(error, path);
    throw new Trouble('no-file', `There is no ${what} file ${path}.`, 'Check the path.', error);
  }
}

function notEmpty(passphrase: string): string {
  if (passphrase !== '') return passphrase;
  throw new Trouble('no-passphrase', 'The passphrase is empty.', 'Choose one that nobody guesses.');
}
