/**
 * Wallets of three nodes pay, mine, reorganise and restart at random. A failure names its seed and
 * step: CAIRN_MONEY_SEED and CAIRN_MONEY_STEPS play it again (docs/testing.md).
 */

import { expect } from 'chai';
import { MONEY_PATHS, type MoneyPath } from '../../support/moneyPaths.js';
import { MoneyWorld } from '../../support/moneyWorld.js';

const STEPS = Number(process.env['CAIRN_MONEY_STEPS'] ?? 400);
const SEED = Number(process.env['CAIRN_MONEY_SEED'] ?? 1);
const REST_EVERY = 100;
/** From so many on, a run must have met everything. */
const LONG_STEPS = 2_000;
/** What a short run may miss. */
const RARE: readonly MoneyPath[] = [
  ...(['payment expired', 'payment ousted by a block', 'payment with change that waits'] as const),
  ...(['too little to pay', 'payment sent again', 'power lost', 'killed before sending'] as const),
];

/** Throws what did not hold, with all that is needed to see it again. */
async function play(world: MoneyWorld): Promise<void> {
  try {
    for (let i = 1; i <= STEPS; i++) {
      await world.step();
      if (i % REST_EVERY === 0 || i === STEPS) await world.rest();
    }
  } catch (error) {
    const at = `step ${world.course.length}: ${world.course.slice(-5).join(', ')}`;
    const again = `CAIRN_MONEY_SEED=${SEED} CAIRN_MONEY_STEPS=${STEPS}`;
    throw new Error(`${String(error)} (${at}; again with ${again})`, { cause: error });
  }
}

describe('sim: money', function () {
  this.timeout(STEPS * 1_000);

  it(`is neither made nor lost in ${STEPS} steps from seed ${SEED}`, async () => {
    const world = new MoneyWorld(SEED);
    await play(world);
    const met = MONEY_PATHS.map((path) => [path, world.paths.count(path)] as const);
    if (STEPS >= LONG_STEPS) console.log(met.map((one) => one.join(': ')).join('\n'));
    const missed = met.filter(([, count]) => count === 0).map(([path]) => path);
    const mayMiss = STEPS >= LONG_STEPS ? [] : RARE;
    expect(missed.filter((path) => !mayMiss.includes(path))).to.deep.equal([]);
  });
});
