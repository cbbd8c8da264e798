import { expect } from 'chai';
import { Broken } from '../../../lab/sim/broken.js';
import { Participant } from '../../../lab/sim/participant.js';
import { World } from '../../../lab/sim/world.js';
import { seededRng } from '../../../shared/rng.js';
import { makeNetwork } from '../../support/blocks.js';
import { spoil } from './spoil.js';

const network = makeNetwork();

/** One who mines for some time. */
function scene(): { world: World; participant: Participant } {
  const world = new World({ startUnix: network.params.time + 60 });
  const participant = new Participant(world, {
    network,
    trackers: [],
    hashesPerSecond: 2,
    outboundWanted: 1,
    onEvent: () => undefined,
  });
  participant.start();
  world.run(40_000);
  return { world, participant };
}

/** The same, whose program was killed. */
function killed(): Participant {
  const { participant } = scene();
  participant.kill();
  return participant;
}

describe('sim/participant', () => {
  it('works by its own clock, wrong or not', () => {
    const { world, participant } = scene();
    /** How far the latest block is ahead of true time. */
    const aheadSeconds = (): number => {
      const height = participant.node?.height ?? 0;
      world.until(() => (participant.node?.height ?? 0) > height + 1);
      return (participant.node?.node.queries.tip.time ?? 0) - world.now.unix;
    };
    expect(aheadSeconds()).to.be.within(-60, 0);
    participant.skewSeconds = 100;
    expect(aheadSeconds()).to.be.within(40, 100);
  });

  it('begins anew where the simulator did damage to its disk', () => {
    const participant = killed();
    participant.disk.tear(seededRng(1));
    participant.start();
    expect(participant.troubles).to.deep.equal(['chain-damaged']);
    expect([participant.node?.height, participant.generation]).to.deep.equal([0, 1]);
  });

  it('breaks the run where its program finds damage that nobody did', () => {
    const participant = killed();
    spoil(participant, 'DROP TABLE coins');
    expect(() => {
      participant.start();
    }).to.throw(Broken, 'node 1 takes a whole disk for damaged');
  });
});
