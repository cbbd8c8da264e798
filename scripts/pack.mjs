// Around `npm pack`: builds, and puts our lock file into the package under the one name that npm looks
// at there. Else whoever installs it would get libraries newer than the ones that we tested, and
// without package.json's overrides: some of those need a newer Node than we do.

import './nodeVersion.mjs';

const steps = { before, after };

import('./trouble.mjs').then(({ runScript }) => runScript(steps[process.argv[2]]));

async function before() {
  const { prepare } = await import('./prepare.mjs');
  await prepare();
  const { copyFileSync } = await import('node:fs');
  const { lock, packedLock } = await files();
  copyFileSync(lock, packedLock);
}

async function after() {
  const { rmSync } = await import('node:fs');
  const { packedLock } = await files();
  rmSync(packedLock);
}

async function files() {
  const { join } = await import('node:path');
  const { root } = await import('./run.mjs');
  return {
    lock: join(root, 'package-lock.json'),
    packedLock: join(root, 'npm-shrinkwrap.json'),
  };
}
