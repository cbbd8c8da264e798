/** Files that commands write are new: what stands there may be wanted. */

import { existsSync } from 'node:fs';
import { Trouble } from '../shared/io/trouble.js';

/** Throws `Trouble` where there is a file at `path`; `other`: what to name in its place. */
export function refuseToReplace(path: string, other = 'another with --out'): void {
  if (!existsSync(path)) return;
  const advice = `Move it away, or name ${other}.`;
  throw new Trouble('file-exists', `The file ${path} exists.`, advice);
}
