/**
 * Tests of the sources themselves: what docs/architecture.md and CONTRIBUTING.md promise of them.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';

import { cycleIn, reachable } from './support/graph.js';
import { mayImport, partOf, PURE_PARTS } from './support/layers.js';
import { missingOptional, type LockedPackages } from './support/lockFile.js';
import { projectRoot } from './support/paths.js';
import { analyse, readSources, type Source } from './support/sources.js';

/** Pure sources with logic and without a test of their own name. May only shrink. */
const UNMIRRORED: readonly string[] = [];

/** What tests start by path. */
const TEST_PROGRAMS = [
  'reporter',
  'hostDoor',
  'slowLineProgram',
  'walletProgram',
  'promptProgram',
].map((name) => `test/support/${name}.ts`);
/** Programs: what people and other processes start by path. */
const PROGRAMS = [
  ...['cli/cairn.ts', 'bench/main.ts', 'bench/kills/main.ts'],
  ...['lab/sim/main.ts', 'lab/sim/soak.ts'],
];

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 60;
const COLUMNS_MAX = 100;

const texts = readSources(['.ts', '.tsx']);
const paths = new Set(texts.map(({ path }) => path));
const look = (source: Source) => ({ ...source, ...analyse(source, paths) });
const sources = texts.map(look);
const scripts = readSources(['.mjs'], ['scripts']).map(look);
const graph = new Map([...scripts, ...sources].map(({ path, imports }) => [path, imports]));
const tests = sources.filter(({ path }) => path.endsWith('.test.ts'));

describe('tidy: structure', () => {
  it('gives every source a place in the table of layers', () => {
    expect([...paths].filter((path) => partOf(path) === undefined)).to.deep.equal([]);
  });

  it('imports only what the table of layers allows', () => {
    const breaches = [...graph]
      .filter(([from]) => paths.has(from))
      .flatMap(([from, imports]) =>
        imports.filter((to) => !mayImport(from, to)).map((to) => `${from} → ${to}`),
      );
    expect(breaches).to.deep.equal([]);
  });

  it('has no import cycle', () => {
    expect(cycleIn(graph)).to.equal(undefined);
  });

  it('has no barrel', () => {
    expect(sources.filter(({ isBarrel }) => isBarrel).map(({ path }) => path)).to.deep.equal([]);
  });

  it('has no dead file', () => {
    const scriptPaths = scripts.map(({ path }) => path);
    const programs = reachable(graph, [...PROGRAMS, ...scriptPaths]);
    const testing = reachable(graph, [...tests.map(({ path }) => path), ...TEST_PROGRAMS]);
    const dead = [...paths].filter(
      (path) => !(path.startsWith('test/') ? testing : programs).has(path),
    );
    expect(dead).to.deep.equal([]);
  });

  it('tests every pure source with logic under its own name', () => {
    const unmirrored = sources
      .filter(({ path, functions }) => isPure(path) && functions.length > 0)
      .map(({ path }) => path)
      .filter((path) => !paths.has(`test/${path.replace(/\.ts$/, '.test.ts')}`));
    expect(unmirrored).to.have.members(UNMIRRORED);
  });
});

describe('tidy: sizes', () => {
  const others = [
    ...readSources(['.js', '.css', '.html']),
    ...readSources(['.c', '.h'], ['native']),
  ];
  const measured = [...scripts, ...sources, ...others];

  it(`keeps files within ${FILE_LINES_MAX} lines`, () => {
    const long = measured.filter(({ text }) => text.split('\n').length - 1 > FILE_LINES_MAX);
    expect(long.map(({ path }) => path)).to.deep.equal([]);
  });

  it(`keeps functions within ${FUNCTION_LINES_MAX} lines`, () => {
    const long = [...scripts, ...sources].flatMap(({ path, functions }) =>
      functions
        .filter(({ lineCount }) => lineCount > FUNCTION_LINES_MAX)
        .map(({ name, line, lineCount }) => `${path}:${line} ${name}: ${lineCount}`),
    );
    expect(long).to.deep.equal([]);
  });

  it(`ends lines by column ${COLUMNS_MAX}`, () => {
    const long = measured.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, i) => (line.length > COLUMNS_MAX ? [`${path}:${i + 1}`] : [])),
    );
    expect(long).to.deep.equal([]);
  });
});

describe('tidy: tests', () => {
  it('skips only with a reason, and never runs one test alone', () => {
    const careless = /\b(describe|it)\.(only|skip)\(|\bthis\.skip\(/;
    const found = sources.filter(({ text }) => careless.test(text)).map(({ path }) => path);
    expect(found).to.deep.equal([]);
  });
});

describe('tidy: project', () => {
  it('has generated files and tables that are current (npm run docs)', async () => {
    const script = pathToFileURL(join(projectRoot, 'scripts', 'generate.mjs')).href;
    const { generatedFiles } = (await import(script)) as Generator;
    const old = [...(await generatedFiles())].filter(([path, text]) => read(path) !== text);
    expect(old.map(([path]) => path)).to.deep.equal([]);
  });

  it('has a lock file with an entry for each optional dependency', () => {
    const lock = JSON.parse(read('package-lock.json')) as { packages: LockedPackages };
    expect(missingOptional(lock.packages)).to.deep.equal([]);
  });

  it('overrides no version: whoever installs the packed program would not get it', () => {
    expect(JSON.parse(read('package.json'))).not.to.have.property('overrides');
  });

  it('names no folder of a machine that it was written on', () => {
    const folder = /(?<![\w.~$}-])\/(home|root|Users|work)\/\w/;
    const found = [...everything()].filter(({ text }) => folder.test(text));
    expect(found.map(({ path }) => path)).to.deep.equal([]);
  });

  it('has no loose end', () => {
    const looseEnd = /\b(TODO|FIXME|XXX)\b|eslint-disable|@ts-(ignore|expect-error|nocheck)/;
    const found = sources
      .filter(({ path, text }) => path !== 'test/tidy.test.ts' && looseEnd.test(text))
      .map(({ path }) => path);
    expect(found).to.deep.equal([]);
  });
});

interface Generator {
  readonly generatedFiles: () => Promise<ReadonlyMap<string, string>>;
}

function* everything(): Iterable<Source> {
  yield* scripts;
  yield* sources;
  yield* readSources(['.c', '.h'], ['native']);
  yield* readSources(['.md', '.json', '.html', '.css', '.js'], ['docs', 'tracker', 'web', 'test']);
  for (const path of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']) {
    yield { path, text: read(path) };
  }
}

function isPure(path: string): boolean {
  const part = partOf(path);
  return part !== undefined && PURE_PARTS.has(part);
}

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}
