import { expect } from 'chai';

import { lwma60, ourRules } from '../../../bench/difficulty/rules.js';
import { simulatedParams, standardDeviation } from '../../../bench/difficulty/scenarios.js';
import { chainUp, MiningWorld, type SimMiner } from '../../../bench/difficulty/world.js';

const SPEED = 10_000_000;
const params = simulatedParams(SPEED);
const rules = ourRules(params);
const alone = (seed: number): MiningWorld =>
  new MiningWorld({ rules, miners: [{ hashesPerSecond: SPEED }], seed });
const two = (other: Partial<SimMiner>): MiningWorld => {
  const half = { hashesPerSecond: SPEED / 2 };
  const miners = [half, { ...half, ...other }];
  return new MiningWorld({ rules, miners, seed: 3, relaySeconds: [0.02, 0.5] });
};

describe('bench/difficulty/world', () => {
  it('gives the same chain for the same seed, and another for another', () => {
    const [one, same, other] = [alone(1), alone(1), alone(2)];
    for (const world of [one, same, other]) world.runToHeight(50);
    expect(same.tip.foundAt).to.equal(one.tip.foundAt);
    expect(other.tip.foundAt).not.to.equal(one.tip.foundAt);
  });

  it('makes a block in ten seconds in the mean, and wastes none where nobody else mines', () => {
    const world = alone(1);
    world.runToHeight(2_000);
    expect(world.now / 2_000).to.be.within(9.8, 10.2);
    expect(world.foundCount).to.equal(2_000);
  });

  it('has stale blocks where blocks need time to arrive', () => {
    const world = two({});
    world.runToHeight(1_000);
    expect(world.foundCount).to.be.within(1_002, 1_040);
  });

  it('dates as the miner says, and never before the parent', () => {
    const world = two({ aheadSeconds: Number.NEGATIVE_INFINITY });
    world.runToHeight(200);
    const blocks = chainUp(world.tip, 0);
    const late = blocks.filter(({ miner, time, parentTime }) => miner === 1 && time !== parentTime);
    expect(late).to.deep.equal([]);
    expect(blocks.some(({ miner }) => miner === 1)).to.equal(true);
  });

  it('keeps a header from the future until the clock lets it in', () => {
    const world = two({ aheadSeconds: params.futureLimit + 30 });
    world.setHashRate(0, 0);
    world.runToHeight(1);
    expect(world.tip.miner).to.equal(1);
    expect(world.now - world.tip.foundAt).to.be.within(29, 32);
    expect(world.tip.time - params.time - world.now).to.be.within(119, 121);
  });

  it('makes nothing while all are off, and one eased block after it', () => {
    const world = alone(1);
    world.runToHeight(20);
    world.rest(43_200);
    expect(world.tip.height).to.equal(20);
    world.runToHeight(21);
    expect(world.tip.time - (world.tip.parentTime ?? 0)).to.be.at.least(43_199);
    expect(world.now - world.tip.foundAt).to.be.below(1);
    const from = world.now;
    world.runToHeight(26);
    expect(world.now - from).to.be.above(0.5);
  });

  it('finds a late block as fast as the eased target lets it', () => {
    const world = alone(1);
    world.runToHeight(20);
    world.setHashRate(0, SPEED / 100_000);
    const from = world.now;
    world.runToHeight(21);
    expect((world.now - from) / 10).to.be.within(150, 450);
  });
});

describe('bench/difficulty/rules', () => {
  it('lets LWMA settle a hundredfold jump within 200 blocks', () => {
    const options = { rules: lwma60(params), miners: [{ hashesPerSecond: SPEED }], seed: 1 };
    const world = new MiningWorld(options);
    world.runToHeight(70);
    world.setHashRate(0, SPEED * 100);
    world.runToHeight(270);
    const from = world.now;
    world.runToHeight(470);
    expect((world.now - from) / 200).to.be.within(8, 12);
  });
});

describe('bench/difficulty/scenarios', () => {
  it('measures how far values lie from their mean', () => {
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).to.equal(2);
  });
});
