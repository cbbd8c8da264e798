import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';

import type { MineJob } from '../../../peer/types.js';
import { runHashLoop } from '../../../peer/workers/hashLoop.js';
import { seededRng } from '../../../shared/rng.js';
import { JobSlot } from '../../../peer/workers/jobSlot.js';
import type { Kernel } from '../../../peer/workers/kernel/kernel.js';

const JOB: MineJob = {
  id: 1,
  header: new Uint8Array(80),
  target: 0n,
  threads: 1,
  cpuPercent: 100,
};

/** Ends a loop, which by itself never ends while it has work. */
class Stop extends Error {}

const NOTHING = { onFound: () => undefined, onExhausted: () => undefined };

/** Runs the loop of `thread` on `job` until `search` throws a `Stop`; returns its slot. */
function run(job: MineJob, thread: number, search: (slot: JobSlot) => Kernel['search']): JobSlot {
  const slot = new JobSlot();
  slot.write(job);
  const kernel: Kernel = { name: 'node', search: search(slot) };
  const loop = () => {
    runHashLoop({ slot, thread, kernel, ...NOTHING });
  };
  expect(loop).to.throw(Stop);
  return slot;
}

describe('workers/hashLoop', () => {
  for (const thread of [0, 1, 2]) {
    it(`hashes the share of thread ${thread} of 3 without a gap`, () => {
      const begin = Math.floor((2 ** 32 * thread) / 3);
      let next = begin;
      run({ ...JOB, threads: 3 }, thread, () => (_header, _target, first, count) => {
        expect(first).to.equal(next);
        next = first + count;
        if (next > begin + 1_000_000) throw new Stop();
        return -1;
      });
    });
  }

  it('ends without work of its own, though the jobs of others wake it', async () => {
    const slot = new JobSlot();
    slot.write(JOB);
    const wakesHundredTimes = `
      const words = new Int32Array(require('node:worker_threads').workerData);
      let left = 100;
      const timer = setInterval(() => {
        Atomics.add(words, 0, 2);
        Atomics.notify(words, 0);
        if (--left === 0) clearInterval(timer);
      }, 20);`;
    const waker = new Worker(wakesHundredTimes, { eval: true, workerData: slot.shared });
    await once(waker, 'online');
    const begin = performance.now();
    const kernel: Kernel = { name: 'node', search: () => -1 };
    runHashLoop({ slot, thread: 1, kernel, ...NOTHING, idleMs: 300 });
    expect(performance.now() - begin).to.be.within(290, 1_500);
    await waker.terminate();
  });

  it('asks once for another job when its share is used up, and begins with it', () => {
    const threads = 200;
    const [begin, end] = [1, 2].map((i) => Math.floor((2 ** 32 * i) / threads)) as [number, number];
    const slot = new JobSlot();
    slot.write({ ...JOB, threads });
    const exhausted: number[] = [];
    const hashed: number[] = [];
    const onExhausted = (job: number): void => {
      exhausted.push(job);
      if (exhausted.length === 2) throw new Stop();
      slot.write({ ...JOB, threads, id: 2 });
    };
    const search: Kernel['search'] = (_header, _target, first, count) => {
      if (first === begin) hashed.push(0);
      hashed.push((hashed.pop() ?? 0) + count);
      return -1;
    };
    expect(() => {
      const kernel: Kernel = { name: 'node', search };
      runHashLoop({ slot, thread: 1, kernel, onFound: () => undefined, onExhausted });
    }).to.throw(Stop);
    expect(exhausted).to.deep.equal([1, 2]);
    expect(hashed).to.deep.equal([end - begin, end - begin]);
  });

  it('waits for the next job awake for a moment after a find', () => {
    const slot = new JobSlot();
    slot.write(JOB);
    let looks = 0;
    const generation = slot.generation.bind(slot);
    slot.generation = () => {
      if (++looks === 1_000) slot.write({ ...JOB, id: 2 });
      return generation();
    };
    slot.waitForChange = (seen) => {
      if (seen === generation()) throw new Error('it slept');
      return true;
    };
    const found: number[] = [];
    const onFound = (job: number): void => {
      found.push(job);
      if (found.length === 2) throw new Stop();
    };
    expect(() => {
      const kernel: Kernel = { name: 'node', search: (_header, _target, first) => first };
      runHashLoop({ slot, thread: 0, kernel, ...NOTHING, onFound });
    }).to.throw(Stop);
    expect(found).to.deep.equal([1, 2]);
    expect(looks).to.be.at.least(1_000);
  });

  it('begins with the new job after the slice in which it came', () => {
    const seen: number[] = [];
    run(JOB, 0, (slot) => (header) => {
      seen.push(header[0] as number);
      if (seen.length === 4) throw new Stop();
      if (seen.length === 2) slot.write({ ...JOB, header: new Uint8Array(80).fill(7) });
      return -1;
    });
    expect(seen).to.deep.equal([0, 0, 7, 7]);
  });

  it('hashes nothing on an old job once it saw the new one, whenever that came', () => {
    const random = seededRng(5);
    let newest = 0;
    let slices = 0;
    let hashedSince = 0;
    const slot = run(JOB, 0, (shared) => (header, _target, _first, count) => {
      expect([header[0], shared.isUpToDate(0)]).to.deep.equal([newest, true]);
      hashedSince += count;
      if (++slices === 500) throw new Stop();
      if (random.below(3) > 0) return -1;
      newest = (newest + 1) % 256;
      shared.write({ ...JOB, header: new Uint8Array(80).fill(newest) });
      expect(shared.isUpToDate(0)).to.equal(false);
      return -1;
    });
    expect(slot.takeHashes(0)).to.be.within(1, hashedSince);
  });

  it('rests when its share is used up, and hashes on from its begin with the next job', () => {
    const job = { ...JOB, threads: 256 };
    const share = 2 ** 32 / 256;
    let hashed = 0;
    let begin = process.cpuUsage();
    let restCpuMs = 0;
    let second: [number | undefined, number] | undefined;
    const slot = run(job, 255, (shared) => (header, _target, first, count) => {
      if (hashed === share) {
        restCpuMs = process.cpuUsage(begin).user / 1_000;
        second = [header[0], first];
        throw new Stop();
      }
      hashed += count;
      expect(first + count).to.be.most(2 ** 32);
      if (hashed === share) {
        begin = process.cpuUsage();
        writeLater(shared, 7);
      }
      return -1;
    });
    expect(second).to.deep.equal([7, 2 ** 32 - share]);
    expect(restCpuMs).to.be.lessThan(WRITE_AFTER_MS / 2);
    expect([slot.takeHashes(255), slot.takeStaleHashes(255)]).to.deep.equal([share, 0]);
  });

  it('counts as stale the slice in which a job on another block came, and no other one', () => {
    const counts: number[] = [];
    const onAnother = new Uint8Array(80).fill(7, 4, 36);
    const slot = run(JOB, 0, (shared) => (_header, _target, _first, count) => {
      counts.push(count);
      if (counts.length === 7) throw new Stop();
      if (counts.length === 2) shared.write({ ...JOB, header: onAnother });
      // Renewed: a find on the old one would still count.
      if (counts.length === 4) shared.write({ ...JOB, header: onAnother.with(68, 9) });
      return -1;
    });
    expect(slot.takeStaleHashes(0)).to.equal(counts[1]);
    expect(slot.takeHashes(0)).to.equal(counts.slice(0, 6).reduce((sum, count) => sum + count));
  });

  it('counts what it hashed, and of a slice with a find what came before it', () => {
    let slices = 0;
    let hashed = 0;
    const slot = run(JOB, 0, (shared) => (_header, _target, first, count) => {
      slices += 1;
      if (slices === 4) throw new Stop();
      if (slices < 3) {
        hashed += count;
        return -1;
      }
      hashed += 6;
      shared.write(JOB);
      return first + 5;
    });
    expect(slot.takeHashes(0)).to.equal(hashed);
  });

  it('fits its slices to the speed of the kernel', () => {
    const counts: number[] = [];
    run(JOB, 0, () => (_header, _target, _first, count) => {
      counts.push(count);
      if (counts.length === 9) throw new Stop();
      spin(counts.length < 5 ? 0 : 1);
      return -1;
    });
    expect(counts.at(4)).to.be.greaterThan(counts.at(0) as number);
    expect(counts.at(8)).to.be.lessThan(counts.at(5) as number);
  });

  it('hashes for the share of the time that the CPU limit leaves', () => {
    const begin = performance.now();
    let busyMs = 0;
    run({ ...JOB, cpuPercent: 50 }, 0, () => () => {
      if (performance.now() - begin > 600) throw new Stop();
      busyMs += spin(0.2);
      return -1;
    });
    expect(busyMs / (performance.now() - begin)).to.be.within(0.35, 0.65);
  });
});

/** Keeps the thread busy for `ms` or a little more; how long it was. */
function spin(ms: number): number {
  const begin = performance.now();
  while (performance.now() - begin < ms);
  return performance.now() - begin;
}

/** Long beside the start of a thread. */
const WRITE_AFTER_MS = 400;

/** Another thread writes a job whose header is full of `byte`, when this one sleeps. */
function writeLater(slot: JobSlot, byte: number): void {
  const code = `
    const { workerData: { shared, words } } = require('node:worker_threads');
    const all = new Int32Array(shared);
    setTimeout(() => {
      words.forEach((word, i) => Atomics.store(all, i + 1, word));
      Atomics.add(all, 0, 2);
      Atomics.notify(all, 0);
    }, ${String(WRITE_AFTER_MS)});
  `;
  const next = new JobSlot();
  next.write({ ...JOB, threads: 256, header: new Uint8Array(80).fill(byte) });
  const words = [...new Int32Array(next.shared, 4, 32)];
  new Worker(code, { eval: true, workerData: { shared: slot.shared, words } }).unref();
}
