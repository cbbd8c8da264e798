/**
 * How a command in another terminal reaches a launcher: a small HTTP server on loopback, with a
 * token.
 */

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listen } from '../../shared/io/listen.js';
import type { NetworkView } from './networkView.js';

export interface Orders {
  readonly view: () => NetworkView;
  readonly stop: () => void;
}

/** Where a launcher takes orders, as it stands in `run.json`. */
export interface ControlAddress {
  readonly port: number;
  readonly token: string;
}

export class Control {
  readonly address: ControlAddress;
  readonly #server: Server;

  private constructor(server: Server, address: ControlAddress) {
    this.#server = server;
    this.address = address;
  }

  static async open(orders: Orders): Promise<Control> {
    const token = randomBytes(16).toString('hex');
    const server = createServer((request, response) => {
      answer(request, response, token, orders);
    });
    const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
    return new Control(server, { port, token });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** What the launcher at `address` says of its network; `undefined` when it does not answer. */
export async function askView(address: ControlAddress): Promise<NetworkView | undefined> {
  const response = await call(address, 'GET', '/view');
  return response === undefined ? undefined : ((await response.json()) as NetworkView);
}

/** Asks the launcher at `address` to stop its network; whether it heard. */
export async function orderStop(address: ControlAddress): Promise<boolean> {
  return (await call(address, 'POST', '/stop')) !== undefined;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  orders: Orders,
): void {
  if (!isAuthorized(request.headers.authorization, token)) {
    response.writeHead(401).end();
  } else if (request.method === 'GET' && request.url === '/view') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(orders.view()));
  } else if (request.method === 'POST' && request.url === '/stop') {
    response.writeHead(202).end(() => {
      orders.stop();
    });
  } else {
    response.writeHead(404).end();
  }
}

function isAuthorized(header: string | undefined, token: string): boolean {
  const given = new TextEncoder().encode(header ?? '');
  const expected = new TextEncoder().encode(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const TIMEOUT_MS = 3_000;

async function call(
  { port, token }: ControlAddress,
  method: string,
  path: string,
): Promise<Response | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${String(port)}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return response.ok ? response : undefined;
  } catch {
    return undefined;
  }
}
