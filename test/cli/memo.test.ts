import { expect } from 'chai';
import { describeMemo } from '../../cli/memo.js';
import { utf8 } from '../../shared/bytes.js';
import { stampMemo } from '../../shared/stamp.js';

describe('cli/memo', () => {
  it('shows a stamp, a text, or hex', () => {
    const memos = [
      new Uint8Array(0),
      stampMemo(new Uint8Array(32).fill(0xab)),
      utf8('für den Kuchen "x"'),
      Uint8Array.of(0xff, 0xfe),
    ];
    expect(memos.map(describeMemo)).to.deep.equal([
      undefined,
      `stamps the document with SHA-256 ${'ab'.repeat(32)}`,
      '"für den Kuchen \\"x\\""',
      'fffe',
    ]);
  });

  it('shows no text that controls a terminal or makes it run backwards', () => {
    for (const text of ['a\u001b[2J', 'a\nb', '\u202eabc', 'a\u2028b', '\u0007']) {
      expect(describeMemo(utf8(text)), JSON.stringify(text)).to.match(/^[0-9a-f]+$/);
    }
  });
});
