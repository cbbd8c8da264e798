/**
 * Whom we do not talk to for a while, because it broke a rule that every honest node keeps.
 *
 * A ban names an address *and* a node key. The address alone would ban a class room behind one
 * router, or every node on this machine; the key alone could be made anybody's by whoever relays a
 * plain TCP connection. Who changes keys comes in again, at the price of a handshake for each
 * breach.
 */

import type { MonoMs, NodeKey } from '../../shared/units.js';

const BAN_MS = 3_600_000;
/** The oldest is forgotten for one more (CVE-2020-14198): 1,000 of them take about 200 kB. */
const BANS_MAX = 1_000;

export class Bans {
  /** When each ends, oldest first. */
  readonly #endsAt = new Map<string, MonoMs>();

  get size(): number {
    return this.#endsAt.size;
  }

  add(host: string, nodeKey: NodeKey, now: MonoMs): void {
    const ban = nameOf(host, nodeKey);
    this.#endsAt.delete(ban);
    this.#endsAt.set(ban, (now + BAN_MS) as MonoMs);
    const [oldest] = this.#endsAt.keys();
    if (this.#endsAt.size > BANS_MAX && oldest !== undefined) this.#endsAt.delete(oldest);
  }

  has(host: string, nodeKey: NodeKey, now: MonoMs): boolean {
    if (this.#endsAt.size === 0) return false;
    const endsAt = this.#endsAt.get(nameOf(host, nodeKey));
    return endsAt !== undefined && now < endsAt;
  }
}

const nameOf = (host: string, nodeKey: NodeKey): string => `${host} ${nodeKey}`;
