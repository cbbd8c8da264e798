// `npm test`: all tests, or those of the files, folders and mocha options given.

import './nodeVersion.mjs';

const given = process.argv.slice(2);

if (given.length > 0) {
  import('./launch.mjs').then(({ become }) =>
    become('node_modules/mocha/bin/mocha.js', mochaParameters(given)),
  );
} else {
  import('./trouble.mjs').then(({ runScript }) => runScript(testAll));
}

/** Each takes about half of the time: networks of whole programs, and all else. */
const PARTS = [
  ['dist/test/*.test.js', 'dist/test/!(e2e|project)/**/*.test.js', 'dist/test/project/*.test.js'],
  ['dist/test/e2e/**/*.test.js'],
];

/** Each part as if it were the only one: this script once more. */
async function testAll() {
  const { prepare } = await import('./prepare.mjs');
  const { runSideBySide } = await import('./sideBySide.mjs');
  await prepare();
  const colour = process.stdout.isTTY ? ['--color'] : [];
  const self = process.argv[1];
  const isGreen = await runSideBySide(PARTS.map((files) => [self, ...colour, ...files]));
  if (!isGreen) process.exitCode = 1;
}

/** Tests run compiled: `test/chain/connect.test.ts` stands for its file in `dist/`. */
function mochaParameters(words) {
  const parameters = words.map((word) => word.replace(/^(\.\/)?test\//, 'dist/test/'));
  const compiled = parameters.map((word) =>
    word.startsWith('dist/test/') ? word.replace(/\.ts$/, '.js') : word,
  );
  const hasFiles = compiled.some((word) => word.startsWith('dist/test/'));
  return [
    ...['--reporter', 'dist/test/support/reporter.js', '--extension', 'test.js', '--recursive'],
    ...(hasFiles ? compiled : [...compiled, ...PARTS.flat()]),
  ];
}
