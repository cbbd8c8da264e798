import { once } from 'node:events';
import net from 'node:net';
import { Worker } from 'node:worker_threads';

import { expect } from 'chai';

import { SOCKET_LIMITS } from '../../../shared/io/tcp.js';
import { TcpConnection } from '../../../shared/io/tcpConnection.js';

/** It has a loop of its own, and always more to send. */
const SENDER = `
  const { workerData } = require('node:worker_threads');
  const { port, total } = workerData;
  require('node:net').connect(port, '127.0.0.1').end(new Uint8Array(total));
`;

describe('io/tcpConnection', () => {
  it('lets others have their turn after each piece of who sends without end', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const total = 4_000_000;
    const sender = new Worker(SENDER, { eval: true, workerData: { port, total } });
    const [socket] = (await once(server, 'connection')) as [net.Socket];

    let turn = 0;
    let received = 0;
    const pieces = new Map<number, number>();
    let immediate = setImmediate(function again() {
      turn++;
      immediate = setImmediate(again);
    });
    const connection = new TcpConnection(socket, SOCKET_LIMITS, {
      onReceived: (bytes) => {
        received += bytes.length;
        pieces.set(turn, (pieces.get(turn) ?? 0) + 1);
        // As long as that takes, more comes than one turn's worth.
        const end = performance.now() + 2;
        while (performance.now() < end);
      },
      onSent: () => undefined,
      onQueued: () => undefined,
      onClosed: () => undefined,
    });
    await once(socket, 'end');
    connection.end();
    clearImmediate(immediate);
    await connection.closed;
    server.close();
    await sender.terminate();
    expect(received).to.equal(total);
    expect(Math.max(...pieces.values())).to.be.at.most(2);
  });
});
