/**
 * What each route of the API answers on a light peer: headers, what was proven, the wallet. What
 * needs blocks it refuses, and says so.
 */

import { toHex } from '../../shared/bytes.js';
import { encodeProof } from '../../shared/consensus/proof.js';
import type { FoundTransactionJson, ProofJson } from '../../shared/http/indexSchemas.js';
import type { StatusJson } from '../../shared/http/nodeSchemas.js';
import { ok, type Result } from '../../shared/result.js';
import type { Now, Txid } from '../../shared/units.js';
import { proofFile, type Proven } from '../light/checkProofs.js';
import type { LightQueries } from '../light/lightQueries.js';
import type { WalletPort } from '../wallet/port.js';
import { transactionOf } from './chainJson.js';
import {
  commonStatusOf,
  headersOf,
  networkOf,
  peersOf,
  readyOf,
  type ProgramFacts,
} from './nodeJson.js';
import { refuse, type Refusal } from './refusal.js';
import type { Handlers } from './server.js';
import { createWalletHandlers } from './walletHandlers.js';

export interface LightApiDependencies {
  readonly queries: LightQueries;
  readonly wallet: WalletPort;
  readonly clock: () => Now;
}

export function createLightHandlers(
  facts: ProgramFacts,
  { queries, wallet, clock }: LightApiDependencies,
): Handlers {
  return {
    status: () => ok(statusOf(facts, queries, clock())),
    peers: () => ok(peersOf(queries, clock())),
    network: () => ok(networkOf(queries)),
    headers: ({ query }) => ok(headersOf(queries, query)),
    transaction: ({ params, query: { format = 'json' } }) =>
      about(queries, params.txid, (proven) => transactionJsonOf(proven, queries, format)),
    proof: ({ params }) => about(queries, params.txid, (proven) => proofJsonOf(proven, queries)),
    health: () => ok({ alive: true }),
    ready: () => readyOf(queries),
    block: () => keeps('no blocks'),
    submitBlock: () => keeps('no blocks'),
    mempool: () => keeps('nothing that waits for a block but its own payments'),
    submitTransactions: () => keeps('nothing that waits for a block but its own payments'),
    stamp: () => keeps('no index of stamps'),
    address: () => keeps('only what its own wallet holds'),
    coins: () => keeps('only what its own wallet holds'),
    history: () => keeps('only what its own wallet holds'),
    mining: () => keeps('no chain to mine on'),
    setMining: () => keeps('no chain to mine on'),
    generate: () => keeps('no chain to mine on'),
    ...createWalletHandlers(wallet, queries.network.params.prefix),
  };
}

const keeps = (what: string) => refuse('light-peer', `This is a light peer: it keeps ${what}.`);

function statusOf(facts: ProgramFacts, queries: LightQueries, now: Now): StatusJson {
  return {
    ...commonStatusOf(facts, queries, now),
    indexHeight: null,
    light: true,
    mining: false,
    hashRate: 0,
    ...{ kernel: null, kernelDetail: null },
    mempool: { ...queries.waiting, feeRateMin: 0 },
  };
}

function about<T>(
  queries: LightQueries,
  txid: string,
  use: (proven: Proven) => T,
): Result<T, Refusal> {
  const proven = queries.proven(txid as Txid);
  if (proven !== undefined) return ok(use(proven));
  const message = `This is a light peer: no block that holds ${txid} was proven to it.`;
  return refuse('light-peer', message);
}

function placeOf({ entry, position }: Proven, { tip }: LightQueries) {
  const { hash: blockHash, height, time } = entry;
  return { blockHash, height, position, time, confirmations: tip.height - height + 1 };
}

const standingOf = ({ tip }: LightQueries) => ({
  indexHeight: tip.height,
  indexHash: tip.hash,
  tipHeight: tip.height,
});

function transactionJsonOf(
  proven: Proven,
  queries: LightQueries,
  format: 'json' | 'hex',
): FoundTransactionJson {
  const { txid, wtxid, bytes } = proven.tx;
  const content =
    format === 'hex'
      ? { txid, wtxid, sizeBytes: bytes.length, hex: toHex(bytes) }
      : transactionOf(proven.tx, queries.network.params.prefix);
  return { ...content, waiting: null, ...placeOf(proven, queries), ...standingOf(queries) };
}

function proofJsonOf(proven: Proven, queries: LightQueries): ProofJson {
  const { txid } = proven.tx;
  const header = queries.headerBytes(proven.entry);
  const hex = toHex(encodeProof(proofFile(proven.proof, header, queries.network.id)));
  const { blockHash, height, time, confirmations } = placeOf(proven, queries);
  return { txid, blockHash, height, time, confirmations, hex, ...standingOf(queries) };
}
