/** Takes headers in: the rules for them, and which of those that keep the rules are kept. */

import { checkHeaderForm, checkHeaderInContext } from '../../shared/consensus/checkHeader.js';
import { isEased, type ChainPoint } from '../../shared/consensus/difficulty.js';
import { decodeHeader, headerHash } from '../../shared/consensus/header.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import type { Reject } from '../../shared/consensus/reject.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { BlockHash, UnixSeconds } from '../../shared/units.js';
import { pointOf, type HeaderEntry } from './headerEntry.js';
import type { CheckedHeader, HeaderTree } from './headerTree.js';
import type { ChainStore } from './store.js';

export interface Accepted {
  readonly entry: HeaderEntry;
  readonly isNew: boolean;
}

/**
 * Children of one parent with an eased target. Their work may be next to nothing, so anyone could
 * flood us.
 */
const EASED_SIBLINGS_MAX = 8;

export class HeaderIntake {
  readonly #params: NetworkParams;
  readonly #tree: HeaderTree;
  readonly #store: Pick<ChainStore, 'putHeader'>;

  constructor(params: NetworkParams, tree: HeaderTree, store: Pick<ChainStore, 'putHeader'>) {
    this.#params = params;
    this.#tree = tree;
    this.#store = store;
  }

  /**
   * Checks 80 header bytes and keeps them. `successor`: the header that came after it in the same
   * message, which is what lets one more eased header of a crowded parent in.
   */
  accept(bytes: Uint8Array, now: UnixSeconds, successor?: Uint8Array): Result<Accepted, Reject> {
    const hash = headerHash(bytes);
    const known = this.#tree.entry(hash);
    if (known?.status === 'invalid') return fail({ code: 'known-invalid', hash });
    if (known !== undefined) return ok({ entry: known, isNew: false });
    const header = decodeHeader(bytes);
    const parent = this.#tree.entry(header.previous);
    if (parent === undefined) return fail({ code: 'unknown-parent', parent: header.previous });
    if (parent.status === 'invalid') return fail({ code: 'invalid-parent', parent: parent.hash });
    const target = this.#check({ header, hash }, parent, now, successor);
    if (!target.ok) return target;
    const entry = this.#tree.add({ header, hash, bytes, target: target.value }, parent);
    this.#store.putHeader(entry.id, this.#tree.bytes(entry));
    return ok({ entry, isNew: true });
  }

  #check(
    { header, hash }: Pick<CheckedHeader, 'header' | 'hash'>,
    parent: HeaderEntry,
    now: UnixSeconds,
    successor: Uint8Array | undefined,
  ): Result<bigint, Reject> {
    const form = checkHeaderForm(this.#params, header, hash);
    if (!form.ok) return form;
    const inContext = { header, hash, parent: pointOf(parent), now };
    const checked = checkHeaderInContext(this.#params, inContext);
    if (!checked.ok) return checked;
    if (this.#isCrowded(parent, header.time)) {
      const { time, bits } = header;
      const point = { height: parent.height + 1, time, bits, parentTime: parent.time };
      const isFollowed = successor !== undefined && this.#follows(successor, { hash, point }, now);
      if (!isFollowed) return fail({ code: 'too-many-eased-siblings', parent: parent.hash });
    }
    return ok(checked.value.target);
  }

  /**
   * Whether a child of `parent` at `time` is eased, and there are as many such children as we keep.
   */
  #isCrowded(parent: HeaderEntry, time: UnixSeconds): boolean {
    const isOne = (at: UnixSeconds): boolean => isEased(this.#params, at - parent.time);
    const areMany = (): boolean =>
      this.#tree.hasChildren(parent, EASED_SIBLINGS_MAX, (child) => isOne(child.time));
    return isOne(time) && areMany();
  }

  /** Whether `bytes` are a proper header on the block described by the others. */
  #follows(
    bytes: Uint8Array,
    on: { readonly hash: BlockHash; readonly point: ChainPoint },
    now: UnixSeconds,
  ): boolean {
    const header = decodeHeader(bytes);
    const hash = headerHash(bytes);
    return (
      header.previous === on.hash &&
      checkHeaderForm(this.#params, header, hash).ok &&
      checkHeaderInContext(this.#params, { header, hash, parent: on.point, now }).ok
    );
  }
}
