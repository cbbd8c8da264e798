/**
 * Chains for tests: on SQLite in memory or in a file, driven until they rest, signatures checked at
 * once.
 */

import Database from 'better-sqlite3';
import type { Network } from '../../shared/consensus/genesis.js';
import { describeReject } from '../../shared/consensus/reject.js';
import type { UnixSeconds } from '../../shared/units.js';
import { Chain, type Advance } from '../../peer/chain/chain.js';
import type { Failure } from '../../peer/chain/mover.js';
import { answersTo } from '../../peer/chain/signatures.js';
import type { ChainStore } from '../../peer/chain/store.js';
import { IN_MEMORY, openStore } from '../../peer/storage/openStore.js';
import { migrate } from '../../peer/storage/schema.js';
import { SqliteChainStore } from '../../peer/storage/sqliteChainStore.js';
import type { ChainEvent, SignatureBatch, VerifyResult } from '../../peer/types.js';

/** A time at which no block of the tests is too far ahead. */
export const LATE = 4_000_000_000 as UnixSeconds;

/** A store in memory. */
export const memoryStore = (network: Network): SqliteChainStore =>
  openStore(IN_MEMORY, network).store;

/** A store in memory whose tables can be changed under it: the disk lost something. */
export function storeToDamage(): {
  readonly store: SqliteChainStore;
  readonly database: Database.Database;
} {
  const database = new Database(IN_MEMORY);
  migrate(database, IN_MEMORY);
  return { store: new SqliteChainStore(database, IN_MEMORY), database };
}

/** What a chain said until it rested. */
export interface Course {
  readonly events: ChainEvent[];
  readonly failures: Failure[];
}

/** Calls `advance` until there is no more to do, and answers what it asks. */
export function settle(chain: Chain, store: ChainStore, costMax?: number): Course {
  const course: Course = { events: [], failures: [] };
  for (let steps = 0; steps < STEPS_MAX; steps++) {
    const step = store.atomically(() => chain.advance(costMax));
    course.events.push(...step.events);
    course.failures.push(...step.failures);
    if (step.verify.length > 0) answer(chain, store, step);
    else if (!step.more) return course;
  }
  throw new Error('the chain finds no rest');
}

const STEPS_MAX = 100_000;

/** Gives a block to `chain`, which must take it. */
export function accept(chain: Chain, store: ChainStore, bytes: Uint8Array): void {
  const accepted = store.atomically(() => chain.acceptBlock(bytes, LATE));
  if (!accepted.ok) throw new Error(`refused: ${describeReject(accepted.error)}`);
}

/** Gives blocks to `chain` and lets it settle. */
export function feed(
  chain: Chain,
  store: ChainStore,
  blocks: readonly { readonly bytes: Uint8Array }[],
): Course {
  for (const { bytes } of blocks) accept(chain, store, bytes);
  return settle(chain, store);
}

/** The answers to a batch, as workers give them. */
const verifyBatch = (network: Network, batch: SignatureBatch): VerifyResult[] =>
  answersTo(network.idBytes, batch);

function answer(chain: Chain, store: ChainStore, { verify }: Advance): void {
  const results = verify.flatMap((batch) => verifyBatch(chain.network, batch));
  store.atomically(() => {
    chain.onVerified(results);
  });
}
