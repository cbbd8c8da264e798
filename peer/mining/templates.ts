/** Which template comes next: on a new tip, at a new time, or with transactions that pay more. */

import type { NetworkParams } from '../../shared/consensus/params.js';
import type { Rng } from '../../shared/rng.js';
import type { AddressHash, UnixSeconds } from '../../shared/units.js';
import { BlockFiller, type Filling, type Waiting } from './blockFiller.js';
import { ExtraNonce } from './extraNonce.js';
import { headerTime, makeTemplate, retimed, type Template, type Tip } from './template.js';

export interface TemplatesOptions {
  readonly params: NetworkParams;
  /** Who gets the reward. */
  readonly payTo: AddressHash;
  /** Free bytes in the coinbase's memo, `TAG_BYTES_MAX` at most. */
  readonly tag: Uint8Array;
}

export interface TemplatesDependencies {
  readonly rng: Rng;
  /** What waits for a block. */
  readonly transactions: Waiting;
}

/** A template, and what was chosen for it. */
export interface Work {
  readonly template: Template;
  readonly filling: Filling;
  /** Made in a hurry: another one should follow at once. */
  readonly isInterim: boolean;
}

export class Templates {
  readonly #options: TemplatesOptions;
  readonly #extraNonce: ExtraNonce;
  readonly #filler: BlockFiller;

  constructor(options: TemplatesOptions, { rng, transactions }: TemplatesDependencies) {
    const { params, tag } = options;
    this.#options = options;
    this.#extraNonce = new ExtraNonce(rng);
    const room = { blockBytesMax: params.blockBytesMax, tagBytes: tag.length };
    this.#filler = new BlockFiller(transactions, room);
  }

  /** On a new tip. `isHurried`: where choosing takes long, something to hash on until then. */
  first(tip: Tip, unix: UnixSeconds, isHurried: boolean): Work {
    const filling = this.#filler.first(isHurried);
    const { template } = this.#make(tip, filling, unix);
    return { template, filling, isInterim: filling.version === undefined };
  }

  /**
   * After `work` on the same tip: a new time is new work enough, unless other transactions pay
   * more; a time that stands asks for a new coinbase.
   */
  next(tip: Tip, work: Work, unix: UnixSeconds): Work {
    const better = this.#filler.better(work.filling);
    if (better !== undefined) return this.#make(tip, better, unix);
    const { template, filling } = work;
    if (template.header.time === headerTime(tip, unix)) return this.#make(tip, filling, unix);
    const { params } = this.#options;
    return { template: retimed(params, tip, template, unix), filling, isInterim: false };
  }

  #make(tip: Tip, filling: Filling, unix: UnixSeconds): Work {
    const { params, payTo, tag } = this.#options;
    const { transactions, fees } = filling;
    const contents = { payTo, tag, extraNonce: this.#extraNonce.next(), transactions, fees };
    return { template: makeTemplate(params, tip, contents, unix), filling, isInterim: false };
  }
}
