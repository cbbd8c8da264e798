/** What full and light peers tell alike: peers, network, headers, and whether they are ready. */

import { printParamsJson } from '../../shared/consensus/paramsJson.js';
import type { HeadersJson } from '../../shared/http/chainSchemas.js';
import type { NetworkJson } from '../../shared/http/nodeSchemas.js';
import type { AnswerOf, RequestOf } from '../../shared/http/routes.js';
import { ok, type Result } from '../../shared/result.js';
import type { Now } from '../../shared/units.js';
import { printNetAddress } from '../../shared/wire/netAddress.js';
import type { Queries } from '../queries.js';
import { headerJsonOf, workHex } from './chainJson.js';
import { refuse, type Refusal } from './refusal.js';

export function peersOf(queries: Pick<Queries, 'peers'>, now: Now): AnswerOf<'peers'> {
  return {
    peers: queries.peers(now).map((peer) => ({
      address: printNetAddress(peer.address),
      direction: peer.direction,
      state: peer.state,
      protocol: peer.protocol ?? null,
      agent: peer.agent ?? '',
      nodeKey: peer.nodeKey ?? null,
      height: peer.height ?? null,
      latencyMs: peer.latencyMs ?? null,
    })),
  };
}

/** What a program says of itself, whatever it keeps. */
export interface ProgramFacts {
  /** Of the node. */
  readonly name: string;
  readonly version: string;
  readonly protocol: number;
  readonly pid: number;
  readonly started: Now;
}

/** The code that hashes, and what it makes use of. */
export interface KernelFacts {
  readonly name: string;
  readonly detail: string | undefined;
}

type StatusQueries = Standing & Pick<Queries, 'network' | 'nodeKey' | 'trackers'>;

/** The part of the status that all peers tell. */
export function commonStatusOf(facts: ProgramFacts, queries: StatusQueries, now: Now) {
  const { tip, bestHeader, network, trackers } = queries;
  const { name, version, protocol, pid, started } = facts;
  return {
    ...{ name, version, protocol, pid },
    network: network.params.name,
    networkId: network.id,
    nodeKey: queries.nodeKey,
    height: tip.height,
    tip: tip.hash,
    tipTime: tip.time,
    chainWork: workHex(tip.chainWork),
    headerHeight: bestHeader.height,
    peers: queries.peerCount,
    synced: queries.isSynced,
    tracker: trackers[0]?.state ?? 'none',
    uptimeSeconds: Math.floor((now.mono - started.mono) / 1_000),
  } as const;
}

export function networkOf({ network }: Pick<Queries, 'network'>): NetworkJson {
  const params = JSON.parse(printParamsJson(network.params)) as Record<string, unknown>;
  return { id: network.id, name: network.params.name, params };
}

const HEADERS_DEFAULT = 20;

/** Of the chain, from a height on. */
export function headersOf(
  queries: Pick<Queries, 'tip' | 'active' | 'headerBytes'>,
  query: RequestOf<'headers'>['query'],
): HeadersJson {
  const { height: tipHeight } = queries.tip;
  const count = query.count ?? HEADERS_DEFAULT;
  const from = query.from ?? Math.max(0, tipHeight - count + 1);
  const headers: HeadersJson['headers'] = [];
  for (let height = from; height < from + count && height <= tipHeight; height++) {
    const entry = queries.active(height);
    if (entry !== undefined) headers.push(headerJsonOf(entry, queries));
  }
  return { tipHeight, headers };
}

/** A block or two behind is how a network breathes. */
const BLOCKS_BEHIND_MAX = 2;

type Standing = Pick<Queries, 'peerCount' | 'bestHeader' | 'tip' | 'isSynced'>;

export function readyOf(queries: Standing): Result<AnswerOf<'ready'>, Refusal> {
  const peers = queries.peerCount;
  const blocksBehind = Math.max(0, queries.bestHeader.height - queries.tip.height);
  if (peers > 0 && queries.isSynced && blocksBehind <= BLOCKS_BEHIND_MAX) {
    return ok({ ready: true, peers, blocksBehind });
  }
  const synced = queries.isSynced ? 'synced' : `${String(blocksBehind)} blocks behind`;
  return refuse('not-ready', `It has ${String(peers)} peers and is ${synced}.`);
}
