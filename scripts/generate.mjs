// `npm run docs`: writes what follows from tables in the sources: in the pages of docs/ all between
// `<!-- table: NAME -->` and `<!-- end -->`; config.example.json and its schema as a whole.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

import { root } from './run.mjs';

/**
 * All generated files as they should be now, by path. Needs dist/.
 *
 * @returns {Promise<Map<string, string>>}
 */
export async function generatedFiles() {
  const { exampleFile, schemaFile } = await import('../dist/shared/config/documents.js');
  const tables = await makeTables();
  const pages = readdirSync(join(root, 'docs'), { recursive: true })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, 'docs', name));
  return new Map([
    ['config.example.json', exampleFile()],
    ['config.schema.json', schemaFile()],
    ...pages.map((page) => [relative(root, page), filled(readFileSync(page, 'utf8'), tables)]),
  ]);
}

/** @returns {Promise<Record<string, string>>} Markdown by the name of the table */
async function makeTables() {
  const { protocolTables } = await import('../dist/shared/wire/protocolTables.js');
  const { REJECTS } = await import('../dist/shared/consensus/reject.js');
  const { POLICY_REJECTS } = await import('../dist/shared/consensus/policyReject.js');
  const { metricsTable } = await import('../dist/peer/api/metrics.js');
  const { settingsTable } = await import('../dist/shared/config/documents.js');
  return {
    messages: protocolTables(),
    rejects: rejectTable(REJECTS),
    policy: policyTable(POLICY_REJECTS),
    settings: settingsTable(),
    metrics: metricsTable(),
  };
}

function rejectTable(rejects) {
  return markdownTable(
    ['code', 'class', 'fault', 'meaning'],
    Object.entries(rejects).map(([code, row]) => [
      `\`${code}\``,
      row.class,
      row.fault,
      row.sentence,
    ]),
  );
}

function policyTable(rejects) {
  const rows = Object.entries(rejects).map(([code, sentence]) => [`\`${code}\``, sentence]);
  return markdownTable(['code', 'meaning'], rows);
}

function markdownTable(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function filled(page, tables) {
  return page.replace(/(<!-- table: (.+?) -->\n)[^]*?(<!-- end -->)/g, (_, begin, name, end) => {
    const table = tables[name];
    if (table === undefined) throw new Error(`no table is called ${name}`);
    return `${begin}\n${table}\n\n${end}`;
  });
}

/** Writes the files that differ, and names them. */
async function generate() {
  for (const [path, text] of await generatedFiles()) {
    const file = join(root, path);
    if (currentText(file) === text) continue;
    writeFileSync(file, text);
    console.log(`wrote ${path}`);
  }
}

function currentText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { runScript } = await import('./trouble.mjs');
  const { prepare } = await import('./prepare.mjs');
  await runScript(async () => {
    await prepare();
    await generate();
  });
}
