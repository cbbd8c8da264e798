/** What an announce does to the registry, and what it is answered. */

import { assertDefined } from '../shared/assert.js';
import type { Now } from '../shared/units.js';
import type { TrackerMessage } from '../shared/wire/trackerMessages.js';
import { checkAnnouncement, type Listener, type Origin } from './announce.js';
import { encodeAnnounced } from './announcedFrame.js';
import type { Outbox } from './outbox.js';
import type { Claim } from './registry/peer.js';
import type { AnnounceRefusal } from './types.js';
import type { Verifier } from './verifier.js';

export type AnnounceMessage = Extract<TrackerMessage, { readonly type: 'announce' }>;

/** Who announces over one connection. */
export interface Announcer {
  readonly origin: Origin;
  /**
   * Number of its network; `undefined` for clients and for peers of none yet, which may not
   * announce.
   */
  readonly network: number | undefined;
  /** Number of the network that its hello names, whatever it is; `undefined`: it is not served. */
  readonly asksAbout: number | undefined;
  /** 32 bytes. */
  readonly nodeKey: Uint8Array;
  readonly name: string;
  readonly height: number;
  /** Where it last said that it listens. */
  listener: Listener | undefined;
}

export interface AnnouncementsDependencies {
  readonly verifier: Verifier;
  readonly outbox: Outbox;
}

export class Announcements {
  readonly #verifier: Verifier;
  readonly #outbox: Outbox;

  constructor({ verifier, outbox }: AnnouncementsDependencies) {
    this.#verifier = verifier;
    this.#outbox = outbox;
  }

  /** The frame that answers `message`. */
  answer(announcer: Announcer, message: AnnounceMessage, now: Now): Uint8Array {
    const network = assertDefined(announcer.network, 'only peers of a network announce');
    const found = this.#take(announcer, network, message, now);
    if (typeof found === 'string') {
      this.#outbox.tell({ type: 'announce-refused', host: announcer.origin.host, why: found });
    }
    const slot = typeof found === 'number' ? found : undefined;
    const slots = this.#sample(announcer, network, slot, message);
    const isRefused = typeof found === 'string';
    return this.#encode(announcer, { slot, slots, isRefused, wanted: message.wanted }, now);
  }

  /** The frame that answers `getPeers`. */
  peersFor({ origin, nodeKey }: Announcer, network: number, wanted: number): Uint8Array {
    const { registry } = this.#verifier;
    const asker = { slot: undefined, nodeKey, reach: origin.reach };
    const slots = registry.sample(network, asker, wanted);
    const intervalSeconds = slots.length > 0 ? ASK_AGAIN_S : ASK_SOON_S;
    return encodeAnnounced(
      { intervalSeconds, observed: origin.address, reachable: 'unknown', slots },
      registry,
    );
  }

  /** The connection of `announcer` broke: its peer is dialed, to see whether it is gone. */
  onLost({ network, nodeKey, listener }: Announcer, now: Now): void {
    if (network === undefined || listener === undefined) return;
    const slot = this.#verifier.registry.find(network, listener.address, listener.port, nodeKey);
    if (slot !== undefined) this.#verifier.doubt(slot, now);
  }

  /** The slot in which the peer now is, `undefined` when it stopped, or why it was not taken in. */
  #take(
    announcer: Announcer,
    network: number,
    message: AnnounceMessage,
    now: Now,
  ): number | AnnounceRefusal | undefined {
    const checked = checkAnnouncement(announcer.origin, message);
    if (!checked.ok) return checked.error;
    const listener = checked.value;
    if (message.event === 'stopped') {
      this.#stop(announcer, network, listener, now);
      return undefined;
    }
    announcer.listener = listener;
    const claim: Claim = {
      network,
      address: listener.address,
      port: listener.port,
      isClaimed: listener.isClaimed,
      nodeKey: announcer.nodeKey,
      source: announcer.origin.source,
      reach: announcer.origin.reach,
      name: announcer.name,
      height: announcer.height,
    };
    return this.#verifier.announce(message.event, claim, now);
  }

  #stop(announcer: Announcer, network: number, { address, port }: Listener, now: Now): void {
    announcer.listener = undefined;
    const slot = this.#verifier.registry.find(network, address, port, announcer.nodeKey);
    if (slot !== undefined) this.#verifier.stop(slot, now);
  }

  #sample(
    { origin, nodeKey }: Announcer,
    network: number,
    slot: number | undefined,
    { wanted, event }: AnnounceMessage,
  ): readonly number[] {
    if (event === 'stopped') return [];
    return this.#verifier.registry.sample(network, { slot, nodeKey, reach: origin.reach }, wanted);
  }

  #encode({ origin }: Announcer, found: Found, now: Now): Uint8Array {
    const { registry, cadence } = this.#verifier;
    const { slot, slots, isRefused, wanted } = found;
    const state = slot === undefined ? undefined : registry.state(slot);
    const ageSeconds = slot === undefined ? 0 : registry.ageSeconds(slot, now);
    const answerState = { state, ageSeconds, wantsMore: slots.length < wanted };
    const intervalSeconds = cadence.answerSeconds(registry.count, answerState);
    const reachable = isRefused ? 'refused' : REACHABLE[state ?? 'unverified'];
    return encodeAnnounced(
      { intervalSeconds, observed: origin.address, reachable, slots },
      registry,
    );
  }
}

/** When a client that got peers, or none yet, should ask again. */
const ASK_AGAIN_S = 60;
const ASK_SOON_S = 2;

const REACHABLE = { unverified: 'unknown', live: 'yes', unreachable: 'no' } as const;

interface Found {
  readonly slot: number | undefined;
  readonly slots: readonly number[];
  readonly isRefused: boolean;
  readonly wanted: number;
}
