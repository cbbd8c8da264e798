/**
 * Headers from genesis on, one after the other, each checked against the one before. For whoever
 * has nothing but a list of them; it takes the same memory for any number.
 */

import { fail, ok, type Result } from '../result.js';
import type { BlockHash, UnixSeconds } from '../units.js';
import { checkHeaderForm, checkHeaderInContext } from './checkHeader.js';
import type { ChainPoint } from './difficulty.js';
import type { Network } from './genesis.js';
import { decodeHeader, headerHash } from './header.js';
import type { Reject } from './reject.js';

export class HeaderWalk {
  readonly #network: Network;
  #hash: BlockHash;
  #point: ChainPoint;

  /** Stands at the genesis block. */
  constructor(network: Network) {
    const { time, genesisBits: bits } = network.params;
    this.#network = network;
    this.#hash = network.id;
    this.#point = { height: 0, time, bits, parentTime: undefined };
  }

  get height(): number {
    return this.#point.height;
  }

  get hash(): BlockHash {
    return this.#hash;
  }

  get time(): UnixSeconds {
    return this.#point.time;
  }

  /**
   * Goes on to the header in 80 `bytes`: link, bits, times and proof of work. After a refusal it
   * stands where it was. Whether a time is too far ahead is not asked.
   */
  take(bytes: Uint8Array): Result<void, Reject> {
    const { params } = this.#network;
    const header = decodeHeader(bytes);
    const hash = headerHash(bytes);
    const parent = this.#point;
    if (header.previous !== this.#hash) {
      return fail({ code: 'unknown-parent', parent: header.previous });
    }
    const form = checkHeaderForm(params, header, hash);
    if (!form.ok) return form;
    const checked = checkHeaderInContext(params, { header, hash, parent, now: header.time });
    if (!checked.ok) return checked;
    const { time, bits } = header;
    this.#point = { height: parent.height + 1, time, bits, parentTime: parent.time };
    this.#hash = hash;
    return ok(undefined);
  }
}

/** Where a block stands on a chain of headers. */
export interface Confirmation {
  readonly height: number;
  /** Of the last header. */
  readonly tipHeight: number;
  readonly tip: BlockHash;
  readonly tipTime: UnixSeconds;
}

export type ConfirmationProblem =
  | { readonly type: 'not-on-chain'; readonly tipHeight: number }
  | { readonly type: 'bad-header'; readonly height: number; readonly reject: Reject };

/**
 * Looks for the block `blockHash` on the chain of `headers`, which follow the genesis block of
 * `network`; all of them are checked.
 */
export function confirm(
  network: Network,
  blockHash: BlockHash,
  headers: Iterable<Uint8Array>,
): Result<Confirmation, ConfirmationProblem> {
  const walk = new HeaderWalk(network);
  let height = blockHash === network.id ? 0 : undefined;
  for (const bytes of headers) {
    const taken = walk.take(bytes);
    if (!taken.ok) {
      return fail({ type: 'bad-header', height: walk.height + 1, reject: taken.error });
    }
    if (walk.hash === blockHash) height = walk.height;
  }
  const { height: tipHeight, hash: tip, time: tipTime } = walk;
  if (height === undefined) return fail({ type: 'not-on-chain', tipHeight });
  return ok({ height, tipHeight, tip, tipTime });
}
