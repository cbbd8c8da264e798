/**
 * Real downloads with a real chain and real sessions, between which a test carries every frame by
 * hand and at its own time; and what a naive observer notes of it.
 */

import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import type { HeaderEntry } from '../../../peer/chain/headerEntry.js';
import { Downloads } from '../../../peer/net/downloads.js';
import { Identity } from '../../../peer/net/identity.js';
import { Knowledge } from '../../../peer/net/knowledge.js';
import { Outbox } from '../../../peer/net/outbox.js';
import { Session, type SessionEvent } from '../../../peer/net/session.js';
import { HEADER_BYTES, headerHash } from '../../../shared/consensus/header.js';
import { seededRng } from '../../../shared/rng.js';
import type { BlockHash, MonoMs, NodeKey, Now, PeerId } from '../../../shared/units.js';
import { Link } from '../../../shared/wire/link.js';
import { peerProtocol, type PeerMessage, type PeerRow } from '../../../shared/wire/peerMessages.js';
import { testEntropy } from '../../../lab/sim/worldNode.js';
import { makeNetwork, type MadeBlock } from '../../support/blocks.js';
import { LATE, memoryStore } from '../../support/chains.js';
import { side } from '../../support/hellos.js';

export const network = makeNetwork();
const protocol = peerProtocol(network.params.blockBytesMax);

/** Blocks from the first after genesis to some end. */
export type Branch = readonly MadeBlock[];

/** What an observer knows of one peer. */
export interface Seen {
  readonly session: Session;
  readonly link: Link<PeerRow>;
  /** What it showed: it has these branches whole. */
  readonly shown: Set<Branch>;
  /** What it was asked for and has not answered. */
  readonly owed: Set<BlockHash>;
  /** Of these what it owed when it was slow: others may be asked for it, too. */
  readonly late: Set<BlockHash>;
  /** What it said it does not have, and since when. */
  readonly lacked: Map<BlockHash, number>;
  /** When it last answered, or was asked with nothing to answer. */
  answeredAt: number;
  /** It was silent for two seconds since its last answer, while it owed one. */
  isSlow: boolean;
}

/** A peer may be silent for so long. */
const STALL_MIN_MS = 2_000;

export class DownloadsWorld {
  readonly branches: readonly Branch[];
  readonly chain: Chain;
  readonly downloads: Downloads;
  readonly peers: Seen[] = [];
  /** Reasons for which sessions ended. */
  readonly endings: string[] = [];
  /** Called with the blocks that a peer is asked for, before that is noted. */
  onAsked: (peer: Seen, hashes: readonly BlockHash[]) => void = () => undefined;
  ms = 1_000;
  readonly #store = memoryStore(network);
  readonly #knowledge = new Knowledge();
  readonly #outbox = new Outbox();
  readonly #blocks: ReadonlyMap<BlockHash, MadeBlock>;
  #ending: Session[] = [];
  #count = 0;

  /** The chain has the headers of all `branches`, and no body. */
  constructor(branches: readonly Branch[]) {
    this.branches = branches;
    this.#blocks = new Map(branches.flat().map((made) => [made.block.hash, made]));
    this.chain = new Chain(network, this.#store);
    this.#store.atomically(() => {
      for (const { bytes } of this.#blocks.values()) {
        this.chain.acceptHeader(bytes.subarray(0, HEADER_BYTES), LATE);
      }
    });
    const parts = { chain: this.chain, knowledge: this.#knowledge, outbox: this.#outbox };
    this.downloads = new Downloads(parts);
  }

  get now(): Now {
    return { mono: this.ms as MonoMs, unix: LATE };
  }

  entry(hash: BlockHash): HeaderEntry {
    return this.chain.entry(hash) ?? expect.fail('the chain has all headers');
  }

  /** A peer comes, and shakes hands. */
  join(direction: 'inbound' | 'outbound'): Seen {
    const session = this.#session(direction);
    const seen: Seen = {
      ...{ session, link: new Link(protocol, side('caller')) },
      ...{ shown: new Set(), owed: new Set(), late: new Set(), lacked: new Map() },
      ...{ answeredAt: this.ms, isSlow: false },
    };
    this.peers.push(seen);
    for (const frame of seen.link.start()) this.#receive(seen, frame);
    while (!session.isReady) this.#carry();
    this.downloads.onReady(session, this.now.mono);
    return seen;
  }

  show(peer: Seen, branch: Branch): void {
    peer.shown.add(branch);
    const { hash } = branch.at(-1)?.block ?? network.genesis;
    this.#knowledge.onShown(peer.session.peer, this.entry(hash));
  }

