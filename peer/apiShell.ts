/** The HTTP API of a running node: where it listens, and who may write. */

import { printEndpoint, type Endpoint } from '../shared/config/kinds.js';
import type { DataDirectory } from '../shared/io/dataDirectory.js';
import { closeServers, listenForHttp } from '../shared/io/listenForHttp.js';
import type { Logger } from '../shared/io/logger.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import { isLoopbackHost } from './api/guard.js';
import { createServer, type Handlers } from './api/server.js';
import { loadToken, TOKEN_FILE } from './api/token.js';

export interface ApiShellOptions {
  readonly http: Endpoint;
  /** Of the program. */
  readonly version: string;
}

export interface ApiShellDependencies {
  readonly handlers: Handlers;
  /** What `GET /metrics` answers; `undefined`: there is nothing to measure. */
  readonly metrics?: () => string;
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
  { http, version }: ApiShellOptions,
  { handlers, metrics, directory, logger, isDemo }: ApiShellDependencies,
): Promise<RunningApi> {
  const isLoopback = isLoopbackHost(http.host);
  const token = loadToken(directory.file(TOKEN_FILE), systemEntropy);
  const onDefect = (error: Error): void => {
    logger.error('the API failed to answer', { error: error.stack ?? error.message });
  };
  const app = await createServer(
    {
      ...{ listenHost: http.host, token, writesNeedToken: !isLoopback },
      ...{ version, onDefect, metrics, isWalletOpen: () => isLoopback && isDemo() },
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
