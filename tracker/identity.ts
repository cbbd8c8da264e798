/** How the tracker introduces itself, on connections that it takes and on those that it makes. */

import { toHex } from '../shared/bytes.js';
import type { Entropy } from '../shared/entropy.js';
import type { BlockHash, NodeKey, Now } from '../shared/units.js';
import type { DisconnectReason } from '../shared/wire/disconnect.js';
import { type HandshakeOptions, PLAIN_CHANNEL } from '../shared/wire/handshake.js';
import {
  type Hello,
  NO_NETWORK,
  PROTOCOL_MAX,
  PROTOCOL_MIN,
} from '../shared/wire/handshakeMessages.js';

export interface IdentityOptions {
  readonly nodeKey: NodeKey;
  /** Our TCP port. */
  readonly listenPort: number;
  /** Program and version, for people. */
  readonly agent: string;
}

export interface IdentityDependencies {
  readonly entropy: Entropy;
  /** Signs with the node key. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

type Accept = (theirs: Hello) => DisconnectReason | undefined;

export class Identity {
  readonly #options: IdentityOptions;
  readonly #dependencies: IdentityDependencies;
  readonly #instance: string;

  constructor(options: IdentityOptions, dependencies: IdentityDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#instance = toHex(dependencies.entropy.bytes(8));
  }

  /** For a connection that was opened to us by somebody of one of the networks, or of none yet. */
  called(now: Now, serves: (network: BlockHash) => boolean, accept: Accept): HandshakeOptions {
    return { ...this.#handshake('called', NO_NETWORK, now, accept), serves };
  }

  /** For a connection that we opened to a peer of `network`. */
  caller(now: Now, network: BlockHash, accept: Accept): HandshakeOptions {
    return this.#handshake('caller', network, now, accept);
  }

  /** 8 random bytes as hex, for a ping. */
  pingNonce(): string {
    return toHex(this.#dependencies.entropy.bytes(8));
  }

  #handshake(
    role: 'caller' | 'called',
    network: BlockHash,
    now: Now,
    accept: Accept,
  ): HandshakeOptions {
    const { sign } = this.#dependencies;
    const ours = this.#hello(network, now);
    return { role, ours, sign, channel: PLAIN_CHANNEL, accept };
  }

  #hello(network: BlockHash, now: Now): Hello {
    return {
      protocolMin: PROTOCOL_MIN,
      protocolMax: PROTOCOL_MAX,
      service: 'tracker',
      network,
      ...this.#options,
      tipHeight: 0,
      tipWork: 0n,
      unixTime: now.unix,
      instance: this.#instance,
      nonce: toHex(this.#dependencies.entropy.bytes(16)),
    };
  }
}
