// `npm test`: all tests, or those of the files, folders and mocha options given.

import './nodeVersion.mjs';

import('./launch.mjs').then(({ become }) =>
  become('node_modules/mocha/bin/mocha.js', mochaParameters(process.argv.slice(2))),
);

/** Those that run whole programs come last. */
const ALL = [
  'dist/test/*.test.js',
  'dist/test/!(e2e|project)/**/*.test.js',
  'dist/test/{project,e2e}/**/*.test.js',
];

/** Tests run compiled: `test/chain/connect.test.ts` stands for its file in `dist/`. */
function mochaParameters(given) {
  const parameters = given.map((word) => word.replace(/^(\.\/)?test\//, 'dist/test/'));
  const compiled = parameters.map((word) =>
    word.startsWith('dist/test/') ? word.replace(/\.ts$/, '.js') : word,
  );
  const hasFiles = compiled.some((word) => word.startsWith('dist/test/'));
  return [
    ...['--reporter', 'dist/test/support/reporter.js', '--extension', 'test.js', '--recursive'],
    ...(hasFiles ? compiled : [...compiled, ...ALL]),
  ];
}
