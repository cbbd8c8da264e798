/** Each golden message, changed in each way that `msgpackMutants` knows, and who decodes it. */

import type { Result } from '../../../shared/result.js';
import { handshakeProtocol } from '../../../shared/wire/handshakeMessages.js';
import { BLOCK_BYTES_CEILING, peerProtocol } from '../../../shared/wire/peerMessages.js';
import { trackerProtocol } from '../../../shared/wire/trackerMessages.js';
import type { Job } from '../../support/jobs.js';
import { msgpackMutants } from '../../support/msgpackMutants.js';
import { byKind, type Mutant } from '../../support/mutants.js';
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

export interface Trial extends Mutant {
  readonly codec: AnyProtocol;
  readonly type: number;
}

/** The mutant is left as it is: a decoder may keep views of what it is given. */
export const decode = ({ codec, type, bytes }: Trial): ReturnType<AnyProtocol['decode']> =>
  codec.decode(type, bytes.slice());

function* allTrials(): Generator<Trial, void> {
  const vectors = readWireVectors('wire.json') as readonly Record<'protocol' | 'frame', string>[];
  for (const { protocol, frame } of vectors) {
    const codec = PROTOCOLS.find(({ name }) => name === protocol) as AnyProtocol;
    const bytes = bytesOf(frame);
    const type = bytes[4] ?? 0;
    for (const mutant of msgpackMutants(bytes.slice(5))) yield { ...mutant, codec, type };
  }
}

export const TRIALS = byKind(allTrials());

/** One for each trial. */
export const jobs: readonly Job[] = [...TRIALS.values()].flat().map((trial) => ({
  ...{ what: trial.what, count: 1, bytes: trial.bytes.length },
  run: () => void decode(trial),
}));
