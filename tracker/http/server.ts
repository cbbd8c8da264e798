/**
 * The tracker's page and JSON on the network. Plain node:http: ten paths that read need no
 * framework.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Clock } from '../../shared/io/clock.js';
import { closeServers, listenForHttp } from '../../shared/io/listenForHttp.js';
import type { Views } from '../views.js';
import { answer, type RoutesOptions } from './routes.js';

export interface HttpServerOptions extends RoutesOptions {
  readonly listenPort: number;
}

export interface HttpServerDependencies {
  readonly views: Views;
  readonly clock: Clock;
}

export interface HttpServer {
  /** That which the system chose when 0 was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

/** Listens; `localhost` is 127.0.0.1 and ::1. Throws `Trouble`. */
export async function startHttpServer(
  options: HttpServerOptions,
  { views, clock }: HttpServerDependencies,
): Promise<HttpServer> {
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = '', url = '/', headers } = request;
    const answered = answer({ method, url, host: headers.host }, options, views, clock());
    response.writeHead(answered.status, {
      ...SAFE_HEADERS,
      'content-type': answered.contentType,
      'content-length': Buffer.byteLength(answered.body),
    });
    response.end(method === 'HEAD' ? undefined : answered.body);
    request.resume();
  };
  const { servers, port } = await listenForHttp(onRequest, options.listenHost, options.listenPort);
  for (const server of servers) server.maxConnections = CONNECTIONS_MAX;
  return { port, close: () => closeServers(servers) };
}

/** Enough for a room of browsers. */
const CONNECTIONS_MAX = 256;

const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;
