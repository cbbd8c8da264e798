/**
 * The last good neighbours, kept over a restart so that a node finds back without any tracker:
 * first those that we dialed and that stayed the longest, then those that dialed us, then those of
 * earlier times.
 */

import type { MonoMs } from '../../shared/units.js';
import { printNetAddress, type NetAddress } from '../../shared/wire/netAddress.js';
import type { Connections } from './connections.js';
import type { Outbox } from './outbox.js';
import type { Session } from './session.js';

/** Twice the outbound sessions that we want. */
const NEIGHBOURS_MAX = 16;
/** At most one write a while, whatever comes and goes. */
const WRITE_GAP_MS = 10_000;

export class Neighbours {
  readonly #connections: Connections;
  readonly #outbox: Outbox;
  #kept: readonly NetAddress[];
  #isChanged = false;
  #mayWriteAt = Number.NEGATIVE_INFINITY as MonoMs;

  constructor(
    kept: readonly NetAddress[],
    dependencies: { readonly connections: Connections; readonly outbox: Outbox },
  ) {
    this.#kept = kept;
    this.#connections = dependencies.connections;
    this.#outbox = dependencies.outbox;
  }

  /** A session became ready. Those that end are forgotten only when better ones came. */
  onReady(): void {
    this.#isChanged = true;
  }

  /** Writes what changed; called in each step. */
  settle(now: MonoMs): void {
    if (now < this.#mayWriteAt) return;
    if (this.#write()) this.#mayWriteAt = (now + WRITE_GAP_MS) as MonoMs;
  }

  /** Writes what waits for its time, while the sessions are still there. */
  stop(): void {
    this.#write();
  }

  nextWake(): MonoMs | undefined {
    return this.#isChanged ? this.#mayWriteAt : undefined;
  }

  /** Whether there was anything new. */
  #write(): boolean {
    if (!this.#isChanged) return false;
    this.#isChanged = false;
    const addresses = this.#best();
    if (addresses.map(printNetAddress).join() === this.#kept.map(printNetAddress).join()) {
      return false;
    }
    this.#kept = addresses;
    this.#outbox.put({ type: 'keep-neighbours', addresses });
    return true;
  }

  #best(): NetAddress[] {
    const sessions = [...this.#connections.peers()];
    sessions.sort((a, b) => rankOf(a) - rankOf(b) || (a.readyAt ?? 0) - (b.readyAt ?? 0));
    const byText = new Map<string, NetAddress>();
    for (const address of [...sessions.map((session) => session.listenAddress), ...this.#kept]) {
      if (address !== undefined && byText.size < NEIGHBOURS_MAX) {
        byText.set(printNetAddress(address), address);
      }
    }
    return [...byText.values()];
  }
}

const rankOf = ({ facts }: Session): number => (facts.direction === 'outbound' ? 0 : 1);
