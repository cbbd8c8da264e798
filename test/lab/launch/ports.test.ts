import { expect } from 'chai';
import { createServer, type AddressInfo } from 'node:net';
import { browserBlocked, choosePorts, isPortFree } from '../../../lab/launch/ports.js';
import { Trouble } from '../../../shared/io/trouble.js';
import { expectTrouble, troubleOf } from '../../support/troubles.js';

const allFree = () => Promise.resolve(true);

describe('launch/ports', () => {
  it('takes ports in order and says which it passed over, and why', async () => {
    const choice = await choosePorts({
      purpose: 'HTTP',
      flag: 'http-from',
      from: 5008,
      count: 3,
      reserved: new Map([[5009, 'the tracker’s']]),
      isFree: (port) => Promise.resolve(port < 5010 || port > 5012),
    });
    expect(choice).to.deep.equal({
      ports: [5008, 5013, 5014],
      skipped: [
        'HTTP port 5009 is the tracker’s; skipped.',
        'HTTP ports 5010–5012 are in use; skipped.',
      ],
    });
  });

  it('passes over the ports that browsers refuse', async () => {
    const reserved = browserBlocked();
    const request = {
      purpose: 'HTTP',
      flag: 'http-from',
      from: 5059,
      count: 2,
      reserved,
      isFree: allFree,
    };
    expect((await choosePorts(request)).ports).to.deep.equal([5059, 5062]);
  });

  it('says so when there are not enough', async () => {
    const request = {
      purpose: 'TCP',
      flag: 'tcp-from',
      from: 65_535,
      count: 2,
      reserved: new Map(),
      isFree: allFree,
    };
    const error: unknown = await choosePorts(request).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Trouble).with.property('code', 'no-free-ports');
    expect(error).to.have.property('advice', 'Choose a lower one with --tcp-from.');
  });

  it('finds out whether a port is in use on any of the hosts', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await isPortFree(port, ['127.0.0.1', '::1'])).to.equal(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(port, ['127.0.0.1', '::1'])).to.equal(true);
  });

  it('calls no port free or in use where it is the host that is wrong', async () => {
    for (const host of ['10.99.99.99', 'bad_host!']) {
      const trouble = await troubleOf(isPortFree(7210, [host]));
      expectTrouble(trouble, 'address-not-ours', `${host} is not an address of this machine.`);
    }
  });
});
