import { expect } from 'chai';
import { Broken } from '../../../lab/sim/broken.js';
import { Checker, checkQueues, QUEUES_MAX, supplyMax } from '../../../lab/sim/checker.js';
import { Participant } from '../../../lab/sim/participant.js';
import { Sometimes } from '../../../lab/sim/sometimes.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import type { NodeEvent } from '../../../peer/types.js';
import { subsidyAt } from '../../../shared/consensus/subsidy.js';
import type { Amount } from '../../../shared/units.js';
import { makeNetwork } from '../../support/blocks.js';
import { LOST_COIN, spoil } from './spoil.js';

const network = makeNetwork();

/** One who mines a block in seconds, under the eyes of a checker, for some time. */
function scene(
  of = network,
  limits?: ConstructorParameters<typeof Checker>[2],
): { world: World; participant: Participant; checker: Checker } {
  const world = new World({ startUnix: of.params.time + 60 });
  const participants: Participant[] = [];
  const checker = new Checker(participants, new Sometimes(), limits);
  const participant = new Participant(world, {
    network: of,
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
    ['a coin that is gone', LOST_COIN],
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

  it('finds more coins than the schedule makes, where all are those of the blocks', () => {
    // A genesis block that pays out what its parameters do not promise.
    const { params } = network;
    const allocations = params.allocations.slice(1);
    const { participant, checker } = scene({ ...network, params: { ...params, allocations } });
    expect(() => {
      checker.checkDisk(participant);
    }).to.throw(Broken, 'more coins than the schedule makes');
  });

  it('counts the coins anew at every sixth reorganisation', () => {
    const { participant, checker } = scene();
    participant.kill();
    spoil(participant, LOST_COIN);
    const hash = participant.disk.look().network.id;
    const [from, to, fork] = [hash, hash, hash];
    const reorganise = (): void => {
      checker.onEvent(participant, { type: 'reorganised', from, to, fork, depth: 1 });
    };
    for (let i = 0; i < 5; i++) reorganise();
    expect(reorganise).to.throw(Broken, 'coins are stored');
  });

  it('finds a notice of what never happens here, and takes others', () => {
    const { participant, checker } = scene();
    const tell = (code: string): void => {
      checker.onEvent(participant, { type: 'notice', code, sentence: 'Something is so.' });
    };
    tell('clock-differs');
    expect(() => {
      tell('copied-data-directory');
    }).to.throw(Broken, 'told what is not so: Something is so.');
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
    const { templates = 0 } = participant.node?.node.queries.queues() ?? {};
    checkQueues(participant, { ...QUEUES_MAX, templates });
    const [there, limit] = [String(templates), String(templates - 1)];
    expect(() => {
      checkQueues(participant, { ...QUEUES_MAX, templates: templates - 1 });
    }).to.throw(Broken, `templates: ${there} of at most ${limit}`);
  });

  it('looks at the queues while nodes run', () => {
    const sentBytes = Number.POSITIVE_INFINITY;
    expect(() => scene(network, { queues: { ...QUEUES_MAX, templates: 0 }, sentBytes })).to.throw(
      ...([Broken, 'templates: 1 of at most 0'] as const),
    );
    scene(network, { queues: { ...QUEUES_MAX, templates: 1 }, sentBytes });
  });

  it('finds a node that sends too much in one step', () => {
    const { world, participant } = scene(network, { queues: QUEUES_MAX, sentBytes: 100 });
    const newcomer = addNode(world, network);
    expect(() => {
      newcomer.connectTo(participant);
      world.run(10_000);
    }).to.throw(Broken, /^node 1 sent \d{3,} bytes in a step$/u);
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
