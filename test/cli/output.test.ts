import { expect } from 'chai';
import { canShowUnicode, Output } from '../../cli/output.js';

describe('cli/output', () => {
  it('shows Unicode only where the locale says UTF-8', () => {
    expect(canShowUnicode({ LANG: 'en_US.UTF-8' }, 'linux')).to.equal(true);
    expect(canShowUnicode({ LANG: 'C.utf8' }, 'linux')).to.equal(true);
    expect(canShowUnicode({ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, 'linux')).to.equal(false);
    expect(canShowUnicode({ LANG: 'en_US.UTF-8', LC_ALL: '' }, 'linux')).to.equal(true);
    expect(canShowUnicode({}, 'linux')).to.equal(false);
    expect(canShowUnicode({ WT_SESSION: 'x' }, 'win32')).to.equal(true);
    expect(canShowUnicode({ LANG: 'en_US.UTF-8' }, 'win32')).to.equal(false);
  });

  it('writes ASCII and nothing else elsewhere', () => {
    const output = new Output({ LC_ALL: 'C' });
    const plain = output.plain('tip …1a – “x” ✔ Ω\n\u001b[1mbold\u001b[22m');
    expect(plain).to.equal('tip ...1a - "x" + ?\n\u001b[1mbold\u001b[22m');
  });
});
