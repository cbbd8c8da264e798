import Database from 'better-sqlite3';
import { expect } from 'chai';
import { Broken } from '../../../lab/sim/broken.js';
import { Checker, checkQueues, QUEUES_MAX, supplyMax } from '../../../lab/sim/checker.js';
import { Participant } from '../../../lab/sim/participant.js';
import { Sometimes } from '../../../lab/sim/sometimes.js';
import { World } from '../../../lab/sim/world.js';
import type { NodeEvent } from '../../../peer/types.js';
import { subsidyAt } from '../../../shared/consensus/subsidy.js';
import type { Amount } from '../../../shared/units.js';
import { makeNetwork } from '../../support/blocks.js';

const network = makeNetwork();

/** One who mines a block a second, under the eyes of a checker, for ten seconds. */
function scene(): { world: World; participant: Participant; checker: Checker } {
  const world = new World({ startUnix: network.params.time + 60 });
  const participants: Participant[] = [];
  const checker = new Checker(participants, new Sometimes());
  const participant = new Participant(world, {
    network,
    trackers: [],
    hashesPerSecond: 2,
    outboundWanted: 1,
    onEvent: (from, event) => {
      checker.onEvent(from, event);
    },
  });
  participants.push(participant);
  world.watch(checker);
  participant.start();
  world.run(40_000);
  expect(participant.node?.height).to.be.above(5);
  return { world, participant, checker };
}

/** Does to the disk of `participant` what no disk should. */
function spoil(participant: Participant, sql: string): void {
  const database = new Database(participant.disk.bytes());
  database.exec(sql);
  participant.disk.replace(database.serialize());
  database.close();
}

describe('sim/checker', () => {
  it('finds nothing wrong with what is right', () => {
    const { participant, checker } = scene();
    checker.checkDisk(participant);
  });

  it('wants no chain on a disk that was begun anew and not started yet', () => {
    const { participant, checker } = scene();
    participant.beginAnew();
    checker.checkDisk(participant);
    checker.checkCoins(participant);
    participant.start();
    checker.checkDisk(participant);
  });

  for (const [what, sql] of [
    ['a coin that is gone', 'DELETE FROM coins WHERE outpoint = (SELECT max(outpoint) FROM coins)'],
    ['a block that is another', 'UPDATE bodies SET bytes = zeroblob(length(bytes)) WHERE id = 3'],
    ['undo data that are gone', 'DELETE FROM undo WHERE id = 3'],
  ] as const) {
    it(`finds ${what}`, () => {
      const { participant, checker } = scene();
      // That it was right once says nothing.
      checker.checkDisk(participant);
      participant.kill();
      spoil(participant, sql);
      expect(() => {
        checker.checkDisk(participant);
      }).to.throw(Broken);
    });
  }

  it('knows how many coins there may be at each height', () => {
    const { params } = makeNetwork({ subsidy: 1_001 as Amount, halvingInterval: 4 });
    let sum = params.allocations.reduce((total, { amount }) => total + amount, 0);
    for (let height = 0; height < 60; height++) {
      sum += subsidyAt(params, height);
      expect(supplyMax(params, height)).to.equal(BigInt(sum));
    }
  });

  it('finds a tip that loses work', () => {
    const { world, participant } = scene();
    participant.kill();
    // As after a loss of power, of which nobody told the checker.
    participant.disk.losePower();
    participant.isMining = false;
    expect(() => {
      participant.start();
      world.run(1_000);
    }).to.throw(Broken, 'less work');
  });

  it('finds a queue above its limit', () => {
    const { participant } = scene();
    expect(participant.node?.node.queries.queues().templates).to.equal(1);
    checkQueues(participant);
    expect(() => {
      checkQueues(participant, { ...QUEUES_MAX, templates: 0 });
    }).to.throw(Broken, 'templates: 1 of at most 0');
  });

  it('finds an honest node that is banned, and no other', () => {
    const { participant, checker } = scene();
    const gone = (host: string): NodeEvent => ({
      type: 'peer-gone',
      peer: { address: { host, port: 6_000 }, direction: 'outbound', agent: '' },
      reason: 'invalid-block',
      sentence: 'It sent a bad block.',
    });
    checker.onEvent(participant, gone('10.9.9.9'));
    expect(() => {
      checker.onEvent(participant, gone(participant.address.host));
    }).to.throw(Broken, 'honest');
  });
});
