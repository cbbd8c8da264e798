import { expect } from 'chai';

import { excerpt, printable } from '../../shared/printable.js';

describe('printable', () => {
  it('leaves printable ASCII alone, and escapes all else', () => {
    expect(printable('a ~"\\')).to.equal('a ~"\\');
    expect(printable('a\nb\u001b[2J\u007f\u009b\u00e9')).to.equal(
      'a\\u000ab\\u001b[2J\\u007f\\u009b\\u00e9',
    );
    expect(printable('\u{1f480}')).to.equal('\\ud83d\\udc80');
  });

  it('shows an excerpt in any script, and what is not seen as escapes', () => {
    expect(excerpt('\u00e9\u4e2d ~"')).to.equal('\u00e9\u4e2d ~"');
    expect(excerpt('a\nb\u001b[2J\u007f\u009b')).to.equal('a\\u000ab\\u001b[2J\\u007f\\u009b');
    expect(excerpt('\u202egpj\u2028\ud800')).to.equal('\\u202egpj\\u2028\\ud800');
  });

  it('cuts an excerpt that is too long for a sentence', () => {
    expect(excerpt('x'.repeat(100))).to.equal('x'.repeat(100));
    expect(excerpt('x'.repeat(101))).to.equal(`${'x'.repeat(100)}...`);
    expect(excerpt('\n'.repeat(1_000_000))).to.have.length(603);
  });
});
