/** What the native kernel's paths reach in a bare C program, compiled with the addon's flags. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { projectRoot } from '../test/support/paths.js';
import { temporaryDirectory } from './processes.js';

export interface NativeLimit {
  /** As a kernel's `detail`. */
  readonly path: string;
  /** Of one core: the best of `ROUNDS`. */
  readonly hashesPerSecond: number;
}

/** There is no compiler, which is nobody's duty to have. */
export class NoBareProgram extends Error {}

/** Other programs make a round slower, none makes one faster: of many, one has a quiet moment. */
export const ROUNDS = 20;
export const ROUND_NONCES = 200_000;

/**
 * Each path that runs here, the simplest first. Compiles the program, which takes two seconds;
 * throws `NoBareProgram` where that fails.
 */
export async function nativeLimits(): Promise<NativeLimit[]> {
  const directory = temporaryDirectory();
  try {
    const program = join(directory.path, 'limit');
    const problem = await (await loadScript()).compileLimit(program);
    if (problem !== undefined) throw new NoBareProgram(`There is no bare C program: ${problem}.`);
    const { stdout } = await promisify(execFile)(program, [String(ROUND_NONCES), String(ROUNDS)]);
    return stdout.trim().split('\n').map(limitIn);
  } finally {
    directory.remove();
  }
}

function limitIn(line: string): NativeLimit {
  const [path = '', speed] = line.split('\t');
  return { path, hashesPerSecond: Number(speed) };
}

interface NativeScript {
  compileLimit(file: string): Promise<string | undefined>;
}

async function loadScript(): Promise<NativeScript> {
  const script = join(projectRoot, 'scripts', 'native.mjs');
  return (await import(pathToFileURL(script).href)) as NativeScript;
}
