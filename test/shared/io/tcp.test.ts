import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { networkInterfaces } from 'node:os';

import { expect } from 'chai';

import { SOCKET_LIMITS, type SocketLimits } from '../../../shared/io/tcp.js';
import type { PeerId } from '../../../shared/units.js';
import type { NetAddress } from '../../../shared/wire/netAddress.js';
import { skip } from '../../support/skip.js';
import { SocketProgram } from '../../support/socketProgram.js';

describe('io/tcp', () => {
  const open: SocketProgram[] = [];
  const raw: net.Socket[] = [];
  afterEach(async () => {
    for (const socket of raw.splice(0)) socket.destroy();
    await Promise.all(open.splice(0).map(({ sockets }) => sockets.close()));
  });

  function program(limits: Partial<SocketLimits> = {}): SocketProgram {
    const made = new SocketProgram({ ...SOCKET_LIMITS, ...limits });
    open.push(made);
    return made;
  }

  /** A bare socket to `address` that reads nothing before it is told to. */
  async function rawSocket({ host, port }: NetAddress): Promise<net.Socket> {
    const socket = net.connect({ host, port });
    raw.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  it('connects both ways and carries bytes, with the addresses of both ends', async () => {
    const [a, b] = [program(), program()];
    const address = await b.sockets.listen('127.0.0.1', 0);
    a.sockets.perform({ type: 'dial', address });
    const outbound = await a.next('connected');
    const inbound = await b.next('connected');
    expect(outbound).to.deep.include({ dialed: address, remote: address, local: inbound.remote });
    expect(inbound).to.deep.include({ dialed: undefined, local: address });
    a.send(outbound.peer, 'hello');
    expect(await b.text(5)).to.equal('hello');
    b.send(inbound.peer, 'world');
    expect(await a.text(5)).to.equal('world');
    expect(a.sockets.traffic(outbound.peer)).to.deep.equal({ receivedBytes: 5, sentBytes: 5 });
  });

  it('speaks IPv6', async () => {
    const [a, b] = [program(), program()];
    const address = await b.sockets.listen('::1', 0);
    a.sockets.perform({ type: 'dial', address });
    expect((await b.next('connected')).remote.host).to.equal('::1');
  });

  it('never gives two connections the same id', async () => {
    const [a, b] = [program(), program()];
    const address = await b.sockets.listen('127.0.0.1', 0);
    const ids = new Set<PeerId>();
    for (let i = 0; i < 5; i++) {
      a.sockets.perform({ type: 'dial', address });
      const { peer } = await b.next('connected');
      ids.add(peer);
      b.sockets.perform({ type: 'disconnect', peer, reason: 'not-needed' });
      await a.next('closed');
    }
    expect(ids.size).to.equal(5);
  });

  it('sends in order and tells when what it was asked to watch is gone', async () => {
    const [a, b] = [program(), program()];
    const address = await b.sockets.listen('127.0.0.1', 0);
    a.sockets.perform({ type: 'dial', address });
    const { peer } = await a.next('connected');
    const large = new Uint8Array(4_000_000).fill(1);
    a.sockets.perform({ type: 'send', peer, bytes: large, notify: false });
    a.sockets.perform({ type: 'send', peer, bytes: new Uint8Array([2]), notify: true });
    expect(await a.next('sent')).to.deep.equal({ type: 'sent', peer });
    await b.received(4_000_001);
    expect(a.sockets.queuedBytes).to.equal(0);
    expect(a.countOf('sent')).to.equal(0);
  });

  describe('a dial that fails', () => {
    it('says refused where nobody listens', async () => {
      const [a, b] = [program(), program()];
      const address = await b.sockets.listen('127.0.0.1', 0);
      await b.sockets.close();
      a.sockets.perform({ type: 'dial', address });
      const failed = { type: 'dial-failed', address, problem: 'refused' };
      expect(await a.next('dial-failed')).to.deep.equal(failed);
    });

    it('says unreachable where no route leads', async () => {
      const a = program();
      const address = { host: '255.255.255.255', port: 6000 };
      a.sockets.perform({ type: 'dial', address });
      expect((await a.next('dial-failed')).problem).to.equal('unreachable');
    });

    it('says timed-out where nobody answers, and tries an address once at a time', async () => {
      const { child, address } = await deafServer();
      try {
        for (let i = 0; i < 4; i++)
          net
            .connect(address)
            .on('error', () => undefined)
            .unref();
        const a = program({ dialTimeoutMs: 300 });
        a.sockets.perform({ type: 'dial', address });
        a.sockets.perform({ type: 'dial', address });
        expect((await a.next('dial-failed')).problem).to.equal('timed-out');
        await turns(50);
        expect(a.countOf('dial-failed')).to.equal(0);
      } finally {
        child.kill('SIGKILL');
      }
    });
  });

  describe('limits on who comes in', () => {
    it('closes what comes above the cap without a word to the machine', async () => {
      const b = program({ inboundMax: 2 });
      const address = await b.sockets.listen('127.0.0.1', 0);
      const [first] = [await rawSocket(address), await rawSocket(address)];
      const third = await rawSocket(address);
      await once(third.resume(), 'close');
      expect(b.countOf('connected')).to.equal(2);
      first.destroy();
      await b.next('closed');
      await rawSocket(address);
      await b.next('connected');
      await b.next('connected');
      await b.next('connected');
    });

    it('lets 117 in, and as many again when they are gone', async () => {
      const b = program();
      const address = await b.sockets.listen('127.0.0.1', 0);
      await expectPlaces(b, address, 117);
    });

    it('lets 16 in from one address that is not loopback', async function () {
      const host = ownAddress() ?? skip(this, 'this machine has no address but loopback');
      const b = program();
      const address = await b.sockets.listen(host, 0);
      await expectPlaces(b, address, 16);
    });

    it('counts loopback against the cap over all only', async () => {
      const b = program({ inboundPerHostMax: 1 });
      const address = await b.sockets.listen('127.0.0.1', 0);
      await Promise.all([rawSocket(address), rawSocket(address)]);
      await b.next('connected');
      await b.next('connected');
    });

    /** `b`, which listens at `address`, lets `count` in and closes the next at once, twice. */
    async function expectPlaces(b: SocketProgram, address: NetAddress, count: number) {
      for (let round = 0; round < 2; round++) {
        const inside: net.Socket[] = [];
        for (let i = 0; i < count; i++) inside.push(await rawSocket(address));
        await once((await rawSocket(address)).resume(), 'close');
        for (const socket of inside) {
          await b.next('connected');
          socket.destroy();
          await b.next('closed');
        }
        expect(b.inputsCount).to.equal(0);
      }
    }
  });

  describe('a peer that does not read', () => {
    const CHUNK = new Uint8Array(500_000);

    it('is not read from until it has read', async () => {
      const b = program({ queuePauseBytes: 1_000, queueBytesMax: 100_000_000 });
      const socket = await rawSocket(await b.sockets.listen('127.0.0.1', 0));
      const { peer } = await b.next('connected');
      for (let i = 0; i < 20; i++) {
        b.sockets.perform({ type: 'send', peer, bytes: CHUNK, notify: false });
        await turns(1);
      }
      socket.write('ping');
      await turns(50);
      expect(b.countOf('received')).to.equal(0);
      expect(b.sockets.queuedBytes).to.be.greaterThan(0);
      socket.resume();
      expect(await b.text(4)).to.equal('ping');
      expect(b.sockets.queuedBytes).to.be.lessThan(CHUNK.length);
    });

    it('is disconnected with queue-full above the hard cap, and its queue is dropped', async () => {
      const b = program({ queueBytesMax: 2_000_000 });
      await rawSocket(await b.sockets.listen('127.0.0.1', 0));
      const { peer } = await b.next('connected');
      for (let i = 0; i < 40; i++) {
        b.sockets.perform({ type: 'send', peer, bytes: CHUNK, notify: true });
      }
      const closed = { type: 'closed', peer, reason: 'queue-full' };
      expect(await b.next('closed')).to.deep.equal(closed);
      expect(b.sockets.queuedBytes).to.equal(0);
      await turns(5);
      expect(b.sockets.queuedBytes).to.equal(0);
      expect(b.countOf('sent') + b.countOf('closed')).to.equal(0);
    });

    it('goes first when all queues together are too long, if its own is the longest', async () => {
      const b = program({ queueBytesMax: 100_000_000, queuedBytesMax: 20_000_000 });
      const address = await b.sockets.listen('127.0.0.1', 0);
      const peers: PeerId[] = [];
      for (let i = 0; i < 3; i++) {
        await rawSocket(address);
        peers.push((await b.next('connected')).peer);
      }
      const [small, large, middle] = peers as [PeerId, PeerId, PeerId];
      const fill = (peer: PeerId, count: number): void => {
        for (let i = 0; i < count; i++) {
          b.sockets.perform({ type: 'send', peer, bytes: CHUNK, notify: false });
        }
      };
      fill(large, 20);
      fill(small, 8);
      fill(middle, 18);
      const closed = { type: 'closed', peer: large, reason: 'queue-full' };
      expect(await b.next('closed')).to.deep.equal(closed);
      expect(b.countOf('closed')).to.equal(0);
    });
  });

  describe('the end of a connection', () => {
    it('comes after what was sent before, even to a peer that keeps sending', async () => {
      const b = program({ queuePauseBytes: 1_000 });
      const socket = await rawSocket(await b.sockets.listen('127.0.0.1', 0));
      const { peer } = await b.next('connected');
      const start = performance.now();
      socket.write(new Uint8Array(1_000_000));
      const bytes = new Uint8Array(1_000_000).fill(9);
      b.sockets.perform({ type: 'send', peer, bytes, notify: true });
      b.sockets.perform({ type: 'disconnect', peer, reason: 'not-needed' });
      let readBytes = 0;
      socket.on('data', (chunk) => (readBytes += chunk.length));
      await once(socket, 'end');
      expect(readBytes).to.equal(1_000_000);
      await b.sockets.close();
      expect(performance.now() - start, 'without waiting it out').to.be.lessThan(900);
      expect(b.inputsCount, 'nothing more of this peer').to.equal(0);
    });

    it('does not wait for a peer that never reads', async () => {
      const b = program();
      await rawSocket(await b.sockets.listen('127.0.0.1', 0));
      const { peer } = await b.next('connected');
      const bytes = new Uint8Array(7_000_000);
      b.sockets.perform({ type: 'send', peer, bytes, notify: false });
      b.sockets.perform({ type: 'disconnect', peer, reason: 'not-needed' });
      await b.sockets.close();
      expect(b.sockets.queuedBytes).to.equal(0);
    });

    it('is told once when the other side closes or breaks it', async () => {
      const b = program();
      const address = await b.sockets.listen('127.0.0.1', 0);
      const [polite, rude] = [await rawSocket(address), await rawSocket(address)];
      const peers = [(await b.next('connected')).peer, (await b.next('connected')).peer];
      polite.resume().end();
      expect(await b.next('closed')).to.deep.equal({ type: 'closed', peer: peers[0] });
      rude.resetAndDestroy();
      expect(await b.next('closed')).to.deep.equal({ type: 'closed', peer: peers[1] });
      b.send(peers[0] as PeerId, 'too late');
      expect(b.inputsCount).to.equal(0);
    });
  });

  it('accepts, dials and tells nothing more once it is closed', async () => {
    const [a, b] = [program(), program()];
    const address = await b.sockets.listen('127.0.0.1', 0);
    a.sockets.perform({ type: 'dial', address });
    await a.next('connected');
    await b.next('connected');
    a.sockets.perform({ type: 'dial', address: { host: '127.0.0.1', port: 1 } });
    await Promise.all([a.sockets.close(), b.sockets.close()]);
    a.sockets.perform({ type: 'dial', address });
    await turns(5);
    expect(a.inputsCount).to.equal(0);
  });

  it('carries a thousand connections at once', async () => {
    const b = program({ inboundMax: 1_000 });
    const a = program();
    const addresses: NetAddress[] = [];
    for (let i = 0; i < 10; i++) addresses.push(await b.sockets.listen('127.0.0.1', 0));
    for (let i = 0; i < 100; i++) {
      for (const address of addresses) a.sockets.perform({ type: 'dial', address });
      await Promise.all(addresses.map(() => a.next('connected')));
    }
    for (let peer = 1; peer <= 1_000; peer++) a.send(peer as PeerId, 'x');
    await b.received(1_000);
  });
});

/** An address of this machine's own, at which it can be called without leaving it. */
function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

/** A process that listens and accepts nothing, with room for one connection to wait. */
async function deafServer(): Promise<{ child: ChildProcess; address: NetAddress }> {
  const program = `
    const server = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 });
    server.once('listening', () => {
      require('fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, address: { host: '127.0.0.1', port: Number(port) } };
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 1));
}
