import { expect } from 'chai';
import { PeerBlocks } from '../../../peer/net/peerBlocks.js';
import { assertDefined } from '../../../shared/assert.js';
import type { BlockHash, MonoMs } from '../../../shared/units.js';
import { grow, growBranch, newTree } from '../../support/trees.js';

const at = (ms: number): MonoMs => ms as MonoMs;
const HASHES = Array.from({ length: 40 }, (_, i) => String(i).padStart(64, '0') as BlockHash);
const hashes = (from: number, to: number): readonly BlockHash[] => HASHES.slice(from, to);
const [A, B] = HASHES as [BlockHash, BlockHash];
const NEVER = Number.POSITIVE_INFINITY;

/** The blocks of a peer at time 0. */
function scene() {
  const received = { bytesReceived: 0 };
  return { received, blocks: new PeerBlocks(received, at(0)) };
}

describe('net/peerBlocks', () => {
  it('has room for 16, and again once half of them are answered', () => {
    const { blocks } = scene();
    expect(blocks.room).to.equal(16);
    blocks.onAsked(hashes(0, 16), at(0));
    for (const hash of hashes(0, 7)) blocks.onAnswer(hash, at(1));
    expect(blocks.room).to.equal(0);
    blocks.onAnswer(HASHES[7] as BlockHash, at(1));
    expect([blocks.room, blocks.inFlightCount]).to.deep.equal([8, 8]);
  });

  it('stalls so long after its last answer, or after much came, while nothing is late', () => {
    const { received, blocks } = scene();
    expect(blocks.stallAt(2_000)).to.equal(NEVER);
    blocks.onAsked([A], at(5_000));
    blocks.onAsked([B], at(6_000));
    expect(blocks.stallAt(2_000)).to.equal(7_000);
    received.bytesReceived = 20_000;
    expect(blocks.isFlowing).to.equal(true);
    blocks.onProgress(at(7_000));
    expect([blocks.isFlowing, blocks.stallAt(2_000)]).to.deep.equal([false, 9_000]);
    blocks.onAnswer(A, at(8_000));
    expect(blocks.stallAt(2_000)).to.equal(10_000);
    blocks.onTooLate();
    expect(blocks.stallAt(2_000)).to.equal(NEVER);
    expect([blocks.owes(B), blocks.late.has(B), blocks.pending.size]).to.deep.equal([
      true,
      true,
      0,
    ]);
  });

  it('has not stalled with a new question while it is late with an old one', () => {
    const { blocks } = scene();
    blocks.onAsked([A], at(0));
    blocks.onTooLate();
    blocks.onAsked([B], at(9_000));
    expect(blocks.stallAt(2_000)).to.equal(11_000);
    expect(blocks.answerDueAt).to.equal(120_000);
  });

  it('owes an answer for two minutes at most, and that anew when it is forgiven', () => {
    const { blocks } = scene();
    expect(blocks.answerDueAt).to.equal(NEVER);
    blocks.onAsked([A], at(1_000));
    expect(blocks.answerDueAt).to.equal(121_000);
    blocks.forgive(at(121_000));
    expect(blocks.answerDueAt).to.equal(241_000);
  });

  it('may be asked for what it lacked after ten seconds, and for nothing when that is much', () => {
    const { blocks } = scene();
    blocks.onAsked(hashes(0, 16), at(0));
    for (const [i, hash] of hashes(0, 16).entries()) {
      blocks.onAnswer(hash, at(i));
      blocks.onLack(hash, at(i));
    }
    expect([blocks.lacks(A), blocks.room]).to.deep.equal([true, 0]);
    expect(blocks.nextDue(2_000)).to.equal(10_000);
    blocks.forgetLacks(at(10_000));
    expect([blocks.lacks(A), blocks.lacks(B), blocks.room]).to.deep.equal([false, true, 16]);
  });

  it('is passed over until it answers', () => {
    const { blocks } = scene();
    blocks.onAsked([A, B], at(0));
    blocks.onTooLate();
    blocks.isPassedOver = true;
    expect(blocks.room).to.equal(0);
    blocks.onAnswer(A, at(3_000));
    expect([blocks.isPassedOver, blocks.room, blocks.owes(A)]).to.deep.equal([false, 15, false]);
  });

  it('reaches as high as the highest fork of one of its heads', () => {
    const tree = newTree();
    const fork = growBranch(tree, tree.genesis, 3);
    const goal = growBranch(tree, fork, 5);
    const [low, other] = [grow(tree, tree.genesis), growBranch(tree, fork, 2)];
    const { blocks } = scene();
    expect(blocks.reach([], goal)).to.equal(0);
    expect(blocks.reach([low], goal)).to.equal(0);
    const heads = [low, other];
    expect(blocks.reach(heads, goal)).to.equal(3);
    expect(blocks.reach(heads, goal)).to.equal(3);
    expect(blocks.reach([low, other, goal], goal)).to.equal(8);
    expect(blocks.reach([grow(tree, goal)], goal)).to.equal(8);
    const parent = assertDefined(goal.parent, 'it is above genesis');
    expect(blocks.reach([parent, low, other], goal)).to.equal(7);
    expect(blocks.reach([low, other, parent], goal)).to.equal(7);
  });
});
