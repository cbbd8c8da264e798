// Makes dist/ from the sources: compiled TypeScript and copied pages.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';

import { compileKernel, isOfKernel, kernelOutputsOf } from './kernel.mjs';
import { nativeFolder } from './native.mjs';
import { root, runInstalled, secondsSince } from './run.mjs';
import { Trouble } from './trouble.mjs';

const dist = join(root, 'dist');
const stampFile = join(dist, '.build.json');
/** What the compiler remembers of its last run. */
const memory = join(dist, '.tsbuildinfo');
const sourceFolders = ['shared', 'tracker', 'peer', 'lab', 'cli', 'test', 'bench'];
const assetEndings = new Set(['.html', '.css', '.js', '.svg', '.ico', '.sql']);

/** Compiles what changed; silent and quick (one look at each file) where nothing did. */
export async function compile() {
  const inputs = fingerprint();
  if (isCurrent(inputs)) return;
  const startMs = performance.now();
  console.error(existsSync(stampFile) ? 'Compiling …' : 'Compiling, about 20 s the first time …');
  rmSync(stampFile, { force: true });
  const sources = sourceFolders.flatMap((folder) => filesBelow(join(root, folder)));
  removeStale(sources);
  await runCompiler(sources);
  copyAssets(sources);
  await compileKernel();
  writeFileSync(stampFile, JSON.stringify({ inputs, outputs: ownFiles().map(fromDist) }));
  console.error(`  done in ${secondsSince(startMs)}`);
}

/** Names, sizes and times of all that the result depends on. */
function fingerprint() {
  const files = [
    ...[...sourceFolders, 'scripts'].flatMap((folder) => filesBelow(join(root, folder))),
    ...['tsconfig.json', 'package.json', 'package-lock.json'].map((name) => join(root, name)),
  ];
  return files.map((file) => {
    const { size, mtimeMs } = statSync(file);
    return `${relative(root, file)} ${size} ${mtimeMs}`;
  });
}

/** @param {readonly string[]} inputs */
function isCurrent(inputs) {
  if (!existsSync(stampFile)) return false;
  const stamp = JSON.parse(readFileSync(stampFile, 'utf8'));
  return (
    stamp.inputs.join('\n') === inputs.join('\n') &&
    stamp.outputs.every((file) => existsSync(join(dist, file)))
  );
}

/** Results of sources that are gone: a dead test must not run, a dead module must not load. */
function removeStale(sources) {
  const expected = new Set(sources.flatMap(outputsOf));
  for (const file of ownFiles()) {
    if (!expected.has(file) && file !== memory) rmSync(file);
  }
}

/** @returns {string[]} the files in dist/ that one source becomes */
function outputsOf(source) {
  if (isOfKernel(source)) return kernelOutputsOf(source);
  const place = join(dist, relative(root, source));
  if (/\.d\.[cm]?ts$/.test(source)) return [];
  if (/\.tsx?$/.test(source)) return ['.js', '.js.map'].map((end) => place.replace(/\.tsx?$/, end));
  return assetEndings.has(extname(source)) ? [place] : [];
}

async function runCompiler(sources) {
  // The compiler remembers what it wrote, and would not write a deleted result again.
  const typed = sources.filter((source) => /\.tsx?$/.test(source) && !isOfKernel(source));
  const compiled = typed.flatMap(outputsOf);
  if (!compiled.every((file) => existsSync(file))) {
    rmSync(memory, { force: true });
  }
  const { code, output } = await runInstalled('typescript/bin/tsc', ['-p', root]);
  if (code !== 0) throw new Trouble(`${output}\nThe sources do not compile: see above.`);
}

function copyAssets(sources) {
  const assets = sources.filter((source) => assetEndings.has(extname(source)));
  for (const asset of assets) {
    const [target] = outputsOf(asset);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(asset, target);
  }
}

/** @returns {string[]} absolute paths, sorted; none when there is no such folder */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** What is in dist/, without the native kernel. */
const ownFiles = () => filesBelow(dist).filter((file) => !file.startsWith(nativeFolder + sep));

const fromDist = (file) => relative(dist, file).split(sep).join('/');
