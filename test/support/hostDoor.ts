/**
 * A door into a host of a test's LAN: listens on the socket file named first, and connects each
 * caller with the port of this host named second. Files are seen from all hosts, addresses are not.
 */

import { connect, createServer } from 'node:net';

const [, , file, port] = process.argv;

createServer((caller) => {
  const api = connect(Number(port), '127.0.0.1');
  const close = (): void => {
    caller.destroy();
    api.destroy();
  };
  for (const socket of [caller, api]) socket.on('error', close).on('close', close);
  caller.pipe(api).pipe(caller);
}).listen(file);
