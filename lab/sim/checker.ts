/**
 * What must hold, looked at from outside: after each step what is cheap, at rest everything. Knows
 * the participants and what they tell, not how they work.
 */

import { scheduleTotal } from '../../shared/consensus/subsidy.js';
import { DISCONNECT_REASONS } from '../../shared/wire/disconnect.js';
import type { HeaderEntry } from '../../peer/chain/headerEntry.js';
import { verifyChain } from '../../peer/storage/verifyChain.js';
import type { NodeEvent } from '../../peer/types.js';
import type { Host } from './host.js';
import type { Participant } from './participant.js';
import type { Sometimes } from './sometimes.js';
import type { Watcher } from './world.js';

/** A property that does not hold. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

interface Announced {
  readonly tip: HeaderEntry;
  readonly generation: number;
}

/** What one step of a node may send: an answer to each of its peers, twice over. */
const SENT_BYTES_MAX = 20_000_000;

export class Checker implements Watcher {
  readonly #sometimes: Sometimes;
  readonly #participants: readonly Participant[];
  /** The most work that each announced, since it last lost power or its disk. */
  readonly #best = new Map<Participant, Announced>();
  readonly #byHost = new Map<Host, Participant>();

  constructor(participants: readonly Participant[], sometimes: Sometimes) {
    this.#participants = participants;
    this.#sometimes = sometimes;
  }

  onStep(host: Host): void {
    const participant = this.#participantAt(host);
    const node = participant?.node;
    if (participant === undefined || node?.host !== host) return;
    const { tip } = node.node.queries;
    const { generation } = participant;
    const before = this.#best.get(participant);
    if (before?.tip === tip) return;
    if (before?.generation === generation && tip.chainWork < before.tip.chainWork) {
      throw new Broken(`${nameOf(participant)} announced less work than before`);
    }
    this.#best.set(participant, { tip, generation });
    if (host.sentBytesMax > SENT_BYTES_MAX) {
      throw new Broken(`${nameOf(participant)} sent ${String(host.sentBytesMax)} bytes in a step`);
    }
  }

  onEvent(participant: Participant, event: NodeEvent): void {
    switch (event.type) {
      case 'reorganised':
        this.#sometimes.reached('fork');
        if (event.depth > 10) this.#sometimes.reached('reorganisation above 10');
        return;
      case 'peer-gone':
        this.#onGone(participant, event);
        if (event.reason === 'stalled') this.#sometimes.reached('stall rotated');
        if (event.reason === 'ping-timeout') this.#sometimes.reached('ping timed out');
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
    const steps = verifyChain(snapshot);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    if (!step.value.ok) throw new Broken(`${nameOf(participant)}: ${step.value.error.problem}`);
    let supply = 0n;
    for (const [, { amount }] of snapshot.chain.coins()) supply += BigInt(amount);
    const { params } = snapshot.network;
    const allocated = params.allocations.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    if (supply > scheduleTotal(params) + allocated) {
      throw new Broken(`${nameOf(participant)} has more coins than the schedule makes`);
    }
  }

  #onGone(participant: Participant, event: Extract<NodeEvent, { type: 'peer-gone' }>): void {
    const { reason, peer, sentence } = event;
    if (DISCONNECT_REASONS[reason].fault !== 'ban') return;
    if (this.#isHonest(peer.address.host)) {
      throw new Broken(`${nameOf(participant)} let an honest node go: ${sentence}`);
    }
    this.#sometimes.reached('liar found out');
    if (reason === 'invalid-block') this.#sometimes.reached('invalid block refused');
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

export const nameOf = ({ number }: Participant): string => `node ${String(number)}`;

/** Nobody copies a data directory here. */
const NEVER_TOLD: ReadonlySet<string> = new Set(['copied-data-directory']);
