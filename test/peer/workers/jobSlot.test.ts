import { expect } from 'chai';

import type { MineJob } from '../../../peer/types.js';
import { JobCopy, JobSlot } from '../../../peer/workers/jobSlot.js';

const JOB: MineJob = {
  id: 2 ** 40 + 5,
  header: Uint8Array.from({ length: 80 }, (_, i) => i + 1),
  target: (1n << 248n) + 0x0102n,
  threads: 3,
  cpuPercent: 40,
};

describe('workers/jobSlot', () => {
  it('carries a job to the threads that share its memory', () => {
    const slot = new JobSlot();
    slot.write(JOB);
    const copy = new JobCopy();
    new JobSlot(slot.shared).read(copy);
    expect(copy).to.include({ id: JOB.id, threads: 3, cpuPercent: 40 });
    expect(copy.header).to.deep.equal(JOB.header);
    expect([copy.target[0], copy.target[1], copy.target[30], copy.target[31]]).to.deep.equal([
      ...[2, 1, 0, 1],
    ]);
  });

  it('begins without a job, and has none again after `undefined`', () => {
    const slot = new JobSlot();
    const copy = new JobCopy();
    slot.read(copy);
    expect(copy.threads).to.equal(0);
    slot.write(JOB);
    slot.write(undefined);
    slot.read(copy);
    expect(copy.threads).to.equal(0);
  });

  it('shows each write as a new, even generation', () => {
    const slot = new JobSlot();
    const before = slot.generation();
    slot.write(JOB);
    expect(slot.generation()).to.equal(before + 2);
    expect(slot.read(new JobCopy())).to.equal(before + 2);
    expect(slot.waitForChange(before, 1_000)).to.equal(true);
    expect(slot.waitForChange(before + 2, 1)).to.equal(false);
  });

  it('knows which threads are on the newest job', () => {
    const slot = new JobSlot();
    slot.write(JOB);
    expect(slot.isUpToDate(1)).to.equal(false);
    slot.setSeen(1, slot.generation(), 7n);
    expect([slot.isUpToDate(1), slot.seenAt(1)]).to.deep.equal([true, 7n]);
    slot.write(JOB);
    expect(slot.isUpToDate(1)).to.equal(false);
  });

  it('knows of a thread that begins anew that it was on no job', () => {
    const slot = new JobSlot();
    expect(slot.hasSeenJob(1)).to.equal(false);
    slot.write(JOB);
    slot.setSeen(1, slot.generation(), 7n);
    expect([slot.hasSeenJob(1), slot.hasSeenJob(0)]).to.deep.equal([true, false]);
    slot.forget(1);
    expect([slot.hasSeenJob(1), slot.isUpToDate(1)]).to.deep.equal([false, false]);
  });

  it('counts stale hashes of each thread beside all of its hashes', () => {
    const slot = new JobSlot();
    slot.addHashes(0, 5);
    slot.addStaleHashes(0, 3);
    slot.addStaleHashes(0, 1);
    slot.addStaleHashes(1, 9);
    expect([slot.takeStaleHashes(0), slot.takeStaleHashes(0), slot.takeHashes(0)]).to.deep.equal([
      ...[4, 0, 5],
    ]);
    expect(slot.takeStaleHashes(1)).to.equal(9);
  });

  it('counts the hashes of each thread until they are taken', () => {
    const slot = new JobSlot();
    slot.addHashes(0, 5);
    slot.addHashes(1, 2 ** 31);
    slot.addHashes(1, 7);
    expect([slot.takeHashes(0), slot.takeHashes(1)]).to.deep.equal([5, 2 ** 31 + 7]);
    expect([slot.takeHashes(0), slot.takeHashes(1)]).to.deep.equal([0, 0]);
  });
});
