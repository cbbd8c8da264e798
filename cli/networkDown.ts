/** `cairn network down`: stops the network that runs on this computer, from any terminal. */

import { isAlive } from '../lab/launch/runFile.js';
import { Trouble } from '../shared/io/trouble.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { findNetwork } from './findNetwork.js';

/** Longer than the launcher waits before it kills. */
const STOP_TIMEOUT_MS = 15_000;
const LOOK_INTERVAL_MS = 50;

export const command = defineCommand({
  settings: ['config', 'home', 'network.name'],
  options: { json: JSON_OPTION },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const run = findNetwork(settings);
    const { orderStop } = await import('../lab/launch/control.js');
    const isHeard = await orderStop(run.control);
    if (!isHeard || !(await hasEnded(run.pid))) {
      const message = `The launcher of ${run.network} (pid ${String(run.pid)}) does not stop.`;
      throw new Trouble(
        'does-not-stop',
        message,
        'End it with Ctrl-C in its terminal, twice if need be.',
      );
    }
    const stopped = { network: run.network, nodes: run.nodes.length };
    if (options.json === true) output.json(stopped);
    else output.line(`Stopped ${run.network}: ${String(stopped.nodes)} programs.`);
    return EXIT.done;
  },
});

async function hasEnded(pid: number): Promise<boolean> {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
  }
  return true;
}
