import { expect } from 'chai';

import { sign } from '#crypto';
import type { SignatureBatch, VerifyResult } from '../../../peer/types.js';
import { SignaturePool } from '../../../peer/workers/signaturePool.js';
import { concatBytes, hashBytes } from '../../../shared/bytes.js';
import { signingMessage } from '../../../shared/consensus/transaction.js';
import type { Txid, Wtxid } from '../../../shared/units.js';
import { makeNetwork, owner } from '../../support/blocks.js';
import { threadCount } from '../../support/threads.js';

const networkId = makeNetwork().idBytes;
const hash = (i: number): string => i.toString(16).padStart(64, '0');

/**
 * One transaction for each of `counts`, with that many signatures; `broken`: indexes of bad checks.
 */
function batchOf(counts: readonly number[], broken: readonly number[] = []): SignatureBatch {
  const owners = counts.flatMap((count, i) => Array<number>(count).fill(i));
  const checks = owners.map((i, check) => {
    const txid = hash(i) as Txid;
    const { seed, key } = owner(i % 7);
    const signature = sign(seed, signingMessage(networkId, txid)).slice();
    if (broken.includes(check)) signature[40] = (signature[40] as number) ^ 1;
    return concatBytes(key, signature, hashBytes(txid));
  });
  return {
    wtxids: counts.map((_, i) => hash(i) as Wtxid),
    owners: Uint32Array.from(owners),
    checks: concatBytes(...checks),
  };
}

const outcomes = (results: readonly VerifyResult[]): string[] =>
  results.map(({ outcome }) => outcome);

describe('workers/signaturePool', () => {
  let pool: SignaturePool;
  const troubles: string[] = [];
  let onVerified: (results: readonly VerifyResult[]) => void = () => undefined;

  const makePool = (id: Uint8Array): SignaturePool =>
    new SignaturePool({
      networkId: id,
      onVerified: (results) => onVerified(results),
      onTrouble: (sentence) => troubles.push(sentence),
    });

  beforeEach(() => {
    troubles.length = 0;
    pool = makePool(networkId);
  });

  afterEach(() => pool.close());

  const verified = (batch: SignatureBatch): Promise<readonly VerifyResult[]> =>
    new Promise((resolve) => {
      onVerified = resolve;
      pool.verify(batch);
    });

  it('finds right signatures valid, and names each transaction', async () => {
    const results = await verified(batchOf([1, 2, 1]));
    expect(outcomes(results)).to.deep.equal(['valid', 'valid', 'valid']);
    expect(results.map(({ wtxid }) => wtxid)).to.deep.equal([hash(0), hash(1), hash(2)]);
  });

  it('checks one signature without a thread, later', async () => {
    const before = threadCount();
    for (const [broken, outcome] of [
      [[], 'valid'],
      [[0], 'invalid'],
    ] as const) {
      let isDone = false;
      const results = verified(batchOf([1], broken)).then((answer) => {
        isDone = true;
        return answer;
      });
      expect(isDone).to.equal(false);
      expect(outcomes(await results)).to.deep.equal([outcome]);
    }
    expect(threadCount()).to.equal(before);
  });

  it('finds the transactions of broken signatures invalid, and no others', async () => {
    const results = await verified(batchOf([1, 2, 3, 1], [0, 4]));
    expect(outcomes(results)).to.deep.equal(['invalid', 'valid', 'invalid', 'valid']);
  });

  it('finds signatures of another network invalid', async () => {
    const batch = batchOf([1]);
    pool = makePool(new Uint8Array(32));
    expect(outcomes(await verified(batch))).to.deep.equal(['invalid']);
  });

  it('checks a batch that is cut over all threads', async () => {
    const counts = Array.from({ length: 300 }, (_, i) => 1 + (i % 3));
    const results = await verified(batchOf(counts, [0, 311, 598]));
    const invalid = results.flatMap(({ outcome }, i) => (outcome === 'invalid' ? [i] : []));
    expect(invalid).to.deep.equal([0, 155, 299]);
  });

  it('answers many batches that come at once', async () => {
    const answers: string[][] = [];
    await new Promise<void>((resolve) => {
      onVerified = (results) => {
        answers.push(outcomes(results));
        if (answers.length === 20) resolve();
      };
      for (let i = 0; i < 20; i++) pool.verify(batchOf([1, 1], i % 2 === 0 ? [1] : []));
    });
    expect(answers.filter(([, second]) => second === 'invalid')).to.have.lengthOf(10);
  });

  it('answers a batch without signatures, but not before `verify` returns', async () => {
    let isReturned = false;
    const answer = await new Promise<readonly VerifyResult[]>((resolve) => {
      onVerified = (results) => {
        expect(isReturned).to.equal(true);
        resolve(results);
      };
      pool.verify(batchOf([0, 0]));
      isReturned = true;
    });
    expect(outcomes(answer)).to.deep.equal(['valid', 'valid']);
  });

  it('gives no verdict when a thread dies, says so and goes on with the next one', async () => {
    pool = makePool(new Uint8Array(100));
    expect(outcomes(await verified(batchOf([1, 2])))).to.deep.equal(['not-run', 'not-run']);
    expect(outcomes(await verified(batchOf([2])))).to.deep.equal(['not-run']);
    expect(troubles[0]).to.match(/^One of the threads that check signatures died/);
    expect(troubles).to.have.lengthOf(2);
  });

  it('leaves no thread behind when it closes', async () => {
    const before = threadCount();
    await verified(batchOf([64]));
    await pool.close();
    expect(threadCount()).to.equal(before);
  });
});
