/**
 * Builds blocks that peers push compact: from what waits for a block here, and from what it asks
 * the sender for.
 *
 * - The sender may not have checked the body (it passes a block on when proof of work and Merkle
 *   root are right), so what is wrong with it is no fault of the sender.
 * - Two transactions with one short id give a wrong Merkle root: then, as whenever something does
 *   not fit, `downloads` fetches the whole block, and nobody is blamed. One look for each peer and
 *   block: what is false costs its sender a proof of work.
 * - Only what comes from the peers that we asked to push compact is looked at; of others the header
 *   counts.
 */

import { encodeBlock, encodedSize, type Block } from '../../shared/consensus/block.js';
import { decodeHeader, HEADER_BYTES, headerHash } from '../../shared/consensus/header.js';
import { decodeTransaction, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { BlockHash, Now, PeerId } from '../../shared/units.js';
import { REST_MAX, type PeerMessage } from '../../shared/wire/peerMessages.js';
import type { Chain } from '../chain/chain.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import type { MempoolChange } from '../mempool/mempool.js';
import { CompactSuppliers } from './compactSuppliers.js';
import type { Downloads } from './downloads.js';
import type { Outbox } from './outbox.js';
import type { Relay } from './relay.js';
import type { Session } from './session.js';
import {
  packPlaces,
  shortIdsUnder,
  unpackPlaces,
  unpackShortIds,
  type ShortId,
} from './shortIds.js';

export interface CompactBlocksDependencies {
  readonly chain: Chain;
  readonly downloads: Downloads;
  readonly outbox: Outbox;
  readonly relay: Pick<Relay, 'onNewBlock' | 'compact'>;
}

type CompactBlock = Extract<PeerMessage, { type: 'compactBlock' }>;
type Rest = Extract<PeerMessage, { type: 'blockTransactions' }>;

/** A block of which something was asked for. */
interface Partial {
  readonly header: Uint8Array;
  readonly transactions: (DecodedTransaction | undefined)[];
  /** Places of what is missing, ascending. */
  readonly missing: readonly number[];
}

/** Blocks of one peer that wait for the rest; for further ones the whole is asked for. */
const PARTIALS_MAX = 2;
/** Peers that are asked for the rest of one block: the first may never give it. */
const ASKED_FOR_ONE_MAX = 3;
/** Last blocks of one peer that were looked at: each costs its proof of work, and counts once. */
const TRIED_MAX = 16;

export class CompactBlocks {
  readonly suppliers: CompactSuppliers;
  readonly #parts: CompactBlocksDependencies;
  readonly #shortId: ReturnType<typeof shortIdsUnder>;
  /** What waits for a block. Of two with one short id the later one. */
  readonly #waiting = new Map<ShortId, DecodedTransaction>();
  readonly #partials = new Map<PeerId, Map<BlockHash, Partial>>();
  readonly #tried = new Map<PeerId, Set<BlockHash>>();

  /** `key`: 16 secret bytes, new at each start, so that nobody prepares a collision. */
  constructor(key: Uint8Array, dependencies: CompactBlocksDependencies) {
    this.#parts = dependencies;
    this.#shortId = shortIdsUnder(key);
    this.suppliers = new CompactSuppliers(key);
  }

  onGone(session: Session): void {
    this.suppliers.onGone(session);
    this.#parts.relay.compact.onGone(session);
    this.#partials.delete(session.peer);
    this.#tried.delete(session.peer);
  }

  /** Who came to wait for a block, and who left. */
  onChanges(changes: readonly MempoolChange[]): void {
    for (const { entry, departure } of changes) {
      const { tx } = entry;
      const id = this.#shortId(tx.wtxid);
      if (departure === undefined) this.#waiting.set(id, tx);
      else if (this.#waiting.get(id) === tx) this.#waiting.delete(id);
    }
  }

  /** Whether `session` owes us the rest of block `hash`. */
  isAsked({ peer }: Session, hash: BlockHash): boolean {
    return this.#partials.get(peer)?.has(hash) === true;
  }

  /** A push; its header was given to the chain. */
  onBlock(session: Session, message: CompactBlock, now: Now): void {
    const entry = this.#parts.chain.entry(headerHash(message.header));
    if (entry === undefined || !this.#isWanted(entry) || !this.#isFirstTry(session, entry)) return;
    const transactions = this.#fill(message);
    if (transactions === undefined) {
      session.breach('message-malformed', 'Its compact block has transactions where none can be.');
      return;
    }
    if (!this.#canFit(transactions)) return;
    const missing = transactions.flatMap((tx, place) => (tx === undefined ? [place] : []));
    const partial = { header: message.header, transactions, missing };
    if (missing.length === 0) this.#complete(entry, partial, now);
    else this.#askFor(session, entry, partial, now);
  }

  /** What `session` owed us. */
  onRest(session: Session, { hash, transactions }: Rest, now: Now): void {
    const partial = this.#partials.get(session.peer)?.get(hash);
    const entry = this.#parts.chain.entry(hash);
    this.onAnswered(session, hash);
    this.#parts.downloads.onRest(session, hash, now.mono);
    if (partial === undefined || entry === undefined) return;
    if (transactions.length !== partial.missing.length) {
      session.breach(
        'message-malformed',
        'It gave more or fewer transactions than were asked for.',
      );
      return;
    }
    for (const [i, bytes] of transactions.entries()) {
      const decoded = decodeTransaction(bytes);
      if (!decoded.ok) {
        session.breach('message-malformed', 'It gave bytes that are no transaction.');
        return;
      }
      partial.transactions[partial.missing[i] as number] = decoded.value;
    }
    if (!entry.hasBody && this.#canFit(partial.transactions)) this.#complete(entry, partial, now);
  }

  /** `session` gave the whole block instead, or has it no more. */
  onAnswered({ peer }: Session, hash: BlockHash): void {
    const partials = this.#partials.get(peer);
    partials?.delete(hash);
    if (partials?.size === 0) this.#partials.delete(peer);
  }

  #isWanted(entry: HeaderEntry): boolean {
    const isNext = entry.parent?.hasBody === true && entry.chainWork > this.#tipWork;
    return isNext && !entry.hasBody && entry.status !== 'invalid';
  }

  #isFirstTry({ peer }: Session, { hash }: HeaderEntry): boolean {
    const tried = this.#tried.get(peer) ?? new Set();
    if (tried.has(hash)) return false;
    const [oldest] = tried;
    if (tried.size >= TRIED_MAX && oldest !== undefined) tried.delete(oldest);
    this.#tried.set(peer, tried.add(hash));
    return true;
  }

  /** Whether each is there once, and all together in a block: one id may stand for a large one. */
  #canFit(transactions: readonly (DecodedTransaction | undefined)[]): boolean {
    const there = transactions.filter((tx) => tx !== undefined);
    const { blockBytesMax } = this.#parts.chain.network.params;
    return (
      new Set(there).size === there.length && encodedSize({ transactions: there }) <= blockBytesMax
    );
  }

  get #tipWork(): bigint {
    return this.#parts.chain.tip.chainWork;
  }

  /** What is at hand of a block, by place; `undefined`: it cannot be one. */
  #fill(message: CompactBlock): (DecodedTransaction | undefined)[] | undefined {
    const ids = unpackShortIds(message.shortIds);
    const count = ids.length + message.whole.length;
    const whole = wholeOf(message, count);
    if (whole === undefined) return undefined;
    const next = ids.values();
    return Array.from({ length: count }, (_, place) => {
      return whole.get(place) ?? this.#waiting.get(next.next().value as ShortId);
    });
  }

  #askFor(session: Session, entry: HeaderEntry, partial: Partial, now: Now): void {
    const partials = this.#partials.get(session.peer) ?? new Map<BlockHash, Partial>();
    const { hash } = entry;
    // The whole block is asked for by `downloads`.
    if (partial.missing.length > REST_MAX || partials.size >= PARTIALS_MAX) return;
    if (this.#askedFor(hash) >= ASKED_FOR_ONE_MAX) return;
    if (!this.#parts.downloads.claim(session, hash, now.mono)) return;
    this.#partials.set(session.peer, partials.set(hash, partial));
    const places = packPlaces(partial.missing);
    session.send({ type: 'getBlockTransactions', hash, places });
  }

  #askedFor(hash: BlockHash): number {
    let count = 0;
    for (const partials of this.#partials.values()) if (partials.has(hash)) count++;
    return count;
  }

  /** All of it is here; whether it fits, the Merkle root tells. */
  #complete(entry: HeaderEntry, { header, transactions }: Partial, now: Now): void {
    const block: Block = {
      header: decodeHeader(header.subarray(0, HEADER_BYTES)),
      hash: entry.hash,
      transactions: transactions as DecodedTransaction[],
    };
    const { chain, downloads, relay, outbox } = this.#parts;
    const accepted = chain.acceptBlock(encodeBlock(block), now.unix, block);
    if (accepted.ok) {
      downloads.onStored(entry.hash);
      relay.onNewBlock(entry, block);
    } else if (accepted.error.code !== 'bad-merkle-root') {
      outbox.tell({ type: 'rejected', what: 'block', reject: accepted.error });
    }
  }
}

/** By place in a block of `count` transactions, what comes whole; `undefined`: something else. */
function wholeOf(
  { places, whole }: CompactBlock,
  count: number,
): ReadonlyMap<number, DecodedTransaction> | undefined {
  const given = new Map<number, DecodedTransaction>();
  let last = -1;
  for (const [i, place] of unpackPlaces(places).entries()) {
    const bytes = whole[i];
    if (bytes === undefined || place <= last || place >= count) return undefined;
    const decoded = decodeTransaction(bytes);
    if (!decoded.ok) return undefined;
    given.set(place, decoded.value);
    last = place;
  }
  return given.size === whole.length ? given : undefined;
}
