/**
 * What the registry knows of each peer, as columns of typed arrays: 61 bytes a slot, where a plain
 * object for each of 100,000 peers costs 700 (bench/tracker.ts).
 */

/**
 * `unverified`: not dialed since it started. `live`: may be handed out. `unreachable`: heard of,
 * not reached.
 */
export const PEER_STATES = ['unverified', 'live', 'unreachable'] as const;
export type PeerState = (typeof PEER_STATES)[number];

/** Where an address can be reached from: this machine, this site, everywhere. */
export const REACHES = ['loopback', 'private', 'public'] as const;
export type Reach = (typeof REACHES)[number];

export class PeerColumns {
  #keys = new Uint8Array(0);
  source = new Uint32Array(0);
  name = new Uint16Array(0);
  height = new Uint32Array(0);
  firstSeenUnix = new Uint32Array(0);
  lastSeenUnix = new Uint32Array(0);
  /** Monotonic milliseconds of the last announce. */
  heardAt = new Float64Array(0);
  /** Failed dials in a row, at most 255. */
  misses = new Uint8Array(0);
  #states = new Uint8Array(0);
  /** Bits of `FLAGS`. */
  #flags = new Uint8Array(0);
  #reaches = new Uint8Array(0);

  /** Makes room for slots below `capacity`. */
  reserve(capacity: number): void {
    if (capacity <= this.#states.length) return;
    this.#keys = grown(this.#keys, new Uint8Array(capacity * KEY_BYTES));
    this.source = grown(this.source, new Uint32Array(capacity));
    this.name = grown(this.name, new Uint16Array(capacity));
    this.height = grown(this.height, new Uint32Array(capacity));
    this.firstSeenUnix = grown(this.firstSeenUnix, new Uint32Array(capacity));
    this.lastSeenUnix = grown(this.lastSeenUnix, new Uint32Array(capacity));
    this.heardAt = grown(this.heardAt, new Float64Array(capacity));
    this.misses = grown(this.misses, new Uint8Array(capacity));
    this.#states = grown(this.#states, new Uint8Array(capacity));
    this.#flags = grown(this.#flags, new Uint8Array(capacity));
    this.#reaches = grown(this.#reaches, new Uint8Array(capacity));
  }

  /** A view of the node key in `slot`, valid until the next `reserve`. */
  nodeKey(slot: number): Uint8Array {
    return this.#keys.subarray(slot * KEY_BYTES, (slot + 1) * KEY_BYTES);
  }

  setNodeKey(slot: number, key: Uint8Array): void {
    this.#keys.set(key, slot * KEY_BYTES);
  }

  hasNodeKey(slot: number, key: Uint8Array): boolean {
    const offset = slot * KEY_BYTES;
    for (let i = 0; i < KEY_BYTES; i++) if (this.#keys[offset + i] !== key[i]) return false;
    return true;
  }

  state(slot: number): PeerState {
    return PEER_STATES[this.#states[slot] as number] as PeerState;
  }

  setState(slot: number, state: PeerState): void {
    this.#states[slot] = PEER_STATES.indexOf(state);
  }

  reach(slot: number): Reach {
    return REACHES[this.#reaches[slot] as number] as Reach;
  }

  setReach(slot: number, reach: Reach): void {
    this.#reaches[slot] = REACHES.indexOf(reach);
  }

  is(slot: number, flag: Flag): boolean {
    return ((this.#flags[slot] as number) & FLAGS[flag]) !== 0;
  }

  mark(slot: number, flag: Flag, value: boolean): void {
    const others = (this.#flags[slot] as number) & ~FLAGS[flag];
    this.#flags[slot] = value ? others | FLAGS[flag] : others;
  }

  /** Takes every flag off a slot that begins anew. */
  clearFlags(slot: number): void {
    this.#flags[slot] = 0;
  }
}

const KEY_BYTES = 32;

const FLAGS = {
  /** The address is not the one that the announce came from. */
  claimed: 1,
  /** Was live once since it registered, or before a restart. */
  proven: 2,
  /** Has announced itself since its first miss in a row. */
  heardSinceMiss: 4,
  /** Differs from what is stored. */
  dirty: 8,
} as const;
export type Flag = keyof typeof FLAGS;

function grown<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  from: T,
  into: T,
): T {
  into.set(from);
  return into;
}
