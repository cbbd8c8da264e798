// `npm start`: a network on this machine, in the foreground. Parameters go to `cairn network up`.

import './nodeVersion.mjs';

import('./launch.mjs').then(({ become }) =>
  become('dist/cli/cairn.js', ['network', 'up', ...process.argv.slice(2)]),
);
