import { expect } from 'chai';
import { networkInterfaces } from 'node:os';
import { checkHost } from '../../../lab/launch/host.js';
import { expectTrouble, troubleOf } from '../../support/troubles.js';

describe('launch/host', () => {
  it('accepts addresses of this machine, and names of them', async () => {
    for (const host of ['127.0.0.1', 'localhost']) await checkHost(host);
  });

  it('refuses what is no address of this machine, and says what to choose', async () => {
    for (const host of ['10.99.99.99', '192.168.1.300', 'nosuchhost.invalid', 'bad_host!']) {
      const trouble = await troubleOf(checkHost(host));
      expectTrouble(trouble, 'bad-host', `--host ${host} is not an address of this machine.`);
      expect(trouble.advice).to.match(/^Choose 127\.0\.0\.1, which only this machine reaches/);
    }
  });

  it('refuses addresses that nobody can dial', async () => {
    for (const host of ['0.0.0.0', '0', '255.255.255.255']) {
      const trouble = await troubleOf(checkHost(host));
      expect([host, trouble.code]).to.deep.equal([host, 'bad-host']);
      expect(trouble.message).to.contain(`--host ${host} is no`);
    }
  });

  it('lists the addresses that others reach', async () => {
    const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    const others = all.filter(({ internal, family }) => !internal && family === 'IPv4');
    const { advice } = await troubleOf(checkHost('0.0.0.0'));
    for (const { address } of others) expect(advice).to.contain(` ${address}`);
    expect(advice).not.to.match(/fe80:|::1[,.]/);
  });
});
