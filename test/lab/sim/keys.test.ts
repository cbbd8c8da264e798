import { expect } from 'chai';
import { simKey, TRACKER_NUMBER } from '../../../lab/sim/keys.js';

describe('sim/keys', () => {
  it('gives each number a key of its own, also above 255', () => {
    const numbers = [1, 2, 250, 255, 256, 257, 506, 10_000, TRACKER_NUMBER];
    expect(new Set(numbers.map((number) => simKey(number).address)).size).to.equal(numbers.length);
    expect(simKey(256).address).to.equal(simKey(256).address);
  });
});
