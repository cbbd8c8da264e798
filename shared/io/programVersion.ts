/** The version of this program, as package.json has it. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Such as `0.1.0`. The file stands above the sources as well as above the compiled tree. */
export function programVersion(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  const json = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return json.version;
}
