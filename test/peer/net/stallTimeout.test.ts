import { expect } from 'chai';
import { StallTimeout } from '../../../peer/net/stallTimeout.js';

describe('net/stallTimeout', () => {
  it('doubles from 2 s to 64 s, and falls back with the blocks that come', () => {
    const timeout = new StallTimeout();
    const course = [timeout.ms];
    for (let i = 0; i < 6; i++) {
      timeout.onStall();
      course.push(timeout.ms);
    }
    expect(course).to.deep.equal([2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 64_000]);
    for (let i = 0; i < 4; i++) timeout.onBlock();
    expect(timeout.ms).to.be.within(33_000, 34_000);
    for (let i = 0; i < 40; i++) timeout.onBlock();
    expect(timeout.ms).to.equal(2_000);
  });
});
