/** Small file systems of their own, which only root can mount. */

import { execFileSync } from 'node:child_process';
import { statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether `mount` did what these ask. */
export function mount(parameters: readonly string[]): boolean {
  try {
    execFileSync('mount', parameters, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function unmount(folder: string): void {
  try {
    execFileSync('umount', [folder], { stdio: 'ignore' });
  } catch {
    // It was never mounted.
  }
}

/** The file that takes the room. */
export const FILLER = 'filler';

/** Leaves about `bytes` free on the disk that is mounted at `folder`. */
export function fillUpTo(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, FILLER), new Uint8Array(Math.max(0, bavail * bsize - bytes)));
}
