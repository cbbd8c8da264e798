/** How the node introduces itself, on connections that it takes and on those that it makes. */

import { toHex } from '../../shared/bytes.js';
import type { Entropy } from '../../shared/entropy.js';
import type { BlockHash, NodeKey, Now } from '../../shared/units.js';
import type { DisconnectReason } from '../../shared/wire/disconnect.js';
import { PLAIN_CHANNEL, type HandshakeOptions, type Role } from '../../shared/wire/handshake.js';
import {
  PROTOCOL_MAX,
  PROTOCOL_MIN,
  type Hello,
  type Service,
} from '../../shared/wire/handshakeMessages.js';

export interface IdentityOptions {
  readonly nodeKey: NodeKey;
  /** `NO_NETWORK` for a program that asks a tracker which networks there are. */
  readonly network: BlockHash;
  readonly service: Service;
  /** TCP port on which others reach us; 0: none. */
  readonly listenPort: number;
  /** Program and version, for people. */
  readonly agent: string;
}

export interface IdentityDependencies {
  readonly entropy: Entropy;
  /** Signs with the node key: 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** What `hello` says of our chain. */
export interface Standing {
  readonly height: number;
  readonly chainWork: bigint;
}

export class Identity {
  readonly nodeKey: NodeKey;
  readonly listenPort: number;
  readonly service: Service;
  /** Random for each start of the program: two of one key are two running programs. */
  readonly instance: string;
  readonly #options: IdentityOptions;
  readonly #dependencies: IdentityDependencies;

  constructor(options: IdentityOptions, dependencies: IdentityDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.nodeKey = options.nodeKey;
    this.listenPort = options.listenPort;
    this.service = options.service;
    this.instance = toHex(dependencies.entropy.bytes(8));
  }

  /** For one connection. `accept`: whether the other side may come in. */
  handshake(
    role: Role,
    standing: Standing,
    now: Now,
    accept: (theirs: Hello) => DisconnectReason | undefined,
  ): HandshakeOptions {
    const { sign } = this.#dependencies;
    return { role, ours: this.#hello(standing, now), sign, channel: PLAIN_CHANNEL, accept };
  }

  /** 8 random bytes as hex, for a ping. */
  pingNonce(): string {
    return toHex(this.#dependencies.entropy.bytes(8));
  }

  #hello(standing: Standing, now: Now): Hello {
    return {
      protocolMin: PROTOCOL_MIN,
      protocolMax: PROTOCOL_MAX,
      ...this.#options,
      tipHeight: standing.height,
      tipWork: standing.chainWork,
      unixTime: now.unix,
      instance: this.instance,
      nonce: toHex(this.#dependencies.entropy.bytes(16)),
    };
  }
}
