/** What is asked before something is done that cannot be taken back. */

import { Trouble } from '../shared/io/trouble.js';
import type { Option } from './command.js';
import type { Output } from './output.js';
import type { Prompt } from './prompt.js';

export const YES_OPTION = {
  kind: { type: 'boolean' },
  about: 'do not ask',
} as const satisfies Option;

interface Asking {
  /** By a flag. */
  readonly isAgreed: boolean;
  readonly prompt: Prompt;
  readonly output: Output;
}

/** Throws `Trouble` for whoever would be asked about what `--json` does not show. */
export function refuseToAskBlind(isJson: boolean, isAgreed: boolean): void {
  if (!isJson || isAgreed) return;
  const message = '--json shows nothing to agree to before it is done.';
  throw new Trouble('wrong-use', message, 'Add --yes, or leave --json out.');
}

/** Throws `Trouble` where the answer is no. */
export async function demandYes(
  question: string,
  { isAgreed, prompt, output }: Asking,
): Promise<void> {
  if (isAgreed) return;
  const isSure = await prompt.confirms(output.plain(question));
  prompt.close();
  if (!isSure) throw new Trouble('not-agreed', 'Nothing was done.', 'Answer y, or use --yes.');
}
