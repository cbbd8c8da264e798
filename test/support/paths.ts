/** Where tests find things, from the sources and from `dist/` alike. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of `package.json`. */
export const projectRoot: string = folderWithPackage(dirname(fileURLToPath(import.meta.url)));

/** The folder of the published vectors, or `undefined` where `CAIRN_VECTORS` names none. */
export const vectorsRoot: string | undefined = process.env['CAIRN_VECTORS'] ?? undefined;

function folderWithPackage(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
