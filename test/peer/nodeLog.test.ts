import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import { NodeLog } from '../../peer/nodeLog.js';
import { Logger } from '../../shared/io/logger.js';
import type { BlockHash } from '../../shared/units.js';

const tip = (height: number) =>
  ({ type: 'tip-changed', height, hash: 'ab'.repeat(32) as BlockHash }) as const;

describe('peer/nodeLog', () => {
  it('tells of each tip, but not during a long sync', async () => {
    const stream = new PassThrough();
    const logger = new Logger({ format: 'json', level: 'info', stream, hasColour: false });
    const log = new NodeLog(logger);
    log.onEvent(tip(1));
    log.onEvent({ type: 'syncing', height: 1, headerHeight: 90 });
    log.onEvent(tip(20));
    log.onEvent({ type: 'synced', height: 90 });
    log.onEvent(tip(91));
    await logger.close();
    const lines = String(stream.read()).trim().split('\n');
    const read = lines.map((line) => JSON.parse(line) as { message: string; height: number });
    expect(read.map(({ message, height }) => [message, height])).to.deep.equal([
      ['new tip', 1],
      ['syncing', 1],
      ['synced', 90],
      ['new tip', 91],
    ]);
  });
});
