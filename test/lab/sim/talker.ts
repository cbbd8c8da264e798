/** A machine at the end of a link that does as the test says, and keeps what it is told. */

import type { MonoMs, PeerId } from '../../../shared/units.js';
import type { NetAddress } from '../../../shared/wire/netAddress.js';
import type { Host, Machine, Message } from '../../../lab/sim/host.js';
import type { World } from '../../../lab/sim/world.js';

export class Talker implements Machine {
  readonly address: NetAddress;
  readonly host: Host;
  readonly told: Message[] = [];
  #effects: readonly Message[] = [];

  constructor(world: World, number: number) {
    this.address = { host: `10.2.0.${String(number)}`, port: 6_000 };
    this.host = world.add({ address: this.address, machine: this, perform: () => undefined });
  }

  handle(input: Message): readonly Message[] {
    if (input.type !== 'does') this.told.push(input);
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  nextWake(): MonoMs | undefined {
    return undefined;
  }

  dial(other: { readonly address: NetAddress }): void {
    this.#do({ type: 'dial', address: other.address });
  }

  /** So many bytes, or these, on its latest connection; it wants to hear when they are sent. */
  send(what: number | Uint8Array): void {
    const bytes = typeof what === 'number' ? new Uint8Array(what) : what;
    this.#do({ type: 'send', peer: this.peer, bytes, notify: true });
  }

  /** Does all of this in one step. */
  doAll(effects: readonly Message[]): void {
    this.#effects = effects;
    this.host.input({ type: 'does' });
  }

  disconnect(): void {
    this.#do({ type: 'disconnect', peer: this.peer, reason: 'not-needed' });
  }

  get peer(): PeerId | undefined {
    return this.of('connected').at(-1)?.['peer'] as PeerId | undefined;
  }

  /** What it was told of one type. */
  of(type: string): readonly Message[] {
    return this.told.filter((input) => input.type === type);
  }

  get receivedBytes(): number {
    const pieces = this.of('received').map(({ bytes }) => (bytes as Uint8Array).length);
    return pieces.reduce((sum, length) => sum + length, 0);
  }

  #do(effect: Message): void {
    this.doAll([effect]);
  }
}
