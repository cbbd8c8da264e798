// The native kernel, compiled where that is possible (decision 0028). Nothing needs it, so no
// failure is trouble: one line says why it is left out.

import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';

import { root, run } from './run.mjs';

const sources = join(root, 'native');
/** Kept by compile.mjs, which makes all else in dist/. */
export const nativeFolder = join(root, 'dist', 'native');
const addon = join(nativeFolder, 'kernel.node');
/** What the last try was made of, and whether it failed. */
const stampFile = join(nativeFolder, 'kernel.json');

/** As for make: a program, and flags of its own. */
const [compilerName, ...compilerFlags] = (process.env.CC || 'cc').trim().split(/\s+/);
const flags = ['-std=gnu11', '-O3', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra'];
const sharedFlags =
  process.platform === 'darwin' ? ['-shared', '-undefined', 'dynamic_lookup'] : ['-shared'];

/**
 * Compiles the addon where something changed since the last try; silent where nothing did.
 *
 * @param {{ isAgain?: boolean }} options `isAgain`: what failed is tried again, and told again
 */
export async function compileNative({ isAgain = false } = {}) {
  try {
    const inputs = fingerprint();
    const stamp = readStamp();
    const isToldOf = stamp?.problem !== undefined && !isAgain;
    if (stamp?.inputs === inputs && (isToldOf || existsSync(addon))) return;
    mkdirSync(nativeFolder, { recursive: true });
    const problem = await compileAddon();
    // What older sources became must not outlive them.
    if (problem !== undefined) rmSync(addon, { force: true });
    writeFileSync(stampFile, JSON.stringify({ inputs, problem }));
    if (problem !== undefined) leaveOut(problem);
  } catch (error) {
    leaveOut(error.message);
  }
}

/**
 * The program in `limit.c` with all paths, by the addon's compiler and flags.
 *
 * @param {string} file where to put it
 * @returns {Promise<string | undefined>} why it could not be compiled
 */
export function compileLimit(file) {
  return compileTo(file, [...pathSources(), join(sources, 'limit.c')]);
}

function leaveOut(problem) {
  console.error(`The native mining kernel is left out: ${firstLine(problem)}.`);
}

/** @returns {Promise<string | undefined>} why there is none */
async function compileAddon() {
  if (process.platform === 'win32') return 'it is not made for Windows';
  const headers = findHeaders();
  if (headers === undefined) return 'the headers of Node (node_api.h) are not beside it';
  const files = [...pathSources(), join(sources, 'addon.c')];
  return compileTo(addon, [...sharedFlags, '-I', headers, ...files]);
}

/**
 * Into a file beside it first: a program that runs may have the old one in its memory.
 *
 * @returns {Promise<string | undefined>} why it failed
 */
async function compileTo(file, parameters) {
  const compiler = findCompiler();
  if (compiler === undefined) return `there is no C compiler (${compilerName})`;
  const unfinished = `${file}.${process.pid}`;
  const all = [...compilerFlags, ...flags, ...parameters, '-o', unfinished];
  const { code, output } = await run(compiler, all);
  if (code === 0) {
    renameSync(unfinished, file);
    return undefined;
  }
  rmSync(unfinished, { force: true });
  const lines = output.trim().split('\n');
  const reason = lines.find((line) => /error/i.test(line)) ?? lines[0];
  return `${compiler} failed (${reason || `exit code ${code}`})`;
}

/** Every source but the two that have the entries of a program. */
function pathSources() {
  return sourceNames()
    .filter((name) => name.endsWith('.c') && name !== 'addon.c' && name !== 'limit.c')
    .map((name) => join(sources, name));
}

const sourceNames = () => readdirSync(sources).sort();

/** @returns {string | undefined} an absolute path */
function findCompiler() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const places = folders.map((folder) => join(folder, compilerName));
  return (isAbsolute(compilerName) ? [compilerName] : places).find(isProgram);
}

/** @returns {string | undefined} the folder of node_api.h */
function findHeaders() {
  const { npm_config_nodedir: named } = process.env;
  return [dirname(dirname(process.execPath)), ...(named === undefined ? [] : [named])]
    .map((folder) => join(folder, 'include', 'node'))
    .find((folder) => existsSync(join(folder, 'node_api.h')));
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Of the sources and of what they are compiled with. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const name of sourceNames()) hash.update(readFileSync(join(sources, name)));
  const tools = [findCompiler(), findHeaders(), process.platform, process.arch];
  hash.update(JSON.stringify([...tools, compilerFlags, flags, sharedFlags]));
  return hash.digest('hex');
}

/** @returns {{ inputs: string, problem?: string } | undefined} */
function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return undefined;
  }
}

const firstLine = (text) => text.trim().split('\n', 1)[0];
