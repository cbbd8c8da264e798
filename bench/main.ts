/** `npm run bench -- NAME …`: measures what we claim about speed. Without a name: all. */

import { printFigures, type Figure } from './report.js';

/** Each bench is loaded when it runs. */
const BENCHES: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  'sync-empty': async () => (await import('./sync.js')).syncEmpty(),
  'sync-full': async () => (await import('./sync.js')).syncFull(),
  consensus: async () => (await import('./consensus.js')).consensus(),
  headers: async () => (await import('./headers.js')).headers(),
  relay: async () => (await import('./relay.js')).relay(),
  generate: async () => (await import('./generate.js')).generate(),
  kernel: async () => (await import('./kernel.js')).kernel(),
  interrupt: async () => (await import('./interrupt.js')).interrupt(),
  load: async () => (await import('./load.js')).load(),
  'cpu-limit': async () => (await import('./cpuLimit.js')).cpuLimit(),
  reorg: async () => (await import('./reorg.js')).reorg(),
  start: async () => (await import('./start.js')).start(),
  tracker: async () => (await import('./tracker.js')).tracker(),
  index: async () => (await import('./index.js')).index(),
  million: async () => (await import('./million.js')).million(),
  sim: async () => (await import('./sim.js')).sim(),
  difficulty: async () => (await import('./difficulty.js')).difficulty(),
  flood: async () => (await import('./flood.js')).flood(),
  mempool: async () => (await import('./mempool.js')).mempool(),
  submit: async () => (await import('./submit.js')).submit(),
  'relay-full': async () => (await import('./submit.js')).relayFull(),
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  const known = Object.keys(BENCHES).join(', ');
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${known}.`);
  process.exitCode = 1;
} else {
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const figures = await BENCHES[name]?.();
    if (figures !== undefined) printFigures(name, figures);
  }
}
