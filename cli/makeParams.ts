/**
 * Parameters of a new network from a template, with a starting target that fits who will mine it.
 */

import { toHex } from '../shared/bytes.js';
import type { NetworkParams } from '../shared/consensus/params.js';
import { startingBits, template, type TemplateName } from '../shared/consensus/templates.js';
import type { KernelWish } from '../peer/workers/kernel/chooseKernel.js';
import { systemClock } from '../shared/io/clock.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';

export interface NewNetwork {
  readonly template: TemplateName;
  /** Without it: the template and a part of the salt. */
  readonly name: string | undefined;
  /** Computers like this one that will mine. */
  readonly miners: number;
  /** Share of a computer's cores that mines. */
  readonly coreShare: number;
  /** With which they hash; see `chooseKernel`. */
  readonly kernel: KernelWish | undefined;
}

const MEASURE_SECONDS = 0.4;

/**
 * The difficulty is such that the miners together find a block in the target interval on average.
 * Throws `Trouble` where the kernel cannot be used here.
 */
export async function makeParams(wish: NewNetwork): Promise<NetworkParams> {
  const salt = systemEntropy.bytes(16);
  const name = wish.name ?? `${wish.template}-${toHex(salt.subarray(0, 3))}`;
  const params = template(wish.template, { name, salt, time: systemClock().unix });
  if (params.fixedTarget) return params;
  const [{ availableParallelism }, { measureHashRate }, { chooseKernel }] = await Promise.all([
    import('node:os'),
    import('../peer/workers/calibrate.js'),
    import('../peer/workers/kernel/chooseKernel.js'),
  ]);
  const kernel = chooseKernel(wish.kernel).name;
  const threads = Math.max(1, Math.floor(availableParallelism() / 2));
  const measured = await measureHashRate({ kernel, seconds: MEASURE_SECONDS, threads });
  const perComputer = (measured / threads) * availableParallelism() * wish.coreShare;
  return {
    ...params,
    genesisBits: startingBits(perComputer * wish.miners, params.targetInterval, params.powLimit),
  };
}

/** A lone peer mines with half of the cores, half of the time. */
export const PEER_CORE_SHARE = 0.25;
