import { expect } from 'chai';

import { Miner } from '../../../peer/mining/miner.js';
import type { MineJob, MiningMode } from '../../../peer/types.js';
import { assertDefined } from '../../../shared/assert.js';
import { decodeBlock } from '../../../shared/consensus/block.js';
import { checkHeaderInContext } from '../../../shared/consensus/checkHeader.js';
import { decodeHeader } from '../../../shared/consensus/header.js';
import type { NetworkParams } from '../../../shared/consensus/params.js';
import { seededRng } from '../../../shared/rng.js';
import type { Bits } from '../../../shared/units.js';
import { GENESIS_TIME, owner } from '../../support/blocks.js';
import { at, CONTINUOUS, MiningWorld } from '../../support/miningWorld.js';

const OFF: MiningMode = { type: 'off' };

const headerTimeOf = (job: MineJob): number => decodeHeader(job.header).time - GENESIS_TIME;

describe('mining/miner: continuous', () => {
  it('hashes on the tip at once, with the threads and the limit that it was given', () => {
    const world = new MiningWorld({}, HARD);
    world.settle(at(3));
    expect(world.working()).to.include({ threads: 4, cpuPercent: 50 });
    const header = decodeHeader(world.working().header);
    expect(header.previous).to.equal(world.network.id);
    expect(world.miner.status(at(3)).resting).to.equal(undefined);
  });

  it('takes one thread where more would only find siblings of one block', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    expect(world.working().threads).to.equal(1);
  });

  it('gives a found block out, and hashes on top of it as soon as it is the tip', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    const { hash } = world.mineOne(at(3));
    expect(decodeHeader(world.working().header).previous).to.equal(hash);
    expect(world.effects).to.deep.equal([
      { type: 'event', event: { type: 'block-mined', hash, height: 1 } },
    ]);
    expect(world.miner.status(at(3)).blocksFound).to.equal(1);
  });

  it('finds blocks that pass the rules for headers', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    const found = assertDefined(world.find(world.working(), at(3)), 'a find');
    const block = decodeBlock(found.bytes);
    if (!block.ok) throw new Error('a found block decodes');
    const { header, hash } = block.value;
    const context = { header, hash, parent: world.tip.point, now: at(3).unix };
    expect(checkHeaderInContext(world.network.params, context).ok).to.equal(true);
  });

  it('hashes on a new tip at once and forgets what was found below it', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    const old = world.working();
    world.loseRace(at(3.1));
    expect(decodeHeader(world.working().header).previous).to.equal(world.tip.hash);
    expect(world.find(old, at(3.2))).to.equal(undefined);
    expect(world.miner.status(at(3.2))).to.include({ staleFinds: 1, blocksFound: 0 });
  });

  it('asks to be woken each second, and renews the time of the header then', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    const first = world.working();
    expect(world.miner.nextWake()).to.equal(at(4).mono);
    world.settle(at(3.9));
    expect(world.working()).to.equal(first);
    world.settle(at(4));
    expect(world.working().id).not.to.equal(first.id);
    expect(headerTimeOf(world.working())).to.equal(4);
    expect(world.working().header.slice(36, 68)).to.deep.equal(first.header.slice(36, 68));
  });

  it('gives another header at once to threads that have no nonces left', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    const first = world.working();
    world.miner.onNoncesUsedUp(first.id);
    world.settle(at(3.1));
    const second = world.working();
    expect(second.header.slice(36, 68)).not.to.deep.equal(first.header.slice(36, 68));
    expect(second.header.slice(0, 36)).to.deep.equal(first.header.slice(0, 36));
    // The other threads were asked to leave the first job, and may not have seen it yet.
    world.miner.onNoncesUsedUp(first.id);
    world.settle(at(3.2));
    expect(world.working()).to.equal(second);
  });

  it('takes a nonce for a job that was only renewed since', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    const first = world.working();
    world.settle(at(4));
    const block = assertDefined(world.find(first, at(4)), 'a find that counts');
    expect(block.bytes.slice(0, 76)).to.deep.equal(first.header.slice(0, 76));
  });

  it('takes no nonce for a job that was renewed many times since', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    const first = world.working();
    for (let second = 4; second < 30; second++) world.settle(at(second));
    expect(world.find(first, at(30))).to.equal(undefined);
  });

  it('makes a new coinbase when the time cannot move', () => {
    const world = new MiningWorld();
    world.settle(at(-30));
    const first = world.working();
    world.settle(at(-29));
    expect(headerTimeOf(world.working())).to.equal(0);
    expect(world.working().header.slice(36, 68)).not.to.deep.equal(first.header.slice(36, 68));
  });

  it('never gives two nodes the same work', () => {
    const roots = [1, 2].map((seed) => {
      const { network, tip, mempool } = new MiningWorld();
      const own = { payTo: owner(9).address, tag: new Uint8Array(0), mode: CONTINUOUS };
      const options = { params: network.params, ...own, threads: 1, cpuPercent: 100 };
      const transactions = { mempool, isAtTip: true };
      const miner = new Miner(options, { rng: seededRng(seed), tip, transactions });
      const [effect] = miner.settle(at(3));
      if (effect?.type !== 'mine' || effect.job === undefined) throw new Error('a job');
      return decodeHeader(effect.job.header).merkleRoot;
    });
    expect(roots[0]).not.to.equal(roots[1]);
  });
});

