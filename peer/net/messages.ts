/** Hands each message to the part that it is for. */

import { assertNever } from '../../shared/assert.js';
import { HEADER_BYTES, headerHash } from '../../shared/consensus/header.js';
import type { BlockHash, Now } from '../../shared/units.js';
import type { PeerMessage } from '../../shared/wire/peerMessages.js';
import type { BlockServer } from './blockServer.js';
import type { CompactBlocks } from './compactBlocks.js';
import type { CompactPush } from './compactPush.js';
import type { SessionMessage } from './contacts.js';
import type { Downloads } from './downloads.js';
import type { ProofServer } from './proofServer.js';
import type { Session } from './session.js';
import type { Sync } from './sync.js';
import type { TxRelay } from './txRelay.js';

export interface MessagesDependencies {
  readonly sync: Sync;
  readonly downloads: Downloads;
  readonly compact: CompactBlocks;
  readonly compactPush: CompactPush;
  readonly server: BlockServer;
  readonly txRelay: TxRelay;
  readonly proofs: ProofServer;
}

export class Messages {
  readonly #parts: MessagesDependencies;

  constructor(dependencies: MessagesDependencies) {
    this.#parts = dependencies;
  }

  onMessage(session: Session, { message, arrival }: SessionMessage, now: Now): void {
    if (arrival === 'asked' && !this.#isAsked(session, message)) {
      session.breach('message-unexpected');
    } else this.#handle(session, message, now);
  }

  /** Whether a message that may only come as an answer is one. */
  #isAsked(session: Session, message: PeerMessage): boolean {
    const { sync, downloads, compact } = this.#parts;
    switch (message.type) {
      case 'headers':
        return sync.isAsked(session);
      case 'block':
        return downloads.isAsked(session, hashOf(message.block));
      case 'notFound':
        return downloads.isAsked(session, message.hash);
      case 'blockTransactions':
        return compact.isAsked(session, message.hash);
      case 'transactions':
        // Each of them is looked up when it is decoded; an answer to nothing has none.
        return message.transactions.length + message.missing.length > 0;
      default:
        return false;
    }
  }

  #handle(session: Session, message: PeerMessage, now: Now): void {
    const { sync, server, txRelay, proofs } = this.#parts;
    switch (message.type) {
      case 'ping':
      case 'pong':
      case 'proofs':
        return;
      case 'getHeaders':
        server.onGetHeaders(session, message);
        return;
      case 'headers':
        sync.onHeaders(session, message.headers, now);
        return;
      case 'getBlocks':
        server.onGetBlocks(session, message.hashes);
        return;
      case 'newHeaders':
        this.#onPush(session, message.headers, now);
        return;
      case 'inv':
        txRelay.onInv(session, message.wtxids);
        return;
      case 'getTransactions':
        server.onGetTransactions(session, message.wtxids);
        return;
      case 'transactions':
        txRelay.onTransactions(session, message);
        return;
      case 'getProofs':
        proofs.onGetProofs(session, message);
        return;
      default:
        this.#onBodies(session, message, now);
    }
  }

  #onPush(session: Session, headers: Uint8Array, now: Now): void {
    const { sync, compact } = this.#parts;
    if (sync.onNewHeaders(session, headers, now)) compact.suppliers.onFirst(session);
  }

  /** A push like any other; of those whom we asked for it we take what comes with it. */
  #onCompact(session: Session, message: Compact, now: Now): void {
    const { compact } = this.#parts;
    const isAsked = compact.suppliers.has(session);
    this.#onPush(session, message.header, now);
    if (isAsked && session.isReady) compact.onBlock(session, message, now);
  }

  /** What brings bodies, whole or in parts. */
  #onBodies(session: Session, message: OfBodies, now: Now): void {
    const { downloads, compact, compactPush, server } = this.#parts;
    switch (message.type) {
      case 'block': {
        const hash = hashOf(message.block);
        compact.onAnswered(session, hash);
        downloads.onBlock(session, hash, message.block, now);
        return;
      }
      case 'notFound':
        compact.onAnswered(session, message.hash);
        downloads.onNotFound(session, message.hash, now.mono);
        return;
      case 'compactWanted':
        compactPush.onWanted(session, message.key);
        return;
      case 'compactBlock':
        this.#onCompact(session, message, now);
        return;
      case 'getBlockTransactions':
        server.onGetBlockTransactions(session, message);
        return;
      case 'blockTransactions':
        compact.onRest(session, message, now);
        return;
      default:
        assertNever(message);
    }
  }
}

type Compact = Extract<PeerMessage, { type: 'compactBlock' }>;
type OfBodies = Extract<
  PeerMessage,
  {
    type:
      | 'block'
      | 'notFound'
      | 'compactWanted'
      | 'compactBlock'
      | 'getBlockTransactions'
      | 'blockTransactions';
  }
>;

const hashOf = (block: Uint8Array): BlockHash => headerHash(block.subarray(0, HEADER_BYTES));
