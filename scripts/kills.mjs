// `npm run kills -- FLAGS`: real processes, killed again and again.

import './nodeVersion.mjs';

import('./launch.mjs').then(({ become }) =>
  become('dist/bench/kills/main.js', process.argv.slice(2)),
);
