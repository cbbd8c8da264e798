// `npm run soak -- FLAGS`: the simulator over seed after seed, until it is stopped.

import './nodeVersion.mjs';

import('./launch.mjs').then(({ become }) => become('dist/lab/sim/soak.js', process.argv.slice(2)));
