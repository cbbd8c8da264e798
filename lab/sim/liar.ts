/**
 * A real node whose mouth lies: what it sends is another thing than what it means. So it lies in
 * the middle of an honest conversation, where it is believed.
 */

import { concatBytes } from '../../shared/bytes.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { encodeHeader, HEADER_BYTES, headerHash } from '../../shared/consensus/header.js';
import type { Rng } from '../../shared/rng.js';
import type {
  AddressHash,
  Amount,
  BlockHash,
  MonoMs,
  Now,
  PeerId,
  UnixSeconds,
} from '../../shared/units.js';
import { FRAME_PREFIX_BYTES } from '../../shared/wire/frame.js';
import { printNetAddress, type NetAddress } from '../../shared/wire/netAddress.js';
import { peerProtocol, type PeerProtocol } from '../../shared/wire/peerMessages.js';
import { pointOf } from '../../peer/chain/headerEntry.js';
import {
  makeTemplate,
  solved,
  type Contents,
  type FoundBlock,
  type Tip,
} from '../../peer/mining/template.js';
import type { Node } from '../../peer/node.js';
import type { Input } from '../../peer/types.js';
import type { Machine, Message } from './host.js';
import { nonceOf } from './nonce.js';

export const LIES = [
  ...(['silence', 'garbage', 'low work'] as const),
  ...(['withheld bodies', 'mutated bodies', 'invalid blocks'] as const),
] as const;
export type Lie = (typeof LIES)[number];

/** Types of frames, docs/protocol.md. */
const [HEADERS, GET_BLOCKS, BLOCK, NEW_HEADERS] = [0x11, 0x12, 0x13, 0x15];
const [COMPACT_BLOCK, BLOCK_TRANSACTIONS] = [0x17, 0x19];
/** The last of a handshake, with which it means well. */
const READY = 0x01;
/** Of the branch of low work: short, so that it has too little soon after block 144. */
const [LOW_WORK_HEADERS_MIN, LOW_WORK_HEADERS_MAX] = [30, 100];
/** One of so many messages becomes garbage. */
const GARBAGE_ONE_IN = 30;

export interface LiarOptions {
  readonly network: Network;
  readonly lie: Lie;
  readonly rng: Rng;
  /** To these it means what it says: else nobody would find it. */
  readonly trackers?: readonly NetAddress[];
  /** Called with a message that shows its branch of low work, and the last block of that. */
  readonly onLowWork?: (message: Uint8Array, last: BlockHash) => void;
}

/** 80 bytes each. */
interface Branch {
  readonly headers: Uint8Array;
  readonly last: BlockHash;
}

export class Liar implements Machine {
  readonly #node: Node;
  readonly #network: Network;
  readonly #lie: Lie;
  readonly #rng: Rng;
  readonly #protocol: PeerProtocol;
  readonly #trackers: ReadonlySet<string>;
  /** Connections to these. */
  readonly #trusted = new Set<PeerId>();
  readonly #onLowWork: NonNullable<LiarOptions['onLowWork']>;
  /** A block of our own that breaks a rule, and the tip it was made on. */
  #invalid: { readonly on: BlockHash; readonly block: FoundBlock } | undefined;
  #lowWork: Branch | undefined;

  constructor(node: Node, { network, lie, rng, trackers, onLowWork }: LiarOptions) {
    this.#node = node;
    this.#network = network;
    this.#lie = lie;
    this.#rng = rng;
    this.#trackers = new Set(trackers?.map(printNetAddress));
    this.#onLowWork = onLowWork ?? (() => undefined);
    this.#protocol = peerProtocol(network.params.blockBytesMax);
  }

  handle(input: Message, now: Now): readonly Message[] {
    if (input.type === 'connected') this.#onConnected(input);
    const answer = this.#ownAnswer(input);
    if (answer !== undefined) return [answer];
    const effects = this.#node.handle(input as Input, now) as readonly Message[];
    return effects.flatMap((effect) =>
      effect.type === 'send' ? this.#toldInstead(effect, now) : [effect],
    );
  }

  nextWake(): MonoMs | undefined {
    return this.#node.nextWake();
  }

  #onConnected({ peer, dialed }: Message): void {
    const address = dialed as NetAddress | undefined;
    if (address === undefined || !this.#trackers.has(printNetAddress(address))) return;
    this.#trusted.add(peer as PeerId);
  }

  /** What it says in place of `send`, message by message. */
  #toldInstead(send: Message, now: Now): readonly Message[] {
    if (this.#trusted.has(send['peer'] as PeerId)) return [send];
    const said = framesOf(send['bytes'] as Uint8Array).flatMap((frame) => {
      const bytes = typeOf(frame) <= READY ? frame : this.#bytesInstead(frame, now);
      return bytes === undefined ? [] : [{ ...send, bytes, notify: false }];
    });
    return said.map((one, i) => (i < said.length - 1 ? one : { ...one, notify: send['notify'] }));
  }