  /** `peer` answers about one block that it owes: with its body, or another's, or with nothing. */
  answer(peer: Seen, hash: BlockHash, how: 'block' | 'mutated' | 'not-found'): void {
    const made = this.#blocks.get(hash) ?? expect.fail('a block of a branch');
    const other = this.branches[0]?.find((one) => one !== made) ?? made;
    const mutated = new Uint8Array([
      ...made.bytes.subarray(0, HEADER_BYTES),
      ...other.bytes.subarray(HEADER_BYTES),
    ]);
    const block = how === 'mutated' ? mutated : made.bytes;
    if (how === 'not-found') peer.lacked.set(hash, this.ms);
    this.#onAnswered(peer, hash);
    this.#say(peer, how === 'not-found' ? { type: 'notFound', hash } : { type: 'block', block });
  }

  /** The connection is gone. */
  leave({ session }: Seen): void {
    session.onClosed();
  }

  /** The chain connects some of what it has; true when there is more. */
  advance(): boolean {
    const { events, more } = this.#store.atomically(() => this.chain.advance());
    for (const event of events) {
      if (event.type === 'block-connected') this.downloads.onConnected(event.hash);
    }
    return more;
  }

  /** The last thing in each step: what follows from what happened and from the time. */
  settle(): void {
    for (const peer of this.peers) this.#noteSilence(peer);
    this.downloads.settle(this.now.mono);
    this.#carry();
    if (this.#endSessions()) {
      this.downloads.settle(this.now.mono);
      this.#carry();
    }
  }

  #noteSilence(peer: Seen): void {
    if (peer.owed.size === 0 || this.ms - peer.answeredAt < STALL_MIN_MS) return;
    peer.isSlow = true;
  }

  #onAnswered(peer: Seen, hash: BlockHash): void {
    if (peer.isSlow) for (const owed of peer.owed) peer.late.add(owed);
    peer.owed.delete(hash);
    peer.late.delete(hash);
    Object.assign(peer, { answeredAt: this.ms, isSlow: false });
  }

  /** As net.ts does it. */
  #endSessions(): boolean {
    const ending = this.#ending.splice(0);
    for (const session of ending) {
      this.downloads.onGone(session);
      this.#knowledge.onGone(session.peer);
      const at = this.peers.findIndex((peer) => peer.session === session);
      this.peers.splice(at, 1);
      this.endings.push(session.ending?.reason ?? '');
    }
    return ending.length > 0;
  }

  #say(peer: Seen, message: PeerMessage): void {
    this.#receive(peer, peer.link.encode(message));
  }

  #receive(peer: Seen, bytes: Uint8Array): void {
    for (const event of peer.session.receive(bytes.slice(), this.now.mono)) {
      this.#onEvent(peer, event);
    }
  }

  /** As net.ts does it. */
  #onEvent({ session }: Seen, event: SessionEvent): void {
    if (event.type === 'ready') return;
    const { message } = event;
    this.#store.atomically(() => {
      if (message.type === 'notFound') {
        this.downloads.onNotFound(session, message.hash, this.now.mono);
      } else if (message.type === 'block') {
        const hash = headerHash(message.block.subarray(0, HEADER_BYTES));
        expect(this.downloads.isAsked(session, hash)).to.equal(true);
        this.downloads.onBlock(session, hash, message.block, this.now);
      }
    });
  }

  /** Takes what the sessions sent to the other sides. */
  #carry(): void {
    for (const effect of this.#outbox.take()) {
      if (effect.type !== 'send') continue;
      const peer = this.peers.find(({ session }) => session.peer === effect.peer);
      if (peer === undefined) continue;
      for (const event of peer.link.receive(effect.bytes)) {
        if (event.type === 'send') this.#receive(peer, event.frame);
        if (event.type === 'message' && event.message.type === 'getBlocks') {
          this.#onGetBlocks(peer, event.message.hashes);
        }
      }
    }
  }

  #onGetBlocks(peer: Seen, hashes: readonly BlockHash[]): void {
    // Whether what it owes is late is not told: nobody else may have had room for it, or have it.
    const isIdle = peer.owed.size === 0;
    this.onAsked(peer, hashes);
    for (const hash of hashes) peer.owed.add(hash);
    if (isIdle) peer.answeredAt = this.ms;
  }

  #session(direction: 'inbound' | 'outbound'): Session {
    const number = ++this.#count;
    const entropy = testEntropy(seededRng(number));
    const nodeKey = '00'.repeat(32) as NodeKey;
    const facts = {
      ...{ peer: number as PeerId, direction, since: this.now.mono, sinceUnix: this.now.unix },
      ...{ address: { host: `10.0.0.${String(number)}`, port: 6_000 }, toldWork: 0n },
    };
    const { id } = network;
    const told = { nodeKey, network: id, service: 'peer', listenPort: 0, agent: '' } as const;
    return new Session(facts, side('called'), {
      protocol,
      identity: new Identity(told, { entropy, sign: () => new Uint8Array(64) }),
      outbox: this.#outbox,
      rng: seededRng(number),
      onPing: () => undefined,
      onEnding: (session) => this.#ending.push(session),
    });
  }
}
