// `npm run bench -- NAME …`: our claims about speed, measured.

import './nodeVersion.mjs';

import('./launch.mjs').then(({ become }) => become('dist/bench/main.js', process.argv.slice(2)));
