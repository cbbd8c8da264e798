import net from 'node:net';

import { expect } from 'chai';
import fc from 'fast-check';

import {
  canonicalHost,
  decodeHost,
  encodeHost,
  parseNetAddress,
  printNetAddress,
  scopeOf,
} from '../../../shared/wire/netAddress.js';

describe('wire/netAddress', () => {
  it('prints IPv6 as RFC 5952 asks for', () => {
    const cases = {
      '2001:DB8:0:0:0:0:0:1': '2001:db8::1',
      '2001:db8:0:0:1:0:0:1': '2001:db8::1:0:0:1',
      '2001:0:0:1:0:0:0:1': '2001:0:0:1::1',
      '2001:db8:0:1:1:1:1:1': '2001:db8:0:1:1:1:1:1',
      '0:0:0:0:0:0:0:0': '::',
      '1::': '1::',
      '::ffff:192.0.2.1': '192.0.2.1',
      '::ffff:c000:201': '192.0.2.1',
      '64:ff9b::192.0.2.33': '64:ff9b::c000:221',
    };
    for (const [text, canonical] of Object.entries(cases)) {
      expect(canonicalHost(text), text).to.equal(canonical);
    }
  });

  it('refuses what is not an IP address', () => {
    const texts = [
      ...['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.x', ' 1.2.3.4'],
      ...[':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4::5:6:7:8'],
      ...['12345::', 'g::', '::1.2.3', '1.2.3.4::', '::1%eth0', 'localhost', '1:2:3:4:5:6:7:'],
    ];
    for (const text of texts) expect(canonicalHost(text), text).to.equal(undefined);
  });

  it('agrees with the system on what an IP address is, for any near miss', () => {
    const part = fc.constantFrom(...'0 1 f 12 fff 255 256 01 : :: . 1.2.3.4 ffff'.split(' '));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect(canonicalHost(text) !== undefined).to.equal(net.isIP(text) !== 0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads back every 16 bytes that it prints', () => {
    const sparse = fc.constantFrom(0, 0, 0, 1, 255);
    const bytes = fc.array(fc.oneof(sparse, fc.integer({ min: 0, max: 255 })), {
      minLength: 16,
      maxLength: 16,
    });
    fc.assert(
      fc.property(bytes, (values) => {
        const host = decodeHost(new Uint8Array(values));
        expect(net.isIP(host)).not.to.equal(0);
        expect([...encodeHost(host)]).to.deep.equal(values);
      }),
    );
  });

  it('reads and prints addresses with their port', () => {
    for (const text of ['127.0.0.1:6000', '[::1]:65535', '[2001:db8::1]:1']) {
      const address = parseNetAddress(text);
      expect(address && printNetAddress(address)).to.equal(text);
    }
  });

  it('refuses addresses without a sound port, and IPv6 without brackets', () => {
    const texts = ['1.2.3.4', '1.2.3.4:0', '1.2.3.4:65536', '::1:6000', '[1.2.3.4:1', 'host:1'];
    for (const text of texts) expect(parseNetAddress(text), text).to.equal(undefined);
  });

  it('refuses to encode what was never an address', () => {
    expect(() => encodeHost('localhost')).to.throw(RangeError);
  });

  it('knows how far each kind of address reaches', () => {
    const hosts = {
      loopback: ['127.0.0.1', '127.255.255.255', '::1'],
      private: [
        ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.0.1'],
        ...['100.64.0.1', '100.127.255.255', 'fc00::1', 'fdff::1', 'fe80::1', 'febf::1', 'fec0::1'],
      ],
      public: [
        ...['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1', '192.169.0.1'],
        ...['2001:db8::1', '1::', '::2', '::1.2.3.4'],
      ],
      multicast: ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
      unspecified: ['0.0.0.0', '0.1.2.3', '::'],
    };
    for (const [scope, members] of Object.entries(hosts)) {
      for (const host of members) expect(scopeOf(host), host).to.equal(scope);
    }
  });
});
