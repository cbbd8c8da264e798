/** The HTTP API of a running node: where it listens, and who may write. */

import { printEndpoint, type Endpoint } from '../shared/config/kinds.js';
import { systemClock } from '../shared/io/clock.js';
import type { DataDirectory } from '../shared/io/dataDirectory.js';
import { closeServers, listenForHttp } from '../shared/io/listenForHttp.js';
import type { Logger } from '../shared/io/logger.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import { isLoopbackHost } from './api/guard.js';
import { createHandlers, type ApiDependencies, type ApiFacts } from './api/handlers.js';
import { createServer } from './api/server.js';
import { loadToken, TOKEN_FILE } from './api/token.js';

export interface ApiShellOptions {
  readonly http: Endpoint;
  readonly facts: ApiFacts;
}

export interface ApiShellDependencies extends Omit<ApiDependencies, 'clock'> {
  readonly directory: DataDirectory;
  readonly logger: Logger;
  /** Whether the wallet that is open now is one for demonstrations. */
  readonly isDemo: () => boolean;
}

export interface RunningApi {
  /** Such as `http://127.0.0.1:5000`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens and answers. Throws `Trouble`. */
export async function startApi(
  { http, facts }: ApiShellOptions,
  { queries, command, index, wallet, directory, logger, isDemo }: ApiShellDependencies,
): Promise<RunningApi> {
  const isLoopback = isLoopbackHost(http.host);
  const token = loadToken(directory.file(TOKEN_FILE), systemEntropy);
  const handlers = createHandlers(facts, { queries, command, index, wallet, clock: systemClock });
  const onDefect = (error: Error): void => {
    logger.error('the API failed to answer', { error: error.stack ?? error.message });
  };
  const app = await createServer(
    {
      ...{ listenHost: http.host, token, writesNeedToken: !isLoopback },
      ...{ version: facts.version, onDefect, isWalletOpen: () => isLoopback && isDemo() },
    },
    handlers,
  );
  const { servers, port } = await listenForHttp(
    (request, response) => {
      app.routing(request, response);
    },
    http.host,
    http.port,
  );
  if (!isLoopback) {
    logger.warn('the API can be reached from other computers; writes need the token', {
      token: directory.file(TOKEN_FILE),
    });
  }
  return {
    url: `http://${printEndpoint({ host: callableHost(http.host), port })}`,
    close: async () => {
      await closeServers(servers);
      await app.close();
    },
  };
}

/** An address under which this computer reaches what listens on `host`. */
function callableHost(host: string): string {
  if (host === 'localhost' || host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