/** 2^48 hashes a block: nothing is found by chance. */
const HARD: Partial<NetworkParams> = { genesisBits: 0x1b00ffff as Bits };

describe('mining/miner: a find on its way', () => {
  it('lets the workers rest until the chain has answered', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    const block = assertDefined(world.find(world.working(), at(3)), 'a find');
    world.miner.onAccepted(block);
    world.settle(at(3));
    expect(world.job).to.equal(undefined);
    expect(world.miner.status(at(3)).resting).to.equal('found');
  });

  it('ignores a second find on the same tip', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    const job = world.working();
    expect(world.find(job, at(3))).not.to.equal(undefined);
    expect(world.find(job, at(3))).to.equal(undefined);
    expect(world.miner.status(at(3)).staleFinds).to.equal(1);
  });

  it('hashes again after five seconds when nothing came of it', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    world.find(world.working(), at(3));
    world.settle(at(3));
    expect(world.miner.nextWake()).to.equal(at(8).mono);
    world.settle(at(8));
    expect(world.find(world.working(), at(8))).not.to.equal(undefined);
  });

  it('says so and rests for a while when the chain refuses it', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    const { hash } = assertDefined(world.find(world.working(), at(3)), 'a find');
    world.miner.onRejected(hash, { code: 'bad-pow' }, at(3));
    world.settle(at(3));
    expect(world.job).to.equal(undefined);
    expect(world.miner.status(at(3))).to.include({ resting: 'rejected', blocksFound: 0 });
    expect(world.effects).to.have.nested.property('[0].event.code', 'mined-block-rejected');
    world.settle(at(8));
    expect(world.job).not.to.equal(undefined);
  });

  it('does not care for a rejected block of somebody else', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    world.find(world.working(), at(3));
    world.miner.onRejected(world.network.id, { code: 'bad-pow' }, at(3));
    world.settle(at(3));
    expect(world.effects).to.deep.equal([]);
  });
});

describe('mining/miner: reasons to rest', () => {
  it('has nothing to do while it is off', () => {
    const world = new MiningWorld({ mode: OFF });
    world.settle(at(3));
    expect(world.jobsSet).to.equal(0);
    expect(world.miner.nextWake()).to.equal(undefined);
    expect(world.miner.status(at(3)).resting).to.equal('off');
  });

  it('stops the workers once, not at each step', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    world.miner.onCommand(1, { ...SET, mode: OFF });
    world.settle(at(3));
    world.settle(at(5));
    expect(world.job).to.equal(undefined);
    expect(world.jobsSet).to.equal(2);
  });

  it('rests while a better chain is fetched', () => {
    const world = new MiningWorld();
    world.settle(at(3));
    world.miner.onSyncing(true);
    world.settle(at(3));
    expect(world.job).to.equal(undefined);
    expect(world.miner.status(at(3)).resting).to.equal('syncing');
    world.miner.onSyncing(false);
    world.settle(at(3));
    expect(world.job).not.to.equal(undefined);
  });

  it('rests while our clock is too far behind the tip, says it once and looks each second', () => {
    const world = new MiningWorld();
    const { futureLimit } = world.network.params;
    world.settle(at(-futureLimit - 2));
    world.settle(at(-futureLimit - 1));
    expect(world.job).to.equal(undefined);
    expect(world.effects).to.have.lengthOf(1);
    expect(world.effects).to.have.nested.property('[0].event.code', 'clock-behind');
    expect(world.miner.nextWake()).to.equal(at(-futureLimit).mono);
    world.settle(at(-futureLimit));
    expect(world.job).not.to.equal(undefined);
  });
});

const SET = { type: 'set-mining', threads: undefined, cpuPercent: undefined } as const;

describe('mining/miner: settings', () => {
  it('changes mode, threads and limit at once, and answers', () => {
    const world = new MiningWorld({}, HARD);
    world.settle(at(3));
    world.miner.onCommand(5, { ...SET, mode: CONTINUOUS, threads: 2, cpuPercent: 10 });
    world.settle(at(3));
    expect(world.working()).to.include({ threads: 2, cpuPercent: 10 });
    expect(world.effects).to.deep.equal([
      { type: 'reply', id: 5, result: { ok: true, value: { type: 'mining', mode: CONTINUOUS } } },
    ]);
  });

  it('keeps threads and limit that a command does not name', () => {
    const world = new MiningWorld({}, HARD);
    world.miner.onCommand(5, { ...SET, mode: CONTINUOUS });
    world.settle(at(3));
    expect(world.working()).to.include({ threads: 4, cpuPercent: 50 });
  });
});

