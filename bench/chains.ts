/**
 * Chains to measure with: real blocks, mined on an easy fixed target and kept in a data directory.
 */

import { join } from 'node:path';
import { assert } from '../shared/assert.js';
import type { Network } from '../shared/consensus/genesis.js';
import { bitsOf } from '../shared/consensus/work.js';
import type { UnixSeconds, Wtxid } from '../shared/units.js';
import { Chain } from '../peer/chain/chain.js';
import { CHAIN_FILE, openStore } from '../peer/storage/openStore.js';
import type { SignatureBatch } from '../peer/types.js';
import {
  coinOf,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
  type MadeBlock,
  type Owner,
  type Spendable,
} from '../test/support/blocks.js';

/** Seconds between two blocks of the chains that are made here. */
const BLOCK_SECONDS = 10;

export interface ChainPlan {
  readonly blockCount: number;
  /** One-input two-output transactions in each block but the coinbase. */
  readonly transactionCount: number;
  /** Tells one branch from another; 0 unless given. */
  readonly extraNonce?: number;
}

/** So many expected hashes that a worker finds a block, and not the step that begins it. */
export const FOUND_BY_WORKERS = { genesisBits: bitsOf(2n ** 256n / 64n) };

/** A network whose genesis lies so far back that `blockCount` blocks fit before now. */
export function benchNetwork({ blockCount, transactionCount }: ChainPlan): Network {
  const time = (Math.floor(Date.now() / 1000) - (blockCount + 10) * BLOCK_SECONDS) as UnixSeconds;
  const owners = spenders(transactionCount);
  return makeNetwork({
    time,
    targetInterval: BLOCK_SECONDS,
    ...(owners.length === 0 ? {} : { allocations: owners.map((one) => pay(one, 1_000_000)) }),
  });
}

/** The blocks of `plan` on the genesis block of `network`, made one by one. */
export function* benchBlocks(network: Network, plan: ChainPlan): Generator<MadeBlock, void> {
  const { extraNonce = 0 } = plan;
  const owners = spenders(plan.transactionCount);
  let coins = owners.map((one, i) => genesisCoinOf(network, one, i));
  let parent = genesisOf(network);
  for (let i = 0; i < plan.blockCount; i++) {
    const transactions = coins.map((coin) =>
      spend(network, {
        coins: [coin],
        outputs: [pay(coin.owner, coin.amount - 1), pay(owner(0), 1)],
      }),
    );
    parent = nextBlock(network, parent, { transactions, payTo: owner(0), extraNonce });
    yield parent;
    coins = transactions.map((tx, j) => coinOf(tx, 0, owners[j] as Owner));
  }
}

/** Fills the data directory `directory` with `blocks`, all connected. */
export function fillDirectory(
  directory: string,
  network: Network,
  blocks: Iterable<MadeBlock>,
): void {
  const { store } = openStore(join(directory, CHAIN_FILE), network);
  const chain = new Chain(network, store);
  const now = Math.floor(Date.now() / 1000) as UnixSeconds;
  for (const { bytes } of blocks) {
    store.atomically(() => {
      const accepted = chain.acceptBlock(bytes, now);
      assert(accepted.ok, 'a bench block is accepted');
      settle(chain);
    });
  }
  store.close();
}

/** Lets `chain` move as far as it can; the signatures were made here, so they are right. */
function settle(chain: Chain): void {
  for (;;) {
    const { verify, more } = chain.advance();
    for (const batch of verify) chain.onVerified(allValid(batch));
    if (!more && verify.length === 0) return;
  }
}

const allValid = ({ wtxids }: SignatureBatch) =>
  wtxids.map((wtxid: Wtxid) => ({ wtxid, outcome: 'valid' as const }));

/** Owners 1 to `count`: each spends its own coin in every block. */
const spenders = (count: number): Owner[] => Array.from({ length: count }, (_, i) => owner(i + 1));

function genesisCoinOf({ genesis }: Network, holder: Owner, index: number): Spendable {
  const coinbase = genesis.transactions[0];
  assert(coinbase !== undefined, 'the genesis block has a transaction');
  return coinOf(coinbase, index, holder);
}
