/**
 * Every message of both protocols, changed by its structure in each way that `msgpackMutants`
 * knows: decoding throws nothing, admits only what it would itself write, and costs no more than
 * the bytes that came.
 */

import { expect } from 'chai';
import { Handshake } from '../../../shared/wire/handshake.js';
import { allowed, bytesMadeBy, costsOf, sizeOf } from '../../support/cost.js';
import { side } from '../../support/hellos.js';
import { decode, TRIALS, type Trial } from './messageTrials.js';

/** What decoding may take: so much for a message at all, and so much for each of its bytes. */
const STEPS = { aPiece: 100, aByte: 6 };
const BYTES_MADE = { aPiece: 10_000, aByte: 15 };
const SIZE = { aMessage: 200, aByte: 3 };

describe('wire: mutants of every message', () => {
  for (const [what, trials] of TRIALS) {
    it(`${what}: ${String(trials.length)} trials`, () => {
      for (const trial of trials) expectDeclared(trial);
    });
  }

  it('are refused, but for those that another writer could have meant', () => {
    const all = [...TRIALS.values()].flat();
    const admitted = all.filter((trial) => decode(trial).ok);
    expect(all.length).to.be.greaterThan(5_000);
    expect(admitted.length).to.be.within(50, all.length / 20);
  });

  it('end a handshake, or leave it waiting for a signature that fits', () => {
    const outcomes = new Set<string>();
    for (const { codec, type, bytes } of [...TRIALS.values()].flat()) {
      if (codec.name !== 'handshake') continue;
      const called = new Handshake(side('called'));
      const { send, outcome } = called.handle({ type, payload: bytes.slice() });
      expect(send.length).to.be.at.most(2);
      outcomes.add(outcome.type === 'failed' ? outcome.reason : outcome.type);
    }
    const fitting = ['pending', 'wrong-network', 'wrong-version', 'self-connection'];
    const possible = ['message-malformed', 'message-unexpected', ...fitting];
    expect(possible).to.include.members([...outcomes]);
    expect([...outcomes]).to.include.members(['pending', 'message-malformed']);
  });

  it('take steps and memory for what came, and not for what is claimed', async function () {
    this.timeout(180_000);
    const url = new URL('./messageTrials.js', import.meta.url);
    for (const trial of await costsOf(url)) {
      expect(trial.steps, trial.what).to.be.within(1, allowed(STEPS, trial));
      expect(trial.bytesMade, trial.what).to.be.within(1, allowed(BYTES_MADE, trial));
    }
  });
});

function expectDeclared(trial: Trial): void {
  let result: ReturnType<typeof decode> | undefined;
  const bytesMade = bytesMadeBy(() => (result = decode(trial)));
  const { length } = trial.bytes;
  expect(bytesMade, trial.what).to.be.at.most(length);
  if (result?.ok !== true) {
    expect(result).to.deep.equal({ ok: false, error: 'message-malformed' });
    return;
  }
  expect(sizeOf(result.value)).to.be.at.most(SIZE.aMessage + SIZE.aByte * length);
  const again = trial.codec.encode(result.value).subarray(5);
  // What later versions append to a hello is ignored.
  const isHello = result.value.type === 'hello';
  if (isHello) expect(trial.codec.decode(0, again.slice())).to.deep.equal(result);
  else expect(again).to.deep.equal(trial.bytes);
}
