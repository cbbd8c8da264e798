import { expect } from 'chai';

import type { MineJob } from '../../../peer/types.js';
import { HashPool } from '../../../peer/workers/hashPool.js';
import { headerHash } from '../../../shared/consensus/header.js';
import { hashValue } from '../../../shared/consensus/work.js';
import { threadCount } from '../../support/threads.js';

/** One hash in 4,096 wins. */
const EASY = 1n << 244n;
const NEVER = 0n;
/** Every hash wins. */
const ANY = (1n << 256n) - 1n;

const jobOf = (id: number, target: bigint, threads = 1): MineJob => ({
  ...{ id, target, threads },
  header: new Uint8Array(80).fill(id),
  cpuPercent: 100,
});

interface Found {
  readonly job: number;
  readonly nonce: number;
}

describe('workers/hashPool', () => {
  let pool: HashPool;
  const found: Found[] = [];
  const troubles: string[] = [];
  let onFound: () => void = () => undefined;
  let onHashes: (count: number) => void = () => undefined;

  beforeEach(() => {
    found.length = 0;
    pool = new HashPool('node', {
      onFound: (job, nonce) => {
        found.push({ job, nonce });
        onFound();
      },
      onHashes: (count) => onHashes(count),
      onTrouble: (sentence) => troubles.push(sentence),
    });
  });

  afterEach(async () => {
    await pool.close();
    expect(troubles).to.deep.equal([]);
  });

  const nextFound = (): Promise<void> =>
    new Promise((resolve) => {
      onFound = resolve;
    });

  /** What the pool tells of the first second in which a thread hashed. */
  const hashesOfOneSecond = (): Promise<number> =>
    new Promise((resolve) => {
      onHashes = (count) => {
        if (count > 0) resolve(count);
      };
    });

  /** Resolves when all threads of the present job hash on it. */
  async function upToDate(): Promise<void> {
    while (!pool.isUpToDate) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Long enough for some slices. */
  const slices = (): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, 20);
    });

  for (const threads of [1, 2]) {
    it(`finds a nonce whose header wins, with threads: ${threads}`, async () => {
      const job = jobOf(7, EASY, threads);
      pool.set(job);
      await nextFound();
      const header = job.header.slice();
      new DataView(header.buffer).setUint32(76, found[0]?.nonce ?? 0, true);
      expect(found[0]?.job).to.equal(7);
      expect(hashValue(headerHash(header)) <= EASY).to.equal(true);
    });
  }

  it('leaves a job for the next one in the middle of it', async () => {
    pool.set(jobOf(1, NEVER));
    await upToDate();
    pool.set(jobOf(2, EASY));
    await nextFound();
    expect(found.map(({ job }) => job)).to.deep.equal([2]);
  });

  it('reports one nonce a job, then rests until the next job', async () => {
    pool.set(jobOf(1, ANY));
    expect(await hashesOfOneSecond()).to.equal(1);
    pool.set(jobOf(2, ANY));
    await nextFound();
    expect(found).to.deep.equal([
      { job: 1, nonce: 0 },
      { job: 2, nonce: 0 },
    ]);
  });

  it('hashes with as many threads as the job says', async () => {
    for (const threads of [1, 3, 2]) {
      pool.set(jobOf(threads, NEVER, threads));
      await upToDate();
    }
    expect(pool.takeHashes()).to.be.greaterThan(0);
  });

  it('tells the hashes once a second', async () => {
    pool.set(jobOf(1, NEVER));
    expect(await hashesOfOneSecond()).to.be.greaterThan(1);
  });

  it('hashes nothing on an old job once all threads saw the new one', async () => {
    pool.set(jobOf(1, NEVER, 2));
    await upToDate();
    for (let id = 2; id < 12; id++) {
      pool.set(jobOf(id, NEVER, 2));
      await upToDate();
      await slices();
      const { hashes, staleHashes } = pool.figures();
      await slices();
      pool.takeHashes();
      const later = pool.figures();
      expect(later.staleHashes).to.equal(staleHashes);
      expect(later.hashes).to.be.greaterThan(hashes);
    }
  });

  it('counts as stale at most the slices in which a new job came', async () => {
    pool.set(jobOf(1, NEVER));
    await upToDate();
    expect(pool.figures().staleHashes).to.equal(0);
    await slices();
    pool.set(jobOf(2, NEVER));
    await upToDate();
    await slices();
    pool.takeHashes();
    const { hashes, staleHashes } = pool.figures();
    expect(staleHashes).to.be.within(1, 65_536);
    expect(staleHashes).to.be.lessThan(hashes);
  });

  it('measures for each job how long all threads took to hash on it, but not their start', async () => {
    pool.set(jobOf(1, NEVER, 2));
    await upToDate();
    expect(pool.figures().interrupts.count).to.equal(0);
    for (let id = 2; id < 7; id++) {
      pool.set(jobOf(id, NEVER, 2));
      await upToDate();
    }
    pool.set(undefined);
    const { count, sumSeconds } = pool.figures().interrupts;
    expect(count).to.equal(5);
    expect(sumSeconds).to.be.within(0, 5);
  });

  it('leaves no thread behind when it closes', async () => {
    const before = threadCount();
    pool.set(jobOf(1, NEVER, 2));
    await upToDate();
    pool.set(undefined);
    await pool.close();
    expect(threadCount()).to.equal(before);
  });

  it('closes while its threads still start', async () => {
    const before = threadCount();
    pool.set(jobOf(1, NEVER, 2));
    await pool.close();
    expect(threadCount()).to.equal(before);
  });
});
