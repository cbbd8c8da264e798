/**
 * The closed sets that cross the border of the node: what goes in, what comes out, what it tells.
 */

import type { Reject } from '../shared/consensus/reject.js';
import type { Result } from '../shared/result.js';
import type { BlockHash, Txid, Wtxid } from '../shared/units.js';
import type { ConnectionEffect, ConnectionInput } from '../shared/wire/connection.js';
import type { DisconnectReason } from '../shared/wire/disconnect.js';
import type { NetAddress } from '../shared/wire/netAddress.js';
import type { PeerMessage } from '../shared/wire/peerMessages.js';
import type { MempoolReject } from '../shared/consensus/policyReject.js';

export type Input =
  | ConnectionInput
  /** A worker found `nonce` for the header of job `job`. */
  | { readonly type: 'mined'; readonly job: number; readonly nonce: number }
  /** A thread has no nonce of job `job` left. */
  | { readonly type: 'nonces-used-up'; readonly job: number }
  /** Hashes done by all workers since the last such input, about once a second while they hash. */
  | { readonly type: 'hashed'; readonly count: number }
  /** Facts about bytes, in any order, any number of times. */
  | { readonly type: 'verified'; readonly results: readonly VerifyResult[] }
  /** What the API asked for in one turn, in order: one step for all of it. */
  | { readonly type: 'commands'; readonly commands: readonly NumberedCommand[] }
  /** Answers the `prove` of that id; `undefined`: there is no index that can be read. */
  | { readonly type: 'proven'; readonly id: number; readonly answer: ProofAnswer | undefined }
  /**
   * The program is stopping: trackers are told, every connection is closed. Nothing comes after.
   */
  | { readonly type: 'stop' };

export type Effect =
  | ConnectionEffect
  /** Hash on this and on nothing older; `undefined`: rest. Replaces the job before, at once. */
  | { readonly type: 'mine'; readonly job: MineJob | undefined }
  | { readonly type: 'verify'; readonly batch: SignatureBatch }
  | { readonly type: 'reply'; readonly id: number; readonly result: Result<Reply, CommandProblem> }
  | { readonly type: 'event'; readonly event: NodeEvent }
  /** A light peer wants this from the index; one is out at a time. */
  | { readonly type: 'prove'; readonly id: number; readonly question: ProofQuestion }
  /** Addresses of good neighbours, best first, to be kept over a restart. */
  | { readonly type: 'keep-neighbours'; readonly addresses: readonly NetAddress[] };

/** What a light peer asks. */
export type ProofQuestion = Omit<Extract<PeerMessage, { type: 'getProofs' }>, 'type'>;

/** What it is answered. */
export type ProofAnswer = Omit<Extract<PeerMessage, { type: 'proofs' }>, 'type'>;

export interface MineJob {
  readonly id: number;
  /** 80 bytes; the workers vary the nonce, the last four. */
  readonly header: Uint8Array;
  /** A hash wins when its value, read little-endian, is at most this. */
  readonly target: bigint;
  /** Threads that hash on it, from 1. */
  readonly threads: number;
  /** Share of each thread's time spent hashing, 1–100. */
  readonly cpuPercent: number;
}

/** Signatures of some transactions to check, packed so that they cross threads by transfer. */
export interface SignatureBatch {
  /** One for each transaction, in order. */
  readonly wtxids: readonly Wtxid[];
  /** Index into `wtxids` of each check, ascending. */
  readonly owners: Uint32Array;
  /** For each check: key 32 ‖ signature 64 ‖ txid 32 (byte order of the hash function). */
  readonly checks: Uint8Array;
}

/** `not-run`: a worker died. That is trouble, never a verdict. */
export type VerifyOutcome = 'valid' | 'invalid' | 'not-run';

export interface VerifyResult {
  readonly wtxid: Wtxid;
  readonly outcome: VerifyOutcome;
}

/** How the miner works. */
export type MiningMode =
  | { readonly type: 'off' }
  | { readonly type: 'continuous' }
  /** One block, then rest until `seconds` after the last one that we mined. */
  | { readonly type: 'interval'; readonly seconds: number };

export interface NumberedCommand {
  readonly id: number;
  readonly command: Command;
}

/** Writes. They enter as an input and are answered by a `reply` with the same id. */
export type Command =
  | {
      readonly type: 'set-mining';
      readonly mode: MiningMode;
      readonly threads: number | undefined;
      readonly cpuPercent: number | undefined;
    }
  /** `count` blocks now; only where the network's target is fixed. */
  | { readonly type: 'generate'; readonly count: number }
  /** Whole transactions, parents before children, checked as if a peer had sent them. */
  | { readonly type: 'submit-transactions'; readonly transactions: readonly Uint8Array[] }
  /** A whole block, checked as if a peer had sent it. */
  | { readonly type: 'submit-block'; readonly bytes: Uint8Array }
  | { readonly type: 'connect'; readonly address: NetAddress };

