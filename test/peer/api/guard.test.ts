import { expect } from 'chai';
import { checkCaller, isLoopbackHost, type Caller } from '../../../peer/api/guard.js';

const READ: Caller = {
  method: 'GET',
  host: '127.0.0.1:5000',
  origin: undefined,
  contentType: undefined,
  authorization: undefined,
};
const WRITE: Caller = { ...READ, method: 'POST', contentType: 'application/json' };

const check = (caller: Partial<Caller>, token?: string, listenHost = 'localhost') =>
  checkCaller({ ...WRITE, ...caller }, { listenHost, token, isSameText: (a, b) => a === b });

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
    expect(check({ host: 'Lab-7.lan:5000' }, undefined, 'lab-7.lan')).to.equal(undefined);
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

  it('asks for the token where there is one, for writes only', () => {
    expect(check({}, 'secret')).to.equal('token-required');
    expect(check({ authorization: 'Bearer wrong' }, 'secret')).to.equal('token-required');
    expect(check({ authorization: 'Bearer secret' }, 'secret')).to.equal(undefined);
    expect(check({ method: 'GET' }, 'secret')).to.equal(undefined);
  });

  it('knows which hosts are this computer alone', () => {
    expect(['localhost', '127.0.0.1', '127.1.2.3', '::1'].every(isLoopbackHost)).to.equal(true);
    expect(['0.0.0.0', '::', '192.168.0.1', '127.0.0.1.x'].some(isLoopbackHost)).to.equal(false);
  });
});

const OPEN = { listenHost: 'localhost', token: undefined, isSameText: () => true };
