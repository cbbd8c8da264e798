/** JSON files of our own making: written atomically, read back as `unknown`. */

import { readFileIfThere, writeFileAtomically } from './atomicFile.js';
import { Trouble } from './trouble.js';

/** Replaces the file by `value`, indented for people. */
export function writeJsonFile(path: string, value: unknown): void {
  writeFileAtomically(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** `text` without the byte order mark that some editors put in front of what people edit. */
export const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '');

/** What the file holds, `undefined` when there is none. Throws `Trouble` when it is not JSON. */
export function readJsonFile(path: string): unknown {
  const text = readFileIfThere(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Trouble(
      'file-damaged',
      `${path} is not valid JSON.`,
      'Repair it, or move it away to begin without it.',
      error,
    );
  }
}
