import { expect } from 'chai';
import { parseAmount } from '../../cli/amount.js';

describe('cli/amount', () => {
  it('takes whole numbers of smallest units', () => {
    expect(['1', '1500', '9007199254740991'].map(parseAmount)).to.deep.equal([
      ...[1, 1_500, Number.MAX_SAFE_INTEGER],
    ]);
  });

  it('takes nothing that could be meant in two ways', () => {
    const texts = ['', '0', '-1', '+1', '1.5', '1.000', '1,000', '1 000', '1e3', '0x10', '01'];
    for (const text of [...texts, '１', 'NaN', '9007199254740992', '1'.repeat(30)]) {
      expect(() => parseAmount(text), text).to.throw(/is no amount\.$/);
    }
  });
});
