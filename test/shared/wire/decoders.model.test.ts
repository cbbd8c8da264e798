/**
 * Every message of both protocols, changed by its structure in each way that `msgpackMutants`
 * knows: decoding throws nothing, admits only what it would itself write, and costs no more than
 * the bytes that came.
 */

import { expect } from 'chai';
import type { Result } from '../../../shared/result.js';
import { handshakeProtocol } from '../../../shared/wire/handshakeMessages.js';
import { BLOCK_BYTES_CEILING, peerProtocol } from '../../../shared/wire/peerMessages.js';
import { trackerProtocol } from '../../../shared/wire/trackerMessages.js';
import { bytesMadeBy, meterOfSuite, sizeOf } from '../../support/cost.js';
import { msgpackMutants, type Mutant } from '../../support/msgpackMutants.js';
import { bytesOf, readWireVectors } from '../../support/wireVectors.js';

interface AnyProtocol {
  readonly name: string;
  encode(message: { readonly type: string }): Uint8Array;
  decode(type: number, payload: Uint8Array): Result<{ readonly type: string }, string>;
}

const PROTOCOLS = [
  handshakeProtocol,
  peerProtocol(BLOCK_BYTES_CEILING),
  trackerProtocol,
] as readonly unknown[] as readonly AnyProtocol[];

interface Vector {
  readonly protocol: string;
  readonly frame: string;
}

/** A mutant of a golden message, and who has to decode it. */
interface Trial extends Mutant {
  readonly codec: AnyProtocol;
  readonly type: number;
}

/** By what was done to them. */
const TRIALS = new Map<string, Trial[]>();
for (const { protocol, frame } of readWireVectors('wire.json') as readonly Vector[]) {
  const codec = PROTOCOLS.find(({ name }) => name === protocol) ?? expect.fail(protocol);
  const bytes = bytesOf(frame);
  for (const mutant of msgpackMutants(bytes.slice(5))) {
    const trials = TRIALS.get(mutant.what) ?? [];
    trials.push({ ...mutant, codec, type: bytes[4] ?? 0 });
    TRIALS.set(mutant.what, trials);
  }
}

/** What decoding may take: so much for a message at all, and so much for each of its bytes. */
const STEPS = { aMessage: 100, aByte: 4 };
const SIZE = { aMessage: 200, aByte: 3 };

describe('wire: mutants of every message', () => {
  const meter = meterOfSuite();

  for (const [what, trials] of TRIALS) {
    it(`${what}: ${String(trials.length)} trials`, () => {
      for (const trial of trials) expectDeclared(trial);
      let bytes = 0;
      for (const trial of trials) bytes += trial.bytes.length;
      const steps = meter().stepsOf(() => {
        for (const trial of trials) decode(trial);
      });
      expect(steps).to.be.greaterThan(trials.length);
      expect(steps).to.be.at.most(STEPS.aMessage * trials.length + STEPS.aByte * bytes);
    });
  }

  it('are refused, but for those that another writer could have meant', () => {
    const all = [...TRIALS.values()].flat();
    const admitted = all.filter((trial) => decode(trial).ok);
    expect(all.length).to.be.greaterThan(5_000);
    expect(admitted.length).to.be.within(50, all.length / 20);
  });
});

const decode = ({ codec, type, bytes }: Trial): ReturnType<AnyProtocol['decode']> =>
  codec.decode(type, bytes.slice());

function expectDeclared(trial: Trial): void {
  let result: ReturnType<AnyProtocol['decode']> | undefined;
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