export type Reply =
  | { readonly type: 'mining'; readonly mode: MiningMode }
  | { readonly type: 'generated'; readonly hashes: readonly BlockHash[] }
  | { readonly type: 'submitted'; readonly hash: BlockHash; readonly isNew: boolean }
  | { readonly type: 'transactions'; readonly outcomes: readonly SubmittedTransaction[] }
  | { readonly type: 'connecting' };

/** What became of one transaction: it waits for a block now, or why not. */
export interface SubmittedTransaction {
  /** `undefined` where the bytes are no transaction. */
  readonly txid: Txid | undefined;
  readonly wtxid: Wtxid | undefined;
  readonly reject: MempoolReject | undefined;
}

export type CommandProblem =
  | { readonly code: 'stopping' }
  | { readonly code: 'target-not-fixed' }
  | { readonly code: 'busy'; readonly what: string }
  | { readonly code: 'rejected'; readonly reject: Reject };

/** What the hashing threads did since the start of the program. */
export interface HashingFigures {
  readonly hashes: number;
  /** Of these: at most so many on a job while there was a newer one. */
  readonly staleHashes: number;
  /** From a job that is written until all threads, which were running, hash on it. */
  readonly interrupts: Distribution;
}

/** Durations, counted as Prometheus' histograms do. */
export interface Distribution {
  /** Upper bounds, ascending, in seconds; how many durations are at most that long. */
  readonly buckets: readonly { readonly seconds: number; readonly count: number }[];
  /** Of all durations, also those above the last bound. */
  readonly count: number;
  readonly sumSeconds: number;
}

/**
 * What a node tells: to the log, the API and metrics. A hint: whoever keeps an index walks the
 * chain itself.
 */
export type NodeEvent =
  | ChainEvent
  /** Many blocks are missing to the best header; told once a second until `synced`. */
  | { readonly type: 'syncing'; readonly height: number; readonly headerHeight: number }
  | { readonly type: 'synced'; readonly height: number }
  | { readonly type: 'block-mined'; readonly hash: BlockHash; readonly height: number }
  | { readonly type: 'rejected'; readonly what: 'header' | 'block'; readonly reject: Reject }
  | { readonly type: 'peer-ready'; readonly peer: PeerSummary }
  | {
      readonly type: 'peer-gone';
      readonly peer: PeerSummary;
      readonly reason: DisconnectReason;
      /** What happened, with both sides' values where they differ. */
      readonly sentence: string;
    }
  | { readonly type: 'tracker'; readonly state: 'answered' | 'lost'; readonly address: NetAddress }
  /** Something that the operator should read; `code` is stable, `sentence` says what to do. */
  | { readonly type: 'notice'; readonly code: string; readonly sentence: string };

/**
 * In the order in which they happened; after a reorganisation all of its events come in one batch.
 */
export type ChainEvent =
  | { readonly type: 'block-disconnected'; readonly hash: BlockHash; readonly height: number }
  | { readonly type: 'block-connected'; readonly hash: BlockHash; readonly height: number }
  | { readonly type: 'tip-changed'; readonly hash: BlockHash; readonly height: number }
  | {
      readonly type: 'reorganised';
      readonly from: BlockHash;
      readonly to: BlockHash;
      readonly fork: BlockHash;
      /** Blocks that left the active chain. */
      readonly depth: number;
    };

/**
 * How much waits, or is remembered, in a node. Of what is kept for each peer: the most of one of
 * them.
 */
export interface QueueSizes {
  /** Of nodes, ready or not, in both directions. */
  readonly connections: number;
  readonly bans: number;
  /** Addresses that may be dialed. */
  readonly candidates: number;
  /** Blocks that one peer was asked for. */
  readonly blocksInFlight: number;
  /** Questions of one peer that were not answered yet. */
  readonly questions: number;
  /** Headers that one peer is known to have, without their ancestors. */
  readonly heads: number;
  /** Headers of one peer that wait for their time. */
  readonly futureHeaders: number;
  /** Bytes of all branches that are read for the first time. */
  readonly presyncBytes: number;
  /** Blocks of which the sender is remembered. */
  readonly senders: number;
  readonly decodedBlocks: number;
  readonly decodedBytes: number;
  readonly signatureChecks: number;
  /** Templates that a find may still be for. */
  readonly templates: number;
  /** Transactions that wait for a block, and their bytes. */
  readonly waiting: number;
  readonly waitingBytes: number;
  /** Transactions that are being looked at. */
  readonly intake: number;
  readonly orphans: number;
  /** Transactions that one peer announced and that we may want. */
  readonly announced: number;
}

export interface PeerSummary {
  readonly address: NetAddress;
  readonly direction: 'inbound' | 'outbound';
  readonly agent: string;
}
