import { expect } from 'chai';
import fc from 'fast-check';
import {
  parseJson,
  parseText,
  printValue,
  type Kind,
  type Value,
} from '../../../shared/config/kinds.js';

const ENDPOINT: Kind = { type: 'endpoint', defaultHost: 'localhost' };

describe('config/kinds', () => {
  it('reads the usual words for true and false, in any case', () => {
    const read = ['1', 'true', 'YES', 'on', '0', 'False', 'no', 'off'].map((text) =>
      valueOf({ type: 'boolean' }, text),
    );
    expect(read).to.deep.equal([true, true, true, true, false, false, false, false]);
    expect(valueOf({ type: 'boolean' }, 'maybe')).to.equal('expected true or false');
  });

  it('reads ports, names and both families of addresses', () => {
    const read = ['7', 'h.example:7', '10.0.0.1:7', '[::1]:7'].map((text) =>
      valueOf(ENDPOINT, text),
    );
    expect(read).to.deep.equal([
      { host: 'localhost', port: 7 },
      { host: 'h.example', port: 7 },
      { host: '10.0.0.1', port: 7 },
      { host: '::1', port: 7 },
    ]);
  });

  it('refuses nonsense where an address is expected', () => {
    for (const text of ['', ':', 'a:', ':5', 'a:b', '::1:7', '1:2:3', '65536', 'a b:1', '[x]']) {
      expect(parseText(ENDPOINT, text).ok, text).to.equal(false);
    }
    expect(parseText({ type: 'endpoint' }, '7').ok, 'a port without a host').to.equal(false);
  });

  it('refuses a name that would leave its directory', () => {
    for (const text of ['..', '../x', 'a/b', '.hidden', '', 'x'.repeat(33)]) {
      expect(parseText({ type: 'name' }, text).ok, text).to.equal(false);
    }
    expect(valueOf({ type: 'name' }, 'class-7a')).to.equal('class-7a');
  });

  it('keeps integers within their range', () => {
    const kind: Kind = { type: 'integer', min: 1, max: 9 };
    expect([0, 1, 9, 10].map((n) => parseText(kind, String(n)).ok)).to.deep.equal([
      false,
      true,
      true,
      false,
    ]);
    for (const text of ['1e0', '0x1', '1.0', ' 1', '']) {
      expect(parseText(kind, text).ok, text).to.equal(false);
    }
  });

  it('keeps numbers within their range, as text and as JSON', () => {
    const kind: Kind = { type: 'number', min: 0.5, max: 9 };
    expect(['0.4', '0.5', '9', '9.01', '1e0', '-1', '.5', ''].map(isRead)).to.deep.equal([
      ...[false, true, true, false, false, false, false, false],
    ]);
    expect([0.4, 0.5, '1', null].map((json) => parseJson(kind, json).ok)).to.deep.equal([
      ...[false, true, false, false],
    ]);

    function isRead(text: string): boolean {
      return parseText(kind, text).ok;
    }
  });

  it('reads back what it prints', () => {
    const endpoint = fc.record({
      host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()),
      port: fc.nat(65_535),
    });
    fc.assert(
      fc.property(fc.array(endpoint, { minLength: 1, maxLength: 5 }), (endpoints) => {
        expect(valueOf({ type: 'endpoints' }, printValue(endpoints))).to.deep.equal(endpoints);
      }),
    );
  });
});

function valueOf(kind: Kind, text: string): Value {
  const result = parseText(kind, text);
  return result.ok ? result.value : `expected ${result.error}`;
}
