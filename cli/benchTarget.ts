/** What the next block of a chain needs, from what a node tells of its last ones. */

import { effectiveTarget, nextBits } from '../shared/consensus/difficulty.js';
import type { NetworkParams } from '../shared/consensus/params.js';
import type { Bits, UnixSeconds } from '../shared/units.js';

/** A header as the API tells it. */
export interface ToldHeader {
  readonly height: number;
  readonly time: number;
  /** In hex. */
  readonly bits: string;
}

/**
 * The target of a block that is found at `now` on the last of `headers`: those of the tip and of
 * its parent, if it has one. `undefined` without a header.
 */
export function nextTarget(
  params: NetworkParams,
  headers: readonly ToldHeader[],
  now: UnixSeconds,
): bigint | undefined {
  const tip = headers.at(-1);
  if (tip === undefined) return undefined;
  const bits = nextBits(params, {
    height: tip.height,
    time: tip.time as UnixSeconds,
    bits: Number.parseInt(tip.bits, 16) as Bits,
    parentTime: headers.at(-2)?.time as UnixSeconds | undefined,
  });
  return effectiveTarget(params, bits, Math.max(0, now - tip.time));
}
