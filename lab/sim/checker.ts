/**
 * What must hold, looked at from outside: after each step what is cheap, at rest everything. Knows
 * the participants and what they tell, not how they work.
 */

import { decodeBlock } from '../../shared/consensus/block.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import { REJECTS } from '../../shared/consensus/reject.js';
import { DISCONNECT_REASONS } from '../../shared/wire/disconnect.js';
import type { HeaderEntry } from '../../peer/chain/headerEntry.js';
import { isUnreadable } from '../../peer/storage/chainTrouble.js';
import { standingIn } from '../../peer/storage/snapshot.js';
import { verifyChain } from '../../peer/storage/verifyChain.js';
import type { NodeEvent, QueueSizes } from '../../peer/types.js';
import { Broken } from './broken.js';
import type { Host } from './host.js';
import type { Participant } from './participant.js';
import { contentOf } from './content.js';
import { recount } from './recount.js';
import type { Sometimes } from './sometimes.js';
import type { Watcher } from './world.js';

interface Announced {
  readonly tip: HeaderEntry;
  readonly generation: number;
}

/** What one step of a node may send: an answer to each of its peers, twice over. */
const SENT_BYTES_MAX = 20_000_000;
/** Reorganisations after which everything is recounted, in a short chain. */
const RECOUNT_ONE_IN = 6;
/** To look at all queues costs as much as a step. */
const STEPS_A_LOOK = 16;
/** What docs/protocol.md and docs/operations.md promise, written down once more. */
export const QUEUES_MAX: QueueSizes = {
  connections: 157,
  bans: 1_000,
  candidates: 256,
  blocksInFlight: 16,
  questions: 322,
  heads: 8,
  futureHeaders: 16,
  presyncBytes: 125 * 600_000,
  senders: 4_096,
  decodedBlocks: 1_024,
  decodedBytes: 8_000_000,
  // A block that was begun is asked about whole.
  signatureChecks: 4_096 + 20_000,
  waiting: 100_000,
  waitingBytes: 64_000_000,
  intake: 51_000,
  orphans: 125 * 100,
  announced: 5_000,
  templates: 8,
};

interface Limits {
  readonly queues: QueueSizes;
  /** Of one step of a node. */
  readonly sentBytes: number;
}

const LIMITS: Limits = { queues: QUEUES_MAX, sentBytes: SENT_BYTES_MAX };

export class Checker implements Watcher {
  readonly #sometimes: Sometimes;
  readonly #participants: readonly Participant[];
  readonly #limits: Limits;
  /** The most work that each announced, since it last lost power or its disk. */
  readonly #best = new Map<Participant, Announced>();
  readonly #byHost = new Map<Host, Participant>();
  /** What was found right, by `contentOf`: at rest all have the same. */
  readonly #verified = new Set<string>();
  #steps = 0;
  #sinceRecount = 0;

  constructor(participants: readonly Participant[], sometimes: Sometimes, limits = LIMITS) {
    this.#participants = participants;
    this.#sometimes = sometimes;
    this.#limits = limits;
  }

