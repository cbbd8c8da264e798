import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

import type { HashingFigures, MineJob } from '../../../peer/types.js';
import { HashPool, type HashPoolListeners } from '../../../peer/workers/hashPool.js';
import { DEFAULT_KERNEL } from '../../../peer/workers/kernel/kernels.js';
import { headerHash } from '../../../shared/consensus/header.js';
import { hashValue } from '../../../shared/consensus/work.js';
import { collectGarbage } from '../../../shared/io/garbage.js';
import { skip } from '../../support/skip.js';
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

const SILENT: HashPoolListeners = {
  onFound: () => undefined,
  onExhausted: () => undefined,
  onHashes: () => undefined,
  onTrouble: () => undefined,
};

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
      onExhausted: () => undefined,
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
  async function upToDate(one = pool): Promise<void> {
    // A loop without rest would keep the threads, at the lowest priority, from a busy core.
    while (!one.isUpToDate) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Resolves with the figures when a slice more was hashed at least. */
  async function figuresAfterMore(): Promise<HashingFigures> {
    const { hashes } = pool.figures();
    for (;;) {
      const figures = pool.figures();
      if (figures.hashes > hashes) return figures;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

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

  it('tells of the hashes of a block as soon as it is found', async () => {
    pool.set(jobOf(1, ANY));
    await nextFound();
    expect(pool.figures().hashes).to.equal(1);
    expect(pool.figures().hashes).to.equal(1);
    expect(pool.takeHashes()).to.equal(1);
    expect(pool.takeHashes()).to.equal(0);
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
      const { staleHashes } = pool.figures();
      for (let i = 0; i < 10; i++) {
        expect((await figuresAfterMore()).staleHashes).to.equal(staleHashes);
      }
    }
  });

  it('counts as stale at most the slices in which a new job came', async () => {
    pool.set(jobOf(1, NEVER));
    await upToDate();
    expect((await figuresAfterMore()).staleHashes).to.equal(0);
    for (let id = 2; id < 7; id++) {
      pool.set(jobOf(id, NEVER));
      await upToDate();
      await figuresAfterMore();
    }
    const { hashes, staleHashes } = pool.figures();
    expect(staleHashes).to.be.within(1, 5 * 65_536);
    expect(staleHashes).to.be.lessThan(hashes);
  });

  it('measures how long all threads took to be on each job, but not their start', async () => {
    pool.set(jobOf(1, NEVER, 2));
    await upToDate();
    expect(pool.figures().interrupts.count).to.equal(0);
    for (let id = 2; id < 7; id++) {
      pool.set(jobOf(id, NEVER, 2));
      await upToDate();
    }
    pool.set({ ...jobOf(6, NEVER, 2), id: 7 });
    await upToDate();
    pool.set(undefined);
    const { count, sumSeconds } = pool.figures().interrupts;
    expect(count, 'a renewal is no interrupt').to.equal(5);
    expect(sumSeconds).to.be.within(0, 5);
  });

  it('counts a job that another one overtakes, too', async () => {
    pool.set(jobOf(1, NEVER, 2));
    await upToDate();
    for (let id = 2; id < 12; id++) pool.set(jobOf(id, NEVER, 2));
    await upToDate();
    pool.set(undefined);
    expect(pool.figures().interrupts.count).to.equal(10);
  });

  it('leaves no thread behind when it closes', async () => {
    const before = threadCount();
    pool.set(jobOf(1, NEVER, 2));
    await upToDate();
    pool.set(undefined);
    await pool.close();
    expect(threadCount()).to.equal(before);
  });

  it('leaves no thread, handle or memory behind after fifty starts and stops', async function () {
    this.timeout(120_000);
    const startAndStop = async (): Promise<void> => {
      const one = new HashPool(DEFAULT_KERNEL, SILENT);
      one.set(jobOf(1, NEVER));
      await upToDate(one);
      one.set(undefined);
      await one.close();
    };
    for (let i = 0; i < 5; i++) await startAndStop();
    const before = await standing();
    for (let i = 0; i < 50; i++) await startAndStop();
    const after = await standing();
    expect([after.threads, after.handles]).to.deep.equal([before.threads, before.handles]);
    expect(after.heapBytes - before.heapBytes).to.be.lessThan(2_000_000);
    // A thread that is left takes 2 MB or more.
    expect(after.residentBytes - before.residentBytes).to.be.lessThan(64_000_000);
  });

  it('keeps its threads over fifty jobs with rests between them', async function () {
    this.timeout(60_000);
    const before = threadCount();
    for (let id = 1; id <= 50; id++) {
      pool.set(jobOf(id, NEVER, 2));
      await upToDate();
      pool.set(undefined);
    }
    expect(threadCount()).to.equal(before + 2);
  });

  it('hashes at the lowest priority, and leaves that of all other threads', async function () {
    if (process.platform !== 'linux') skip(this, 'only Linux has a priority for each thread');
    const before = nicenesses();
    pool.set(jobOf(1, NEVER, 2));
    await upToDate();
    const after = nicenesses();
    expect(after.get(process.pid)).to.equal(before.get(process.pid));
    const LOWEST = 19;
    const lowest = (all: Map<number, number>) => [...all.values()].filter((n) => n === LOWEST);
    expect(lowest(after)).to.have.length(lowest(before).length + 2);
  });

  it('closes while its threads still start', async () => {
    const before = threadCount();
    pool.set(jobOf(1, NEVER, 2));
    await pool.close();
    expect(threadCount()).to.equal(before);
  });
});

/** What this process holds, after a collection of garbage. */
async function standing() {
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    threads: threadCount(),
    // What is called once, soon, is no handle that stays.
    handles: process
      .getActiveResourcesInfo()
      .filter((name) => name !== 'Immediate')
      .sort()
      .join(),
    heapBytes: heapUsed + external,
    residentBytes: rss,
  };
}

/** Of each thread of this process, by its id. */
function nicenesses(): Map<number, number> {
  const NICENESS = 16;
  const of = (id: string): number => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8').split(') ')[1];
    return Number(stat?.split(' ')[NICENESS]);
  };
  return new Map(readdirSync('/proc/self/task').map((id) => [Number(id), of(id)]));
}
