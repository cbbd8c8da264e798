import { once } from 'node:events';
import net from 'node:net';

import { expect } from 'chai';

import { listen, listenTrouble } from '../../../shared/io/listen.js';
import { SOCKET_LIMITS, Sockets } from '../../../shared/io/tcp.js';
import { expectTrouble, troubleOf } from '../../support/troubles.js';

describe('io/listen', () => {
  let taken: net.Server;
  let port: number;

  before(async () => {
    taken = net.createServer();
    port = (await listen(taken, { host: '127.0.0.1', port: 0 })).port;
  });

  after(async () => {
    taken.close();
    await once(taken, 'close');
  });

  it('names the process that holds a port in use', async () => {
    const sockets = new Sockets(SOCKET_LIMITS, () => undefined);
    const trouble = await troubleOf(sockets.listen('127.0.0.1', port));
    expectTrouble(trouble, 'port-in-use', `Port ${port} on 127.0.0.1 is in use by `);
    if (process.platform === 'linux') expect(trouble.message).to.contain(`(pid ${process.pid})`);
    await sockets.close();
  });

  it('refuses an address that this machine does not have', async () => {
    const trouble = await troubleOf(listen(net.createServer(), { host: '192.0.2.1', port: 0 }));
    expectTrouble(trouble, 'address-not-ours', '192.0.2.1 is not an address of this machine');
  });

  it('says that low ports are not for everyone', () => {
    const error = Object.assign(new Error('no'), { code: 'EACCES' });
    const trouble = listenTrouble(error, { host: '::1', port: 80 });
    expectTrouble(trouble, 'port-not-allowed', 'Port 80 on ::1');
  });

  it('says what the system says of whatever else is wrong', () => {
    const error = Object.assign(new Error('no'), { code: 'EINVAL', syscall: 'listen' });
    const trouble = listenTrouble(error, { host: 'fe80::1', port: 6000 });
    expectTrouble(trouble, 'cannot-listen', 'Port 6000 on fe80::1 cannot be opened (EINVAL).');
  });

  it('leaves a bug as it is', () => {
    const error = new Error('a bug');
    expect(listenTrouble(error, { host: '::1', port: 80 })).to.equal(error);
  });
});
