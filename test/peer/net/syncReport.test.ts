import { expect } from 'chai';
import { Outbox } from '../../../peer/net/outbox.js';
import { SyncReport } from '../../../peer/net/syncReport.js';
import type { NodeEvent } from '../../../peer/types.js';
import type { MonoMs } from '../../../shared/units.js';

interface Step {
  readonly at: number;
  readonly height: number;
  readonly of?: number;
  readonly isSynced?: boolean;
}

/** What is told, by the number of the step. */
function toldIn(steps: readonly Step[]): NodeEvent[][] {
  const outbox = new Outbox();
  const report = new SyncReport(outbox);
  return steps.map(({ at, height, of: headerHeight = height, isSynced = false }) => {
    report.settle({ isSynced, height, headerHeight }, at as MonoMs);
    return outbox.take().flatMap((effect) => (effect.type === 'event' ? [effect.event] : []));
  });
}

describe('net/syncReport', () => {
  it('tells how far a long sync is at once, then once a second, and when it is over', () => {
    const told = toldIn([
      { at: 5, height: 0, of: 100 },
      { at: 900, height: 20, of: 100 },
      { at: 1_100, height: 40, of: 100 },
      { at: 1_200, height: 99, of: 100, isSynced: true },
      { at: 1_300, height: 100, isSynced: true },
    ]);
    expect(told).to.deep.equal([
      [{ type: 'syncing', height: 0, headerHeight: 100 }],
      [],
      [{ type: 'syncing', height: 40, headerHeight: 100 }],
      [{ type: 'synced', height: 99 }],
      [],
    ]);
  });

  it('says nothing of a few blocks that are on their way', () => {
    expect(
      toldIn([
        { at: 0, height: 7, isSynced: true },
        { at: 10, height: 7, of: 10 },
        { at: 20, height: 10, isSynced: true },
      ]),
    ).to.deep.equal([[{ type: 'synced', height: 7 }], [], []]);
  });

  it('tells of a second long sync', () => {
    const told = toldIn([
      { at: 0, height: 7, isSynced: true },
      { at: 5_000, height: 7, of: 90 },
      { at: 6_000, height: 90, isSynced: true },
    ]);
    expect(told.flat().map(({ type }) => type)).to.deep.equal(['synced', 'syncing', 'synced']);
  });
});
