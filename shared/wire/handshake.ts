/**
 * The handshake of one connection, for both programs and both directions: `hello` each way, then
 * `ready` each way (docs/protocol.md §3). Pure; its owner has the socket and the deadline.
 *
 *     caller   hello ──►            ──► ready    done
 *     called         ──► hello, ready            ──► done
 */

import { sha256, verifySignature } from '#crypto';

import { assertDefined, assertNever } from '../assert.js';
import { concatBytes, fromHex, utf8 } from '../bytes.js';
import type { BlockHash } from '../units.js';
import { DISCONNECT_REASONS, type DisconnectReason } from './disconnect.js';
import { FRAME_PREFIX_BYTES, type Frame } from './frame.js';
import { handshakeProtocol, NO_NETWORK, type Hello } from './handshakeMessages.js';

/** Who dialed is the caller. */
export type Role = 'caller' | 'called';

/**
 * How long a handshake may take; its owner sets the deadline and gives up with 'handshake-timeout'.
 */
export const HANDSHAKE_TIMEOUT_MS = 5_000;

/** What `ready` binds to on plain TCP. */
export const PLAIN_CHANNEL = new Uint8Array(32);

export interface HandshakeOptions {
  readonly role: Role;
  /** What we say of ourselves, with a `nonce` drawn for this connection. */
  readonly ours: Hello;
  /** Signs with our node key. */
  readonly sign: (message: Uint8Array) => Uint8Array;
  /** 32 bytes that belong to this connection alone: an exporter of TLS, or `PLAIN_CHANNEL`. */
  readonly channel: Uint8Array;
  /**
   * Whether the other side may come in, asked once all else fits (network, version, not ourselves).
   */
  readonly accept: (theirs: Hello) => DisconnectReason | undefined;
  /**
   * A called side that serves many networks takes on that of the caller where this says so, and
   * names none where it does not. Without it, and on the calling side, both must name the same
   * network.
   */
  readonly serves?: (network: BlockHash) => boolean;
}

export interface HandshakeStep {
  /** Whole frames to send, in order, also before a failure. */
  readonly send: readonly Uint8Array[];
  readonly outcome: HandshakeOutcome;
}

export type HandshakeOutcome =
  | { readonly type: 'pending' }
  | { readonly type: 'done'; readonly theirs: Hello; readonly version: number }
  | {
      readonly type: 'failed';
      readonly reason: DisconnectReason;
      /** What happened, with both sides' values, for the log. */
      readonly sentence: string;
    };

