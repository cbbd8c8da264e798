import { expect } from 'chai';
import { checkCaller, isLoopbackHost, type Caller } from '../../../peer/api/guard.js';

const READ: Caller = {
  method: 'GET',
  host: '127.0.0.1:5000',
  origin: undefined,
  contentType: undefined,
  authorization: undefined,
  needsToken: false,
};
const WRITE: Caller = { ...READ, method: 'POST', contentType: 'application/json' };

const OPEN = {
  ...{ listenHost: 'localhost', token: 'secret', writesNeedToken: false },
  isSameText: (a: string, b: string) => a === b,
};

const check = (caller: Partial<Caller>, options: Partial<typeof OPEN> = {}) =>
  checkCaller({ ...WRITE, ...caller }, { ...OPEN, ...options });

describe('api/guard', () => {
  it('welcomes addresses and localhost as Host, with any port', () => {
    for (const host of ['127.0.0.1', 'localhost:5000', '[::1]:5000', '192.168.1.7:80']) {
      expect(check({ host }), host).to.equal(undefined);
    }
  });

  it('refuses names that DNS could rebind to this computer', () => {
    for (const host of ['evil.example', 'localhost.evil.example:5000', '127.0.0.1.nip.io', '']) {
      expect(check({ host }), host).to.equal('host-refused');
    }
    expect(checkCaller({ ...READ, host: undefined }, OPEN)).to.equal('host-refused');
  });

  it('welcomes the name that the operator listens on', () => {
    expect(check({ host: 'Lab-7.lan:5000' }, { listenHost: 'lab-7.lan' })).to.equal(undefined);
  });

  it('refuses reads and writes of pages of other origins, also of another port', () => {
    const origins = [
      'http://evil.example',
      'null',
      'http://127.0.0.1:5001',
      'https://127.0.0.1:5000',
    ];
    for (const origin of origins) {
      expect(check({ origin }), origin).to.equal('origin-refused');
      expect(check({ origin, method: 'GET' }), origin).to.equal('origin-refused');
    }
    expect(check({ origin: 'http://127.0.0.1:5000' })).to.equal(undefined);
  });

  it('takes writes as JSON only: a form of another page cannot send that unasked', () => {
    for (const contentType of [undefined, 'text/plain', 'application/x-www-form-urlencoded']) {
      expect(check({ contentType })).to.equal('unsupported-media-type');
    }
    expect(check({ contentType: 'application/json; charset=utf-8' })).to.equal(undefined);
  });

  it('asks for the token for writes where other computers can connect', () => {
    const options = { writesNeedToken: true };
    expect(check({}, options)).to.equal('token-required');
    expect(check({ authorization: 'Bearer wrong' }, options)).to.equal('token-required');
    expect(check({ authorization: 'Bearer secret' }, options)).to.equal(undefined);
    expect(check({ method: 'GET' }, options)).to.equal(undefined);
    expect(check({})).to.equal(undefined);
  });

  it('asks for the token everywhere, and for reads, too, where what is called needs it', () => {
    for (const method of ['GET', 'HEAD', 'POST']) {
      const caller = { method, needsToken: true };
      expect(check(caller), method).to.equal('token-required');
      expect(check({ ...caller, authorization: 'secret' }), method).to.equal('token-required');
      expect(check({ ...caller, authorization: 'Bearer secret' }), method).to.equal(undefined);
      const foreign = { ...caller, authorization: 'Bearer secret', origin: 'http://evil.example' };
      expect(check(foreign), method).to.equal('origin-refused');
    }
  });

  it('knows which hosts are this computer alone', () => {
    expect(['localhost', '127.0.0.1', '127.1.2.3', '::1'].every(isLoopbackHost)).to.equal(true);
    expect(['0.0.0.0', '::', '192.168.0.1', '127.0.0.1.x'].some(isLoopbackHost)).to.equal(false);
  });
});
