// `npm run sim -- FLAGS`: one run of the network in virtual time.

import './nodeVersion.mjs';

import('./launch.mjs').then(({ become }) => become('dist/lab/sim/main.js', process.argv.slice(2)));