describe('mining/miner: interval', () => {
  const every10: MiningMode = { type: 'interval', seconds: 10 };

  it('mines the first block now and the next one when it is due', () => {
    const world = new MiningWorld({ mode: every10 });
    world.settle(at(3));
    world.mineOne(at(4));
    expect(world.job).to.equal(undefined);
    expect(world.miner.status(at(4)).resting).to.equal('interval');
    expect(world.miner.nextWake()).to.equal(at(14).mono);
    world.settle(at(13.9));
    expect(world.job).to.equal(undefined);
    world.settle(at(14));
    expect(decodeHeader(world.working().header).previous).to.equal(world.tip.hash);
    world.mineOne(at(15));
    expect(world.miner.nextWake()).to.equal(at(25).mono);
  });

  it('goes on hashing for its block when others find theirs', () => {
    const world = new MiningWorld({ mode: every10 });
    world.settle(at(3));
    world.loseRace(at(4));
    expect(decodeHeader(world.working().header).previous).to.equal(world.tip.hash);
  });
});

describe('mining/miner: generate', () => {
  it('mines that many blocks, answers with their hashes, and rests', () => {
    const world = new MiningWorld({ mode: OFF });
    world.miner.onCommand(3, { type: 'generate', count: 3 });
    world.settle(at(3));
    expect(world.miner.status(at(3)).generating).to.equal(3);
    const hashes = [1, 2, 3].map(() => world.mineOne(at(3)).hash);
    expect(world.effects.filter(({ type }) => type === 'reply')).to.deep.equal([
      { type: 'reply', id: 3, result: { ok: true, value: { type: 'generated', hashes } } },
    ]);
    expect(world.job).to.equal(undefined);
    expect(world.tip.point.height).to.equal(3);
  });

  it('does not wait for an interval, and has no CPU limit', () => {
    const world = new MiningWorld({ mode: { type: 'interval', seconds: 60 } });
    world.settle(at(3));
    world.mineOne(at(3));
    world.miner.onCommand(3, { type: 'generate', count: 1 });
    world.settle(at(4));
    expect(world.working().cpuPercent).to.equal(100);
  });

  it('does not count a block that another one beat', () => {
    const world = new MiningWorld({ mode: OFF });
    world.miner.onCommand(3, { type: 'generate', count: 1 });
    world.settle(at(3));
    world.find(world.working(), at(3));
    world.loseRace(at(3));
    expect(world.miner.status(at(3)).generating).to.equal(1);
    expect(world.mineOne(at(3)).height).to.equal(2);
    expect(world.miner.status(at(3)).generating).to.equal(0);
  });

  it('refuses where the target is not fixed', () => {
    const world = new MiningWorld({ mode: OFF }, { fixedTarget: false });
    expect(refusal(world)).to.deep.equal({ code: 'target-not-fixed' });
    expect(world.job).to.equal(undefined);
  });

  it('refuses while it is busy with an earlier one', () => {
    const world = new MiningWorld({ mode: OFF });
    world.miner.onCommand(3, { type: 'generate', count: 9 });
    expect(refusal(world)).to.have.property('code', 'busy');
    expect(world.miner.status(at(3)).generating).to.equal(9);
  });

  it('refuses while a better chain is fetched', () => {
    const world = new MiningWorld({ mode: OFF });
    world.miner.onSyncing(true);
    expect(refusal(world)).to.have.property('code', 'busy');
    expect(world.miner.status(at(3)).generating).to.equal(0);
  });

  it('ends with the reject when the chain refuses one of its blocks', () => {
    const world = new MiningWorld({ mode: OFF });
    world.miner.onCommand(3, { type: 'generate', count: 9 });
    world.settle(at(3));
    const { hash } = assertDefined(world.find(world.working(), at(3)), 'a find');
    world.miner.onRejected(hash, { code: 'bad-pow' }, at(3));
    world.settle(at(3));
    const error = { code: 'rejected', reject: { code: 'bad-pow' } };
    expect(world.effects[0]).to.deep.equal({ type: 'reply', id: 3, result: { ok: false, error } });
    expect(world.miner.status(at(3)).generating).to.equal(0);
  });

  /** Why a `generate` is refused at once. */
  function refusal(world: MiningWorld): unknown {
    world.miner.onCommand(4, { type: 'generate', count: 1 });
    world.settle(at(3));
    const [effect] = world.effects;
    if (effect?.type !== 'reply' || effect.id !== 4 || effect.result.ok) return undefined;
    return effect.result.error;
  }
});

describe('mining/miner: figures', () => {
  it('tells its hash rate and how long a block takes it', () => {
    const world = new MiningWorld({}, HARD);
    world.settle(at(3));
    expect(world.miner.status(at(3)).expectedSeconds).to.equal(undefined);
    world.miner.onHashed(2 ** 20, at(4));
    const status = world.miner.status(at(4));
    expect(status.hashesPerSecond).to.equal(2 ** 20);
    expect(status.expectedSeconds).to.be.closeTo(2 ** 28, 2 ** 13);
  });
});
