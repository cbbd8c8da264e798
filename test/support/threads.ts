/** Worker threads of this process. */

import { report } from 'node:process';

/** How many there are now; the loader of `--import tsx` has some, too. */
export function threadCount(): number {
  const { workers } = report.getReport() as unknown as { readonly workers: readonly unknown[] };
  return workers.length;
}
