/** Network files: the parameters of a network as `cairn genesis` writes them. */

import { readFileSync } from 'node:fs';
import type { NetworkParams } from '../consensus/params.js';
import { parseParamsJson } from '../consensus/paramsJson.js';
import { withoutMark } from './jsonFile.js';
import { Trouble } from './trouble.js';

/** The parameters in the file at `path`. Throws `Trouble`. */
export function readNetworkFile(path: string): NetworkParams {
  const params = parseParamsJson(withoutMark(readText(path)));
  if (params.ok) return params.value;
  const { field, problem } = params.error;
  throw new Trouble(
    'bad-network-file',
    `${path} is not a network: ${field}: ${problem}`,
    'Make a new file with cairn genesis, or correct that value.',
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Trouble(
      'no-network-file',
      `The network file ${path} cannot be read.`,
      'Check the path, or make one with cairn genesis.',
      error,
    );
  }
}
