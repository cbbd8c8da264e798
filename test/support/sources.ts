/** The project's own sources as data: files, what they import, how long their functions are. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

import { projectRoot } from './paths.js';

export interface Source {
  /** Below the project's folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

const FOLDERS = ['shared', 'tracker', 'peer', 'lab', 'cli', 'web', 'test', 'bench', 'scripts'];

/** AssemblyScript, which only looks like TypeScript. */
const ASSEMBLY = 'peer/workers/kernel/assembly/';

/** All files below the folders of sources whose name ends in one of `endings`. */
export function readSources(endings: readonly string[], folders = FOLDERS): Source[] {
  return folders
    .flatMap(filesBelow)
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .filter((path) => !path.startsWith(ASSEMBLY))
    .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));
}

function filesBelow(folder: string): string[] {
  const top = join(projectRoot, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)))
    .map((path) => path.split(sep).join('/'))
    .sort();
}

/** What the tidy test asks of a source. */
export interface Analysis {
  /** Paths of the sources that it names: imports of every kind, and workers' `new URL(…)`. */
  readonly imports: readonly string[];
  /** All functions but the callbacks of `describe`, which are chapters. */
  readonly functions: readonly FunctionSize[];
  /** Whether it only hands on what other files export. */
  readonly isBarrel: boolean;
}

/** A function in a source: where, and its length from its first line to its last. */
export interface FunctionSize {
  readonly name: string;
  readonly line: number;
  readonly lineCount: number;
}

/** Looks into a source of ours, in a project of the files `all`. */
export function analyse(source: Source, all: ReadonlySet<string>): Analysis {
  const file = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
  return {
    imports: importsOf(source, all),
    functions: functionsIn(file),
    isBarrel: file.statements.length > 0 && file.statements.every(handsOn),
  };
}

function importsOf({ path, text }: Source, all: ReadonlySet<string>): string[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  const urls = [...text.matchAll(/new URL\(\s*'([^']+)',\s*import\.meta\.url/g)];
  const specifiers = [
    ...importedFiles.map(({ fileName }) => fileName),
    ...urls.map((match) => match[1] ?? ''),
  ];
  return specifiers
    .map((specifier) => resolve(path, specifier).replace(/\.js$/, '.ts'))
    .filter((imported) => all.has(imported));
}

function resolve(from: string, specifier: string): string {
  if (specifier === '#crypto') return 'shared/crypto/node.js';
  return posix.join(dirname(from), specifier).replace(/^dist\//, '');
}

const handsOn = (statement: ts.Statement): boolean =>
  ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined;

function functionsIn(file: ts.SourceFile): FunctionSize[] {
  const found: FunctionSize[] = [];
  const visit = (node: ts.Node): void => {
    if (isImplemented(node) && !isChapter(node)) found.push(sizeOf(node, file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const isImplemented = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;

function isChapter(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isCallExpression(parent) &&
    ts.isIdentifier(parent.expression) &&
    parent.expression.text === 'describe'
  );
}

function sizeOf(node: ts.FunctionLikeDeclaration, file: ts.SourceFile): FunctionSize {
  const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
  const last = file.getLineAndCharacterOfPosition(node.getEnd()).line;
  const name = node.name === undefined ? 'a function' : node.name.getText(file);
  return { name, line: first + 1, lineCount: last - first + 1 };
}
