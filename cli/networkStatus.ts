/** `cairn network status`: the network that runs on this computer, from any terminal. */

import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { findNetwork } from './findNetwork.js';
import { networkTable } from './networkView.js';
import { NotRunning } from './notRunning.js';

export const command = defineCommand({
  settings: ['config', 'home', 'network.name'],
  options: { json: JSON_OPTION },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const run = findNetwork(settings);
    const { askView } = await import('../lab/launch/control.js');
    const view = await askView(run.control);
    if (view === undefined) {
      const message = `The launcher of ${run.network} (pid ${String(run.pid)}) does not answer.`;
      throw new NotRunning('not-running', message, 'End it with Ctrl-C in its terminal.');
    }
    if (options.json === true) output.json({ ...view, dataDirectory: run.dataDirectory });
    else output.line(networkTable(view, output));
    return view.nodes.some(({ state }) => state === 'failed') ? EXIT.wrong : EXIT.done;
  },
});
