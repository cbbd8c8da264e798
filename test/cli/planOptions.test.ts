import { expect } from 'chai';
import { COMMANDS } from '../../cli/commands.js';
import { commandHelp } from '../../cli/help.js';
import { PLAN_OPTIONS, planBodyOf } from '../../cli/planOptions.js';
import { parseText } from '../../shared/config/kinds.js';
import { planBody } from '../../shared/http/walletSchemas.js';

const feeRateOf = (text: string) => parseText(PLAN_OPTIONS['fee-rate'].kind, text);

describe('cli/planOptions', () => {
  it('takes the fee rates that the node takes', () => {
    const { minimum, maximum } = planBody.properties.feeRate;
    for (const rate of [minimum, 1_000, maximum]) {
      expect(feeRateOf(String(rate))).to.deep.equal({ ok: true, value: rate });
    }
  });

  it('says what a fee rate is where it is none', () => {
    const texts = ['nonsense', '', '-1', '1.5', '1e3', '1_000', '0x10', '1000000001'];
    for (const text of texts) {
      expect(feeRateOf(text), text).to.deep.equal({
        ...{ ok: false, error: 'a whole number from 0 to 1000000000' },
      });
    }
  });

  it('tells in the help of each command that pays in what a fee rate counts', async () => {
    for (const words of ['send', 'stamp', 'tx create']) {
      const entry = COMMANDS.find((one) => one.words === words);
      if (entry === undefined) return expect.fail(words);
      expect(commandHelp(entry, (await entry.load()).command), words).to.match(
        /^ {2}--fee-rate N +smallest units for 1000 bytes; without it, what brings it into /m,
      );
    }
  });

  it('asks the node for a fee rate only where one was given', () => {
    const plan = { from: 'main', to: 'Bob', amount: 5, memo: undefined };
    const body = { from: 'main', to: 'Bob', amount: 5, memo: '' };
    expect(planBodyOf({ ...plan, 'fee-rate': undefined })).to.deep.equal(body);
    expect(planBodyOf({ ...plan, 'fee-rate': 0 })).to.deep.equal({ ...body, feeRate: 0 });
    expect(planBodyOf({ ...plan, memo: 'rent', 'fee-rate': 7 })).to.deep.equal({
      ...{ ...body, memo: '72656e74', feeRate: 7 },
    });
  });
});
