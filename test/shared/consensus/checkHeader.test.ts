import { expect } from 'chai';
import {
  checkHeaderForm,
  checkHeaderInContext,
  type HeaderInContext,
} from '../../../shared/consensus/checkHeader.js';
import { bitsOf, targetOf, workOf } from '../../../shared/consensus/work.js';
import type { Bits, BlockHash, UnixSeconds } from '../../../shared/units.js';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  withMinedHeader,
  type MadeBlock,
} from '../../support/blocks.js';
import { expectOk, expectReject } from '../../support/rejects.js';

/** Targets move, and the easiest takes two hashes, so that tests mine at once. */
const network = makeNetwork({ fixedTarget: false });
const { params } = network;
const ancestors = nextBlocks(network, genesisOf(network), 40);
const parent = ancestors.at(-1) ?? expect.fail('a parent');
/** After forty more blocks at no time at all: a target of a third of the easiest one. */
const hardTip =
  nextBlocks(network, parent, 40, { time: parent.point.time }).at(-1) ?? expect.fail('a tip');

const hashOf = (value: bigint): BlockHash => value.toString(16).padStart(64, '0') as BlockHash;

/** `child` of `parent`, judged when the clock shows its own time unless `changes` say otherwise. */
function inContext(child: MadeBlock, changes: Partial<HeaderInContext> = {}): HeaderInContext {
  const { header, hash } = child.block;
  return { header, hash, parent: parent.point, now: header.time, ...changes };
}

describe('consensus/checkHeader', () => {
  it('accepts a mined child and tells the target that its work counts', () => {
    const child = nextBlock(network, parent);
    expectOk(checkHeaderForm(params, child.block.header, child.block.hash));
    const { target } = expectOk(checkHeaderInContext(params, inContext(child)));
    expect(target).to.equal(targetOf(child.block.header.bits));
  });

  it('rejects a version other than 1', () => {
    const { header, hash } = nextBlock(network, parent, { header: { version: 2 } }).block;
    expectReject(checkHeaderForm(params, header, hash), { code: 'bad-version', found: 2 });
  });

  it('rejects a hash above the easiest target before it looks at anything else', () => {
    const { header } = nextBlock(network, parent).block;
    const atLimit = hashOf(params.powLimit);
    expectOk(checkHeaderForm(params, header, atLimit));
    const above = hashOf(params.powLimit + 1n);
    expectReject(checkHeaderForm(params, header, above), { code: 'bad-pow' });
  });

  it('rejects a hash above the target, and none at it', () => {
    const child = nextBlock(network, parent);
    const target = targetOf(child.block.header.bits) ?? 0n;
    expectOk(checkHeaderInContext(params, inContext(child, { hash: hashOf(target) })));
    const above = inContext(child, { hash: hashOf(target + 1n) });
    expectReject(checkHeaderInContext(params, above), { code: 'bad-pow' });
  });

  it('rejects bits that are not the ones that the parent asks for', () => {
    const expected = nextBlock(network, parent).block.header.bits;
    for (const bits of [expected - 1, 0x1d00ffff, 0, 0x1d80ffff] as Bits[]) {
      const { header } = nextBlock(network, parent).block;
      const changed = { ...header, bits };
      const context = inContext(nextBlock(network, parent), { header: changed, hash: hashOf(1n) });
      expectReject(checkHeaderInContext(params, context), {
        code: 'bad-bits',
        expected,
        found: bits,
      });
    }
  });

  it("rejects a time below the parent's, and none equal to it", () => {
    const parentTime = parent.point.time;
    expectOk(
      checkHeaderInContext(params, inContext(nextBlock(network, parent, { time: parentTime }))),
    );
    const early = nextBlock(network, parent, { time: parentTime - 1 });
    expectReject(checkHeaderInContext(params, inContext(early)), {
      code: 'time-before-parent',
      time: (parentTime - 1) as UnixSeconds,
      parentTime,
    });
  });

  it('keeps a time too far ahead of our clock for later, and accepts it then', () => {
    const child = nextBlock(network, parent);
    const { time } = child.block.header;
    const latest = (time - 1) as UnixSeconds;
    const early = inContext(child, { now: (latest - params.futureLimit) as UnixSeconds });
    const reject = { code: 'time-too-far-ahead', time, latest } as const;
    expectReject(checkHeaderInContext(params, early), reject);
    const inTime = inContext(child, { now: (time - params.futureLimit) as UnixSeconds });
    expectOk(checkHeaderInContext(params, inTime));
  });

  it('says too far ahead only of a header that passes every other rule', () => {
    const child = nextBlock(network, parent);
    const now = 1 as UnixSeconds;
    const unmined = inContext(child, { now, hash: hashOf(params.powLimit + 1n) });
    expectReject(checkHeaderInContext(params, unmined), { code: 'bad-pow' });
  });

  it('eases the target after a long gap, and counts no more work than that', () => {
    const tip = hardTip;
    const gap = params.cap + 40;
    const late = nextBlock(network, tip, { time: tip.point.time + gap });
    const normal = targetOf(late.block.header.bits) ?? 0n;
    const judged = (hash: bigint): ReturnType<typeof checkHeaderInContext> =>
      checkHeaderInContext(params, inContext(late, { parent: tip.point, hash: hashOf(hash) }));
    const { target } = expectOk(judged(normal + 1n));
    expect(target > normal && target < params.powLimit).to.equal(true);
    expect(workOf(target) <= workOf(normal)).to.equal(true);
    expectOk(judged(target));
    expectReject(judged(target + 1n), { code: 'bad-pow' });
  });

  it('a forward-dated tip does not make the next block easier than the time that passes', () => {
    const start = hardTip.point.time;
    /** Bits after three blocks at these times. */
    const bitsAfter = (...times: number[]): number => {
      let tip = hardTip;
      for (const time of times) tip = nextBlock(network, tip, { time: start + time });
      return Number(targetOf(nextBlock(network, tip, { time: start + 60 }).point.bits));
    };
    const forward = bitsAfter(60, 60, 60);
    const honest = bitsAfter(20, 40, 60);
    expect(forward / honest).to.be.within(0.999, 1.001);
  });

  it('judges a header of a real chain that was mined on a harder target', () => {
    const harder = makeNetwork({ genesisBits: bitsOf(1n << 246n), powLimit: 1n << 250n }, 'lan');
    const first = nextBlock(harder, genesisOf(harder));
    const { header, hash } = first.block;
    const context = { header, hash, parent: genesisOf(harder).point, now: header.time };
    expectOk(checkHeaderInContext(harder.params, context));
    const remined = withMinedHeader({ ...header, nonce: header.nonce + 1 }, [], 1n << 246n);
    expectOk(
      checkHeaderInContext(harder.params, {
        ...context,
        header: remined.header,
        hash: remined.hash,
      }),
    );
  });
});
