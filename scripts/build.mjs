// `npm run build`: libraries and dist/, ready to run or to pack.

import './nodeVersion.mjs';

import('./trouble.mjs').then(({ runScript }) =>
  runScript(async () => (await import('./prepare.mjs')).prepare()),
);
