/** Ports for programs that die and must get theirs again. */

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below those that systems give to connections: nobody takes them while a program is dead. */
const PORTS_FROM = 10_000;
const PORTS_TO = 32_000;

/** `count` different ports that nobody listens on. */
export async function steadyPorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(PORTS_FROM, PORTS_TO);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
