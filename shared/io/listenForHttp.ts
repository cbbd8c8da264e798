/**
 * Listening for HTTP: `localhost` is 127.0.0.1 and ::1, both, on one port (docs/decisions/0011).
 */

import { createServer, type RequestListener, type Server } from 'node:http';
import { listen } from './listen.js';
import { Trouble } from './trouble.js';

export interface Listening {
  readonly servers: readonly Server[];
  /** The port; that of the first server when the system chose it. */
  readonly port: number;
}

/**
 * Listens on `host` and `port`. With `localhost`, a computer without IPv6 gets 127.0.0.1 alone.
 * Rejects with `Trouble` and then listens nowhere.
 */
export async function listenForHttp(
  handler: RequestListener,
  host: string,
  port: number,
): Promise<Listening> {
  if (host !== 'localhost') return listenOn(handler, host, port);
  const first = await listenOn(handler, '127.0.0.1', port);
  try {
    const second = await listenOn(handler, '::1', first.port);
    return { servers: [...first.servers, ...second.servers], port: first.port };
  } catch (error) {
    if (error instanceof Trouble && error.code === 'address-not-ours') return first;
    await closeServers(first.servers);
    throw error;
  }
}

/** How long answers that are under way at the end may take. */
const LAST_ANSWERS_MS = 1_000;
/** How often to look whether they have gone out. */
const LOOK_MS = 10;

/** Stops listening, and ends all connections: those that are owed an answer, a moment later. */
export async function closeServers(servers: readonly Server[]): Promise<void> {
  const closed = servers.map(
    (server) =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  );
  const deadline = performance.now() + LAST_ANSWERS_MS;
  const timer = setInterval(() => {
    const isOver = performance.now() >= deadline;
    for (const server of servers) {
      if (isOver) server.closeAllConnections();
      else server.closeIdleConnections();
    }
  }, LOOK_MS);
  await Promise.all(closed);
  clearInterval(timer);
}

async function listenOn(handler: RequestListener, host: string, port: number): Promise<Listening> {
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 10_000 }, handler);
  const bound = await listen(server, { host, port });
  return { servers: [server], port: bound.port };
}
