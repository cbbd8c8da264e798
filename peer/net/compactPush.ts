/**
 * Pushes the newest block compact to the peers that want that, and gives them what they lack of it.
 *
 * Only the last block that was pushed is kept for their questions: who asks later asks for the
 * whole block.
 */

import { assertDefined } from '../../shared/assert.js';
import type { Block } from '../../shared/consensus/block.js';
import { encodeHeader } from '../../shared/consensus/header.js';
import type { PeerId, Wtxid } from '../../shared/units.js';
import type { PeerMessage } from '../../shared/wire/peerMessages.js';
import type { BlockSources } from './blockServer.js';
import type { Session } from './session.js';
import { packPlaces, packShortIds, shortIdsUnder, unpackPlaces, type ShortId } from './shortIds.js';

/** Inbound peers whose wish counts: each costs half a microsecond for each transaction. */
const INBOUND_MAX = 8;

interface Taker {
  readonly isInbound: boolean;
  readonly shortId: (wtxid: Wtxid) => ShortId;
}

export class CompactPush {
  readonly #takers = new Map<PeerId, Taker>();
  #last: Block | undefined;
  /** The last block without any other transaction than the coinbase. */
  #alone: { readonly block: Block; readonly message: PeerMessage } | undefined;

  /** What `session` wants from now on. */
  onWanted({ peer, facts }: Session, key: Uint8Array | undefined): void {
    this.#takers.delete(peer);
    if (key === undefined) return;
    const isInbound = facts.direction === 'inbound';
    if (isInbound && this.#inboundCount >= INBOUND_MAX) return;
    this.#takers.set(peer, { isInbound, shortId: shortIdsUnder(key) });
  }

  onGone({ peer }: Session): void {
    this.#takers.delete(peer);
  }

  /** Whether `session` gets blocks compact. */
  isFor({ peer }: Session): boolean {
    return this.#takers.has(peer);
  }

  /** Pushes `block` to `session`; false when it has to be told in another way. */
  push(session: Session, block: Block): boolean {
    const taker = this.#takers.get(session.peer);
    if (taker === undefined) return false;
    this.#last = block;
    session.send(this.#messageOf(block, taker));
    return true;
  }

  /** A block of its coinbase alone is the same for all: encoded once. */
  #messageOf(block: Block, { shortId }: Taker): PeerMessage {
    if (block.transactions.length > 1) return compactOf(block, shortId);
    if (this.#alone?.block !== block) this.#alone = { block, message: compactOf(block, shortId) };
    return this.#alone.message;
  }

  /** The transactions at `places` of the last block, if it is `hash` and has them all. */
  readonly rest: BlockSources['rest'] = (hash, places) => {
    const block = this.#last;
    if (block?.hash !== hash) return undefined;
    const wanted = unpackPlaces(places);
    const bytes = wanted.flatMap((place) => block.transactions[place]?.bytes ?? []);
    return bytes.length === wanted.length ? bytes : undefined;
  };

  get #inboundCount(): number {
    let count = 0;
    for (const { isInbound } of this.#takers.values()) if (isInbound) count++;
    return count;
  }
}

/** The coinbase comes whole: nobody else can have it. */
function compactOf({ header, transactions }: Block, shortId: Taker['shortId']): PeerMessage {
  const [coinbase, ...others] = transactions;
  return {
    type: 'compactBlock',
    header: encodeHeader(header),
    shortIds: packShortIds(others.map(({ wtxid }) => shortId(wtxid))),
    places: packPlaces([0]),
    whole: [assertDefined(coinbase, 'a block has a coinbase').bytes],
  };
}