/** `handle` each frame until the outcome is no longer 'pending'; nothing after that. */
export class Handshake {
  readonly #options: HandshakeOptions;
  #ours: Hello;
  #ourPayload: Uint8Array = new Uint8Array();
  #theirs: Introduction | undefined;
  #heard: Hello | undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#ours = options.ours;
  }

  /** What the other side said of itself, proven or not, accepted or not. */
  get heard(): Hello | undefined {
    return this.#heard;
  }

  /** The caller's hello; nothing when we are called. */
  start(): readonly Uint8Array[] {
    return this.#options.role === 'caller' ? [this.#hello()] : [];
  }

  /** `awaiting their hello → awaiting their ready → done`, or failed. */
  handle({ type, payload }: Frame): HandshakeStep {
    const decoded = handshakeProtocol.decode(type, payload);
    if (!decoded.ok) return failed(decoded.error);
    const message = decoded.value;
    switch (message.type) {
      case 'hello':
        return this.#theirs === undefined
          ? this.#onHello(message, payload)
          : failed('message-unexpected');
      case 'ready':
        return this.#theirs === undefined
          ? failed('message-unexpected')
          : this.#onReady(this.#theirs, message.signature);
      default:
        return assertNever(message);
    }
  }

  /** The called side answers with its hello in any case, so that both can say what does not fit. */
  #onHello(theirs: Hello, payload: Uint8Array): HandshakeStep {
    const { role, accept, sign } = this.#options;
    const send: Uint8Array[] = [];
    this.#heard = theirs;
    if (role === 'called') {
      this.#ours = { ...this.#ours, network: this.#networkFor(theirs.network) };
      send.push(this.#hello());
    }
    const problem = this.#problemWith(theirs);
    if (problem !== undefined) return failed(problem.reason, problem.sentence, send);
    const refusal = accept(theirs);
    if (refusal !== undefined) return failed(refusal, undefined, send);
    this.#theirs = { hello: theirs, payload };
    const signature = sign(this.#proof(role, payload));
    send.push(handshakeProtocol.encode({ type: 'ready', signature }));
    return { send, outcome: { type: 'pending' } };
  }

  #onReady(theirs: Introduction, signature: Uint8Array): HandshakeStep {
    const theirRole = this.#options.role === 'caller' ? 'called' : 'caller';
    const proof = this.#proof(theirRole, theirs.payload);
    const key = assertDefined(fromHex(theirs.hello.nodeKey), 'a node key is hex');
    if (!verifySignature(key, proof, signature)) return failed('bad-ready');
    const version = Math.min(this.#ours.protocolMax, theirs.hello.protocolMax);
    return { send: [], outcome: { type: 'done', theirs: theirs.hello, version } };
  }

  #hello(): Uint8Array {
    const frame = handshakeProtocol.encode({ type: 'hello', ...this.#ours });
    this.#ourPayload = frame.subarray(FRAME_PREFIX_BYTES);
    return frame;
  }

  #networkFor(theirs: BlockHash): BlockHash {
    const { serves, ours } = this.#options;
    if (serves === undefined) return ours.network;
    return serves(theirs) ? theirs : NO_NETWORK;
  }

  #problemWith(theirs: Hello): Problem | undefined {
    const ours = this.#ours;
    if (theirs.instance === ours.instance) return { reason: 'self-connection' };
    if (theirs.network !== ours.network) {
      return { reason: 'wrong-network', sentence: networkSentence(theirs.network, ours.network) };
    }
    const version = Math.min(ours.protocolMax, theirs.protocolMax);
    if (version < Math.max(ours.protocolMin, theirs.protocolMin)) {
      return { reason: 'wrong-version', sentence: versionSentence(theirs, ours) };
    }
    return undefined;
  }

  #proof(signer: Role, theirPayload: Uint8Array): Uint8Array {
    const { role, channel } = this.#options;
    const [caller, called] =
      role === 'caller' ? [this.#ourPayload, theirPayload] : [theirPayload, this.#ourPayload];
    return readyMessage({ signer, caller, called, channel });
  }
}

/** The bytes that `signer` signs; `caller` and `called` are the payloads of the two hellos. */
export function readyMessage(bound: {
  readonly signer: Role;
  readonly caller: Uint8Array;
  readonly called: Uint8Array;
  readonly channel: Uint8Array;
}): Uint8Array {
  const role = new Uint8Array([bound.signer === 'caller' ? 0 : 1]);
  return concatBytes(DOMAIN, role, sha256(bound.caller), sha256(bound.called), bound.channel);
}

const DOMAIN = utf8('cairn/ready/1\0');

interface Introduction {
  readonly hello: Hello;
  readonly payload: Uint8Array;
}

interface Problem {
  readonly reason: DisconnectReason;
  readonly sentence?: string;
}

const failed = (
  reason: DisconnectReason,
  sentence: string = DISCONNECT_REASONS[reason].sentence,
  send: readonly Uint8Array[] = [],
): HandshakeStep => ({ send, outcome: { type: 'failed', reason, sentence } });

function networkSentence(theirs: BlockHash, ours: BlockHash): string {
  const name = (network: BlockHash): string => (network === NO_NETWORK ? 'none' : network);
  return `It belongs to another network: theirs is ${name(theirs)}, ours ${name(ours)}.`;
}

const versionSentence = (theirs: Hello, ours: Hello): string =>
  'No protocol version is common to both sides: ' +
  `theirs are ${String(theirs.protocolMin)}-${String(theirs.protocolMax)}, ` +
  `ours ${String(ours.protocolMin)}-${String(ours.protocolMax)}.`;