  onStep(host: Host): void {
    const participant = this.#participantAt(host);
    const node = participant?.node;
    if (participant === undefined || node?.host !== host) return;
    if (++this.#steps % STEPS_A_LOOK === 0) checkQueues(participant, this.#limits.queues);
    if (host.sentBytesMax > this.#limits.sentBytes) {
      throw new Broken(`${nameOf(participant)} sent ${String(host.sentBytesMax)} bytes in a step`);
    }
    const { tip } = node.node.queries;
    const { generation } = participant;
    const before = this.#best.get(participant);
    if (before?.tip === tip) return;
    if (before?.generation === generation && tip.chainWork < before.tip.chainWork) {
      throw new Broken(`${nameOf(participant)} announced less work than before`);
    }
    this.#best.set(participant, { tip, generation });
  }

  onEvent(participant: Participant, event: NodeEvent): void {
    switch (event.type) {
      case 'reorganised':
        this.#sometimes.reached('fork');
        if (event.depth > 10) this.#sometimes.reached('reorganisation above 10');
        this.#recountSome(participant);
        return;
      case 'block-disconnected':
        if (hasSpends(participant.node?.node.queries.block(event.hash))) {
          this.#sometimes.reached('spend undone');
        }
        return;
      case 'peer-gone':
        this.#onGone(participant, event);
        if (event.reason === 'stalled') this.#sometimes.reached('stall rotated');
        if (event.reason === 'ping-timeout') this.#sometimes.reached('ping timed out');
        return;
      case 'rejected':
        if (REJECTS[event.reject.code].class !== 'mutated') return;
        this.#sometimes.reached('mutated body refused');
        return;
      case 'tracker':
        if (event.state === 'lost') this.#sometimes.reached('tracker lost');
        return;
      case 'notice':
        if (event.code.includes('clock')) this.#sometimes.reached('clock told');
        if (NEVER_TOLD.has(event.code)) {
          throw new Broken(`${nameOf(participant)} told what is not so: ${event.sentence}`);
        }
        return;
      default:
    }
  }

  /** The stored chain of `participant` is right, from genesis on; its coins are those of it. */
  checkDisk(participant: Participant): void {
    const snapshot = participant.disk.look();
    // Begun anew, and not started yet.
    if (snapshot.chain.state() === undefined) return;
    const content = contentIn(participant);
    if (content !== undefined && this.#verified.has(content)) return;
    const steps = verifyChain(snapshot);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    if (!step.value.ok) throw new Broken(`${nameOf(participant)}: ${step.value.error.problem}`);
    this.checkCoins(participant);
    let supply = 0n;
    for (const [, { amount }] of snapshot.chain.coins()) supply += BigInt(amount);
    const { params } = snapshot.network;
    if (supply > supplyMax(params, standingIn(snapshot).position.height)) {
      throw new Broken(`${nameOf(participant)} has more coins than the schedule makes`);
    }
    if (content !== undefined) this.#verified.add(content);
  }

  /** The stored coins are those that its stored blocks make, counted by a code of our own. */
  checkCoins(participant: Participant): void {
    const snapshot = participant.disk.look();
    if (snapshot.chain.state() === undefined) return;
    const flaw = recount(snapshot);
    if (flaw !== undefined) throw new Broken(`${nameOf(participant)}: ${flaw}`);
  }

  /** A long chain takes long to count. */
  #recountSome(participant: Participant): void {
    const height = participant.node?.height ?? 0;
    if (++this.#sinceRecount < RECOUNT_ONE_IN + Math.floor(height / 50)) return;
    this.#sinceRecount = 0;
    this.checkCoins(participant);
  }

  #onGone(participant: Participant, event: Extract<NodeEvent, { type: 'peer-gone' }>): void {
    const { reason, peer, sentence } = event;
    if (DISCONNECT_REASONS[reason].fault !== 'ban') return;
    if (this.#isHonest(peer.address.host)) {
      throw new Broken(`${nameOf(participant)} let an honest node go: ${sentence}`);
    }
    this.#sometimes.reached('liar found out');
    if (reason === 'invalid-block') this.#sometimes.reached('invalid block refused');
    if (/^(?:frame|message)-/u.test(reason)) this.#sometimes.reached('garbage cut off');
  }

  #isHonest(host: string): boolean {
    return this.#participants.some(({ address }) => address.host === host);
  }

  #participantAt(host: Host): Participant | undefined {
    const known = this.#byHost.get(host);
    if (known !== undefined) return known;
    const found = this.#participants.find(({ node }) => node?.host === host);
    if (found !== undefined) this.#byHost.set(host, found);
    return found;
  }
}

/**
 * Of what cannot be read, or where no program runs that says where it stands, `undefined`: to say
 * what is wrong is for the verification.
 */
function contentIn({ disk, node }: Participant): string | undefined {
  try {
    const queries = node?.node.queries;
    return queries && contentOf(disk.database, queries.tip, (hash) => queries.entry(hash));
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** Every queue of a running node is within its limit. */
export function checkQueues(participant: Participant, limits: QueueSizes): void {
  const sizes = participant.node?.node.queries.queues();
  if (sizes === undefined) return;
  let name: keyof QueueSizes;
  for (name in limits) {
    const max = limits[name];
    if (sizes[name] <= max) continue;
    const what = `${name}: ${String(sizes[name])} of at most ${String(max)}`;
    throw new Broken(`${nameOf(participant)} has a queue above its limit, ${what}`);
  }
}

/** All coins that there may be after `height` blocks: docs/protocol.md, written down once more. */
export function supplyMax(
  { allocations, subsidy, halvingInterval }: NetworkParams,
  height: number,
): bigint {
  let sum = allocations.reduce((total, { amount }) => total + BigInt(amount), 0n);
  for (let left = height, paid = BigInt(subsidy); left > 0; left -= halvingInterval, paid /= 2n) {
    sum += BigInt(Math.min(left, halvingInterval)) * paid;
  }
  return sum;
}

function hasSpends(bytes: Uint8Array | undefined): boolean {
  const decoded = bytes && decodeBlock(bytes);
  return decoded?.ok === true && decoded.value.transactions.some(({ inputs }) => inputs.length > 0);
}

export const nameOf = ({ number }: Participant): string => `node ${String(number)}`;

/** Nobody copies a data directory here. */
const NEVER_TOLD: ReadonlySet<string> = new Set(['copied-data-directory']);
