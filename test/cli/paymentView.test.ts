import { expect } from 'chai';
import { describePayment } from '../../cli/paymentView.js';
import { utf8 } from '../../shared/bytes.js';

describe('cli/paymentView', () => {
  it('shows inputs, recipients, change, fee, total and memo', () => {
    const shown = describePayment({
      inputs: [{ amount: 50_000 }, { amount: 7 }],
      outputs: [
        { address: 'cairn1to', amount: 1_000, isChange: false },
        { address: 'cairn1back', amount: 48_794, isChange: true },
      ],
      ...{ fee: 213, sizeBytes: 213, memo: utf8('rent'), lockHeight: 0 },
    });
    expect(shown).to.equal(
      [
        'inputs  50007  2 coins',
        'to       1000  cairn1to',
        'change  48794  cairn1back',
        'fee       213  213 bytes, 1000 for 1000 bytes',
        'total    1213  paid, the fee included',
        'memo    "rent"',
      ].join('\n'),
    );
  });

  it('warns of a payment that no block takes yet', () => {
    const outputs = [{ address: 'cairn1to', amount: 1_000, isChange: false }];
    const payment = { inputs: [{ amount: 1_000 }], outputs, fee: 0, sizeBytes: 200 };
    const shown = describePayment({ ...payment, memo: utf8(''), lockHeight: 900_000 });
    expect(shown.split('\n').at(-1)).to.equal('LOCKED  no block below height 900000 takes it');
  });
});
