/**
 * The parameters of a network on one computer: made once, fit to what its miners may use of it.
 */

import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { toHex } from '../../shared/bytes.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import { startingBits, template, type TemplateName } from '../../shared/consensus/templates.js';
import type { Amount, UnixSeconds } from '../../shared/units.js';
import { demoAddress, type DemoAccount } from '../../peer/wallet/demoWallets.js';
import { measureHashRate } from '../../peer/workers/calibrate.js';
import type { KernelName } from '../../peer/workers/kernel/kernel.js';

export interface LocalNetworkOptions {
  /** The part of the name that the user chose. */
  readonly name: string;
  readonly template: TemplateName;
  /** Share of the whole computer that all miners together may use, in percent. */
  readonly cpuPercent: number;
  /** With which the miners hash. */
  readonly kernel: KernelName;
  /** Accounts that the genesis block pays, named after their peers. */
  readonly accounts: readonly DemoAccount[];
}

/** What each account begins with: as much as a block pays its miner, 50 coins of 10^8 units. */
const ALLOCATION = 5_000_000_000 as Amount;

/** Measures this computer and makes a network of its own. */
export async function makeNetwork(options: LocalNetworkOptions): Promise<NetworkParams> {
  const salt = new Uint8Array(randomBytes(16));
  const identity = {
    name: `${options.name}-${toHex(salt.subarray(0, 3))}`,
    salt,
    time: Math.floor(Date.now() / 1_000) as UnixSeconds,
    allocations: options.accounts.map((account) => ({
      amount: ALLOCATION,
      address: demoAddress(account),
    })),
  };
  const params = template(options.template, identity);
  return params.fixedTarget ? params : fit(params, options);
}

/**
 * Below the target interval, so that a new network shows its first block soon; not by more, for
 * the blocks after it come too fast until the difficulty has caught up: from 4.75 s on, blocks 20
 * to 120 take 8.5 s on average.
 */
const FIRST_BLOCK_SECONDS = 4.75;
const MEASURE_SECONDS = 0.4;
/**
 * Of what a thread hashes undisturbed, so much is left to miners that work in short turns beside
 * each other: 0.71 to 0.9 were seen.
 */
const SHARE_IN_TURNS = 0.8;

async function fit(params: NetworkParams, options: LocalNetworkOptions): Promise<NetworkParams> {
  const coreShare = (availableParallelism() * options.cpuPercent) / 100;
  const threads = Math.max(1, Math.round(coreShare));
  const { kernel } = options;
  const measured = await measureHashRate({ kernel, seconds: MEASURE_SECONDS, threads });
  const perSecond = (measured / threads) * coreShare * SHARE_IN_TURNS;
  const genesisBits = startingBits(perSecond, FIRST_BLOCK_SECONDS, params.powLimit);
  return { ...params, genesisBits };
}
