// `npm run lint`: every check of the sources that is no test, all of them even when one fails.

import './nodeVersion.mjs';

import('./trouble.mjs').then(({ runScript }) => runScript(lint));

const folders = ['shared', 'tracker', 'peer', 'lab', 'cli', 'test', 'bench'];
const checks = [
  ['eslint', ['eslint/bin/eslint.js', '.', '--max-warnings', '0']],
  ['prettier', ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
  [
    'dependency-cruiser',
    ['dependency-cruiser/bin/dependency-cruise.mjs', '--output-type', 'err-long', ...folders],
  ],
  ['knip', ['knip/bin/knip.js', '--no-progress']],
];

async function lint() {
  const { install } = await import('./install.mjs');
  await install();
  // ESLint takes as long as all others: one core for it, one for them.
  const [first, ...others] = checks;
  const results = await Promise.all([check(...first), inTurn(others)]);
  if (results.flat().includes(false)) {
    const { Trouble } = await import('./trouble.mjs');
    throw new Trouble('Lint found something: see above. `npm run format` mends what it can.');
  }
}

async function inTurn(list) {
  const results = [];
  for (const one of list) results.push(await check(...one));
  return results;
}

async function check(name, [program, ...parameters]) {
  const { runInstalled, secondsSince } = await import('./run.mjs');
  const startMs = performance.now();
  const { code, output } = await runInstalled(program, parameters);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${secondsSince(startMs)})`);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0;
}
