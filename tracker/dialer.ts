/**
 * The connections that the tracker makes: each to one registered peer, to see that others could. It
 * shakes hands for the peer's network, looks whether the expected node key is there, and pings.
 *
 *   dialing → shaking hands → pinged → reached
 *   any of them → missed        on a refusal, a breach, another key, or after the deadline
 */

import { assertDefined } from '../shared/assert.js';
import type { MonoMs, Now, PeerId } from '../shared/units.js';
import type { DialProblem } from '../shared/wire/connection.js';
import type { DisconnectReason } from '../shared/wire/disconnect.js';
import type { Hello } from '../shared/wire/handshakeMessages.js';
import { Link, type LinkEvent } from '../shared/wire/link.js';
import { type NetAddress, printNetAddress } from '../shared/wire/netAddress.js';
import { type TrackerRow, trackerProtocol } from '../shared/wire/trackerMessages.js';
import type { Identity } from './identity.js';
import type { Outbox } from './outbox.js';
import type { Dial, Verifier } from './verifier.js';

export interface DialerDependencies {
  readonly identity: Identity;
  readonly verifier: Verifier;
  readonly outbox: Outbox;
}

export class Dialer {
  readonly #dependencies: DialerDependencies;
  /** Dials that are no connection yet, by the address. */
  readonly #dialing = new Map<string, Dial>();
  readonly #calls = new Map<PeerId, Call>();

  constructor(dependencies: DialerDependencies) {
    this.#dependencies = dependencies;
  }

  has(peer: PeerId): boolean {
    return this.#calls.has(peer);
  }

  get count(): number {
    return this.#calls.size;
  }

  /** Makes the dials that are due. */
  dialDue(now: Now): void {
    const { verifier, outbox } = this.#dependencies;
    for (let dial = verifier.nextDial(now); dial !== undefined; dial = verifier.nextDial(now)) {
      this.#dialing.set(printNetAddress(dial.address), dial);
      outbox.dial(dial.address);
    }
  }

  /** `dialing → shaking hands`. */
  onConnected(peer: PeerId, address: NetAddress, now: Now): void {
    const { identity, outbox } = this.#dependencies;
    const dial = this.#takeDialing(address);
    const handshake = identity.caller(now, dial.network, (theirs) => refusalOf(theirs, dial));
    const link = new Link(trackerProtocol, handshake);
    const deadline = (now.mono + CALL_TIMEOUT_MS) as MonoMs;
    this.#calls.set(peer, { dial, link, deadline, theirs: undefined, pinged: undefined });
    for (const frame of link.start()) outbox.send(peer, frame);
  }

  /** `dialing → missed`. */
  onDialFailed(address: NetAddress, problem: DialProblem, now: Now): void {
    this.#dependencies.verifier.onMissed(this.#takeDialing(address), problem, now);
  }

  onReceived(peer: PeerId, bytes: Uint8Array, now: Now): void {
    const call = assertDefined(this.#calls.get(peer), 'a call that is open');
    for (const event of call.link.receive(bytes)) {
      this.#onEvent(peer, call, event, now);
      if (!this.#calls.has(peer)) return;
    }
  }

  /** `any → missed`. */
  onClosed(peer: PeerId, now: Now): void {
    this.#end(peer, 'connection-lost', now);
  }

  /** `any → missed` for the calls that took too long. */
  sweep(now: Now): void {
    for (const [peer, { deadline }] of this.#calls) {
      if (deadline > now.mono) return;
      this.#giveUp(peer, 'handshake-timeout', now);
    }
  }

  /** Ends every call: the program is stopping. */
  endAll(): void {
    for (const peer of this.#calls.keys()) {
      this.#dependencies.outbox.disconnect(peer, 'shutting-down');
    }
    this.#calls.clear();
  }

  #onEvent(peer: PeerId, call: Call, event: LinkEvent<TrackerRow>, now: Now): void {
    const { identity, outbox } = this.#dependencies;
    switch (event.type) {
      case 'send':
        outbox.send(peer, event.frame);
        break;
      case 'ready':
        call.theirs = event.theirs;
        call.pinged = identity.pingNonce();
        outbox.send(peer, call.link.encode({ type: 'ping', nonce: call.pinged }));
        break;
      case 'message':
        if (event.message.type === 'ping') {
          outbox.send(peer, call.link.encode({ ...event.message, type: 'pong' }));
        } else if (event.message.type === 'pong' && event.message.nonce === call.pinged) {
          this.#onPong(peer, call, now);
        } else {
          this.#giveUp(peer, 'message-unexpected', now);
        }
        break;
      case 'breach':
        this.#giveUp(peer, event.reason, now);
        break;
    }
  }

  /** `pinged → reached`. */
  #onPong(peer: PeerId, { dial, theirs }: Call, now: Now): void {
    const { outbox, verifier } = this.#dependencies;
    const height = assertDefined(theirs, 'nobody is pinged before its hello').tipHeight;
    this.#calls.delete(peer);
    outbox.disconnect(peer, 'not-needed');
    verifier.onReached(dial, height, now);
  }

  #giveUp(peer: PeerId, reason: DisconnectReason, now: Now): void {
    this.#dependencies.outbox.disconnect(peer, reason);
    this.#end(peer, reason, now);
  }

  #end(peer: PeerId, reason: DisconnectReason, now: Now): void {
    const call = assertDefined(this.#calls.get(peer), 'a call that is open');
    this.#calls.delete(peer);
    this.#dependencies.verifier.onMissed(call.dial, reason, now);
  }

  #takeDialing(address: NetAddress): Dial {
    const key = printNetAddress(address);
    const dial = assertDefined(this.#dialing.get(key), 'an answer comes to a dial of ours');
    this.#dialing.delete(key);
    return dial;
  }
}

/** From the open connection to the pong. */
const CALL_TIMEOUT_MS = 5_000;

interface Call {
  readonly dial: Dial;
  readonly link: Link<TrackerRow>;
  readonly deadline: MonoMs;
  theirs: Hello | undefined;
  /** The nonce of our ping. */
  pinged: string | undefined;
}

function refusalOf(theirs: Hello, dial: Dial): DisconnectReason | undefined {
  if (theirs.service !== 'peer') return 'wrong-service';
  return theirs.nodeKey === dial.nodeKey ? undefined : 'wrong-key';
}