  #bytesInstead(bytes: Uint8Array, now: Now): Uint8Array | undefined {
    const type = typeOf(bytes);
    switch (this.#lie) {
      case 'silence':
        return undefined;
      case 'garbage':
        if (this.#rng.below(GARBAGE_ONE_IN) > 0) return bytes;
        return bytes.map(() => this.#rng.below(256));
      case 'withheld bodies':
        if (type === COMPACT_BLOCK) return this.#headerOf(bytes);
        return type === BLOCK || type === BLOCK_TRANSACTIONS ? undefined : bytes;
      case 'mutated bodies':
        return type === BLOCK ? withLastByteChanged(bytes) : bytes;
      case 'invalid blocks':
        return type === NEW_HEADERS ? this.#pushed(this.#invalidBlock(now).bytes) : bytes;
      case 'low work':
        if (type === NEW_HEADERS) return this.#pushed(this.#lowWorkBranch().headers);
        return type === HEADERS ? this.#lowWorkShown() : bytes;
    }
  }

  /** It gives its own block to who asks for that. */
  #ownAnswer(input: Message): Message | undefined {
    const made = this.#invalid?.block;
    if (made === undefined || input.type !== 'received') return undefined;
    const bytes = input['bytes'] as Uint8Array;
    if (typeOf(bytes) !== GET_BLOCKS) return undefined;
    const asked = this.#protocol.encode({ type: 'getBlocks', hashes: [made.hash] });
    if (Buffer.compare(asked, bytes) !== 0) return undefined;
    const block = this.#protocol.encode({ type: 'block', block: made.bytes });
    return { type: 'send', peer: input['peer'], bytes: block, notify: false };
  }

  /** Of a frame that pushes a block compact: its header alone, pushed. */
  #headerOf(frame: Uint8Array): Uint8Array | undefined {
    const decoded = this.#protocol.decode(typeOf(frame), frame.slice(FRAME_PREFIX_BYTES));
    const isPush = decoded.ok && decoded.value.type === 'compactBlock';
    return isPush ? this.#pushed(decoded.value.header) : undefined;
  }

  /** The first header of `bytes`, pushed. */
  #pushed(bytes: Uint8Array): Uint8Array {
    return this.#protocol.encode({ type: 'newHeaders', headers: bytes.slice(0, HEADER_BYTES) });
  }

  /** On its tip, with real work; its coinbase takes one unit too much. */
  #invalidBlock(now: Now): FoundBlock {
    const { tip } = this.#node.queries;
    if (this.#invalid?.on !== tip.hash) {
      const block = this.#mined({ hash: tip.hash, point: pointOf(tip) }, now.unix, 1);
      this.#invalid = { on: tip.hash, block };
    }
    return this.#invalid.block;
  }

  #lowWorkShown(): Uint8Array {
    const { headers, last } = this.#lowWorkBranch();
    const message = this.#protocol.encode({ type: 'headers', headers });
    this.#onLowWork(message, last);
    return message;
  }

  /** A branch from genesis, right in itself, with less work than the chain. */
  #lowWorkBranch(): Branch {
    if (this.#lowWork !== undefined) return this.#lowWork;
    const { genesis, params } = this.#network;
    const headers: Uint8Array[] = [];
    let { time } = params;
    let tip: Tip = {
      hash: genesis.hash,
      point: { height: 0, time, bits: params.genesisBits, parentTime: time },
    };
    const span = LOW_WORK_HEADERS_MAX - LOW_WORK_HEADERS_MIN;
    const count = LOW_WORK_HEADERS_MIN + this.#rng.below(span + 1);
    for (let height = 1; height <= count; height++) {
      const parentTime = time;
      time = (time + params.targetInterval) as UnixSeconds;
      const template = makeTemplate(params, tip, this.#contents(0), time);
      const { bits } = template.header;
      const nonce = nonceOf(encodeHeader(template.header), template.target);
      const header = encodeHeader({ ...template.header, nonce });
      headers.push(header);
      tip = { hash: headerHash(header), point: { height, time, bits, parentTime } };
    }
    this.#lowWork = { headers: concatBytes(...headers), last: tip.hash };
    return this.#lowWork;
  }

  #mined(tip: Tip, unix: UnixSeconds, fees: number): FoundBlock {
    const template = makeTemplate(this.#network.params, tip, this.#contents(fees), unix);
    return solved(template, nonceOf(encodeHeader(template.header), template.target));
  }

  #contents(fees: number): Contents {
    const extraNonce = Uint8Array.from({ length: 8 }, () => this.#rng.below(256));
    const tag = new Uint8Array(0);
    return { payTo: NOBODY, tag, extraNonce, transactions: [], fees: fees as Amount };
  }
}

/** 20 bytes of which nobody has a key. */
const NOBODY = '00'.repeat(20) as AddressHash;

const typeOf = (frame: Uint8Array): number => frame[FRAME_PREFIX_BYTES - 1] as number;

/** The whole frames that one send holds. */
function framesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const end = at + FRAME_PREFIX_BYTES - 1 + view.getUint32(at);
    frames.push(bytes.subarray(at, end));
    at = end;
  }
  return frames;
}

/** In the last transaction of a block. */
function withLastByteChanged(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed[changed.length - 1] = (changed[changed.length - 1] as number) ^ 1;
  return changed;
}
