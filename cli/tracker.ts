/** `cairn tracker`: runs a tracker until it is told to stop. */

import { printEndpoint } from '../shared/config/kinds.js';
import { keysOf } from '../shared/config/settings.js';
import { defineCommand } from './command.js';
import { EXIT } from './exitCodes.js';
import { homeAt } from './home.js';
import { refuseSamePort } from './ports.js';
import { runProgram } from './program.js';

export const command = defineCommand({
  settings: ['config', 'home', ...keysOf('tracker', 'log')],
  options: {},
  positionals: [],
  run: async ({ settings: { values }, output }) => {
    const log = { format: values['log.format'], level: values['log.level'] };
    await runProgram({ log, output }, async ({ logger, onTrouble }) => {
      refuseSamePort({ listen: values['tracker.listen'], http: values['tracker.http'] });
      const [{ startTracker }, { makeParams, PEER_CORE_SHARE }] = await Promise.all([
        import('../tracker/main.js'),
        import('./makeParams.js'),
      ]);
      const running = await startTracker(
        {
          dataDirectory: values['tracker.data'] ?? homeAt(values.home).tracker,
          listen: values['tracker.listen'],
          http: values['tracker.http'],
          genesisFiles: values['tracker.genesis'] ?? [],
          firstNetwork: () =>
            makeParams({
              template: values['tracker.template'],
              name: values['tracker.name'],
              miners: values['tracker.miners'],
              coreShare: PEER_CORE_SHARE,
              kernel: values['tracker.mining.kernel'],
            }),
        },
        { logger, onTrouble },
      );
      const { host } = values['tracker.http'];
      const httpUrl = `http://${printEndpoint({ host, port: running.httpPort })}`;
      const tcpAddress = printEndpoint(running.tcp);
      logger.info('the tracker takes peers', { tcp: tcpAddress, page: httpUrl });
      return { tcpAddress, httpUrl, close: () => running.close() };
    });
    return EXIT.done;
  },
});
