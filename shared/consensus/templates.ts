/** Templates from which people make networks of their own. */

import { assert } from '../assert.js';
import type { Amount, Bits, UnixSeconds } from '../units.js';
import { blockBytesLimit, checkParams, type NetworkParams } from './params.js';
import type { TxOutput } from './transaction.js';
import { bitsOf } from './work.js';

export type TemplateName = keyof typeof TEMPLATES;

/** What makes a network one of its own. */
export interface NetworkIdentity {
  readonly name: string;
  /** 16 random bytes. */
  readonly salt: Uint8Array;
  readonly time: UnixSeconds;
  /** The starting target; the template's easiest one when absent. */
  readonly genesisBits?: Bits;
  readonly allocations?: readonly TxOutput[];
}

/** The parameters of a network made from a template; the identity must be within the bounds. */
export function template(name: TemplateName, identity: NetworkIdentity): NetworkParams {
  const { genesisBits, allocations = [], ...own } = identity;
  const common = TEMPLATES[name];
  const params = {
    ...common,
    ...own,
    genesisBits: genesisBits ?? bitsOf(common.powLimit),
    allocations,
  };
  assert(checkParams(params).ok, 'a template and a proper identity are within the bounds');
  return params;
}

/**
 * The bits at which `hashesPerSecond`, of all machines together, find a block in `seconds` in the
 * mean; never easier than `powLimit`.
 */
export function startingBits(hashesPerSecond: number, seconds: number, powLimit: bigint): Bits {
  const hashes = Math.max(1, Math.round(hashesPerSecond * seconds));
  const target = (1n << 256n) / BigInt(hashes) - 1n;
  return bitsOf(target > powLimit ? powLimit : target);
}

type Common = Omit<NetworkParams, 'name' | 'salt' | 'time' | 'genesisBits' | 'allocations'>;

/** 50 coins of 10^8 units, halving every 210,000 blocks: 21 million coins, Bitcoin's schedule. */
const MONEY = { subsidy: 5_000_000_000 as Amount, halvingInterval: 210_000 };

/**
 * A mean of ten seconds; the half-life is 24 intervals but no less than two minutes, the cap two
 * half-lives, and clocks may differ by half of one.
 */
const TIMES = { targetInterval: 10, halfLife: 240, cap: 480, futureLimit: 120 };

const SHARED = { rulesVersion: 1, ...MONEY, ...TIMES, blockBytesMax: blockBytesLimit(10) };

const TEMPLATES = {
  /**
   * Machines on one network. The easiest target takes 65,536 hashes, a tenth of a second of one
   * core.
   */
  lan: {
    ...SHARED,
    prefix: 'cairn',
    powLimit: 1n << 240n,
    fixedTarget: false,
    // Two hundred seconds: longer than the reorganisations one sees, shorter than a lesson.
    maturity: 20,
  },
  /** Development: two hashes a block for ever, so blocks are made on demand. */
  dev: {
    ...SHARED,
    prefix: 'cairndev',
    powLimit: 0x7f_ffffn << 232n,
    fixedTarget: true,
    maturity: 1,
  },
} as const satisfies Record<string, Common>;
