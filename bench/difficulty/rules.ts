/** The rules that simulated miners follow: ours, and three others to compare them with. */

import { checkHeaderForm, checkHeaderInContext } from '../../shared/consensus/checkHeader.js';
import { aserti3, effectiveTarget, nextBits } from '../../shared/consensus/difficulty.js';
import type { Header } from '../../shared/consensus/header.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import type { Reject } from '../../shared/consensus/reject.js';
import { bitsOf, targetOf } from '../../shared/consensus/work.js';
import { assertDefined } from '../../shared/assert.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { Bits, BlockHash, UnixSeconds } from '../../shared/units.js';

/** A block as the rules need it: enough to walk back. */
export interface RulesBlock {
  readonly height: number;
  readonly time: UnixSeconds;
  readonly bits: Bits;
  readonly parentTime: UnixSeconds | undefined;
  readonly parent: RulesBlock | undefined;
}

export interface DifficultyRules {
  readonly params: NetworkParams;
  /** What a child of `parent` must carry. */
  bitsAfter(parent: RulesBlock): Bits;
  /** Seconds after the parent's time up to which the target is that of the bits. */
  readonly easedAfter: number;
  /** What the hash of a block must not exceed that is `seconds` after its parent. */
  targetAt(bits: Bits, seconds: number): bigint;
  /** What a peer whose clock says `now` makes of a header on `parent`. */
  check(
    found: { readonly header: Header; readonly hash: BlockHash },
    parent: RulesBlock,
    now: UnixSeconds,
  ): Result<unknown, Reject>;
}

/** The rules of `params`, by the code that peers run. */
export function ourRules(params: NetworkParams): DifficultyRules {
  return {
    params,
    bitsAfter: (parent) => nextBits(params, parent),
    easedAfter: params.cap,
    targetAt: (bits, seconds) => effectiveTarget(params, bits, seconds),
    check({ header, hash }, parent, now) {
      const form = checkHeaderForm(params, header, hash);
      return form.ok ? checkHeaderInContext(params, { header, hash, parent, now }) : form;
    },
  };
}

/** Ours, but a late block needs what every block needs. */
export const withoutEasing = (params: NetworkParams): DifficultyRules =>
  plainRules(params, (parent) => nextBits(params, parent));

/** aserti3 anchored in the genesis block, as Bitcoin Cash has it: all of the past counts. */
export const absoluteAsert = (params: NetworkParams): DifficultyRules =>
  plainRules(params, ({ height, time }) => {
    const excess = time - params.time - height * params.targetInterval;
    return aserti3(params.genesisBits, excess, params.halfLife, params.powLimit);
  });

/** Every 2,016 blocks, by a factor of four at most; without Bitcoin's off-by-one. */
export const bitcoin2016 = (params: NetworkParams): DifficultyRules =>
  plainRules(params, (parent) => {
    if (parent.height % PERIOD !== 0 || parent.height === 0) return parent.bits;
    const span = parent.time - ancestor(parent, PERIOD).time;
    const expected = PERIOD * params.targetInterval;
    const factor = Math.min(4, Math.max(1 / 4, span / expected));
    return scaledBits(params, Number(knownTarget(parent.bits)) * factor);
  });

/** zawy12's LWMA: the mean target of 60 blocks by the linearly weighted mean of their intervals. */
export const lwma60 = (params: NetworkParams): DifficultyRules =>
  plainRules(params, (parent) => {
    if (parent.height < WINDOW) return params.genesisBits;
    let [weighted, targets, block] = [0, 0, parent];
    for (let weight = WINDOW; weight > 0; weight--) {
      const gap = block.time - assertDefined(block.parentTime, 'the window ends above genesis');
      weighted += weight * Math.min(gap, 6 * params.targetInterval);
      targets += Number(knownTarget(block.bits));
      block = assertDefined(block.parent, 'the window ends above genesis');
    }
    const mean = (2 * weighted) / (WINDOW * (WINDOW + 1));
    return scaledBits(params, ((targets / WINDOW) * mean) / params.targetInterval);
  });

const PERIOD = 2_016;
const WINDOW = 60;

/** Nothing is eased, and time does not run backwards. */
const plainRules = (
  params: NetworkParams,
  bitsAfter: DifficultyRules['bitsAfter'],
): DifficultyRules => ({
  params,
  bitsAfter,
  easedAfter: Number.POSITIVE_INFINITY,
  targetAt: knownTarget,
  check({ header: { time } }, parent) {
    if (time >= parent.time) return ok(undefined);
    return fail({ code: 'time-before-parent', time, parentTime: parent.time });
  },
});

function ancestor(block: RulesBlock, back: number): RulesBlock {
  let at = block;
  for (let i = 0; i < back; i++) at = assertDefined(at.parent, 'the genesis block is not passed');
  return at;
}

function scaledBits({ powLimit }: NetworkParams, target: number): Bits {
  const exact = BigInt(Math.max(1, Math.round(target)));
  return bitsOf(exact > powLimit ? powLimit : exact);
}

function knownTarget(bits: Bits): bigint {
  return assertDefined(targetOf(bits), 'bits of the simulation have a target');
}
