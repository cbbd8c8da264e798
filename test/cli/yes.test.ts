import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { Output } from '../../cli/output.js';
import { Prompt } from '../../cli/prompt.js';
import { demandYes, refuseToAskBlind } from '../../cli/yes.js';
import type { Trouble } from '../../shared/io/trouble.js';

/** The code with which an answer ends; `undefined` where it is a yes. */
async function endOf(answer: string, isAgreed = false): Promise<string | undefined> {
  const input = new PassThrough();
  input.end(answer);
  const prompt = new Prompt(input as unknown as NodeJS.ReadStream);
  const asking = { isAgreed, prompt, output: new Output({}) };
  return demandYes('Sign it?', asking).then(
    () => undefined,
    (error: unknown) => (error as Trouble).code,
  );
}

describe('cli/yes', () => {
  it('asks nobody who agreed by a flag', async () => {
    expect(await endOf('', true)).to.equal(undefined);
    expect(await endOf('')).to.equal('no-answer');
  });

  it('takes y and yes for a yes, and anything else for a no', async () => {
    for (const yes of ['y', 'Y', 'yes', ' YES ']) {
      expect(await endOf(`${yes}\n`), yes).to.equal(undefined);
    }
    for (const no of ['', 'n', 'no', 'ye', 'yesterday', 'y n', 'ja', '1']) {
      expect(await endOf(`${no}\n`), no).to.equal('not-agreed');
    }
  });

  it('lets --json go on only beside --yes, for it shows nothing before', () => {
    const refusal = (isJson: boolean, isAgreed: boolean) => () => {
      refuseToAskBlind(isJson, isAgreed);
    };
    expect(refusal(true, false)).to.throw(/^--json shows nothing to agree to before it is done\.$/);
    expect(refusal(true, false))
      .to.throw()
      .with.property('advice', 'Add --yes, or leave --json out.');
    for (const [isJson, isAgreed] of [
      [true, true],
      [false, true],
      [false, false],
    ] as const) {
      expect(refusal(isJson, isAgreed)).to.not.throw();
    }
  });
});
