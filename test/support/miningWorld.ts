/** A miner with the parts around it that a test needs: settled effects, winning nonces, a tip. */

import type { Mempool } from '../../peer/mempool/mempool.js';
import { Miner, type MinerOptions } from '../../peer/mining/miner.js';
import type { FoundBlock, Tip } from '../../peer/mining/template.js';
import type { Effect, MineJob, MiningMode } from '../../peer/types.js';
import { assertDefined } from '../../shared/assert.js';
import { decodeBlock } from '../../shared/consensus/block.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { headerHash } from '../../shared/consensus/header.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import { hashValue } from '../../shared/consensus/work.js';
import { seededRng } from '../../shared/rng.js';
import type { MonoMs, Now, UnixSeconds } from '../../shared/units.js';
import { genesisOf, GENESIS_TIME, makeNetwork, nextBlock, owner } from './blocks.js';
import { emptyMempool } from './mempools.js';

export const CONTINUOUS: MiningMode = { type: 'continuous' };

/** `seconds` after genesis on both clocks. */
export const at = (seconds: number): Now => ({
  mono: (seconds * 1_000) as MonoMs,
  unix: (GENESIS_TIME + Math.floor(seconds)) as UnixSeconds,
});

/** A miner in mode `continuous` unless told otherwise, and a chain that takes whatever it finds. */
export class MiningWorld {
  readonly network: Network;
  readonly miner: Miner;
  readonly mempool: Mempool;
  tip: Tip;
  /** All effects that are not jobs. */
  readonly effects: Effect[] = [];
  /** What the workers hash on. */
  job: MineJob | undefined;
  jobsSet = 0;

  constructor(options: Partial<MinerOptions> = {}, changes: Partial<NetworkParams> = {}) {
    this.network = makeNetwork(changes);
    this.tip = { hash: this.network.id, point: genesisOf(this.network).point };
    const { params } = this.network;
    this.mempool = emptyMempool(this.network);
    const tag = new Uint8Array(0);
    const defaults = { mode: CONTINUOUS, threads: 4, cpuPercent: 50, payTo: owner(9).address, tag };
    const transactions = { mempool: this.mempool, isAtTip: true };
    const dependencies = { rng: seededRng(1), tip: this.tip, transactions };
    this.miner = new Miner({ params, ...defaults, ...options }, dependencies);
  }

  settle(now: Now): void {
    for (const effect of this.miner.settle(now)) {
      if (effect.type === 'mine') {
        this.job = effect.job;
        this.jobsSet += 1;
      } else this.effects.push(effect);
    }
  }

  working(): MineJob {
    return assertDefined(this.job, 'the workers have a job');
  }

  /** A worker finds the first nonce that wins for `job`. */
  find(job: MineJob, now: Now): FoundBlock | undefined {
    return this.miner.onMined(job.id, winningNonce(job), now);
  }

  /** The chain takes `block` and moves to it. */
  connect(block: FoundBlock): void {
    this.miner.onAccepted(block);
    const decoded = decodeBlock(block.bytes);
    if (!decoded.ok) throw new Error('a found block decodes');
    const { time, bits } = decoded.value.header;
    const point = { height: block.height, time, bits, parentTime: this.tip.point.time };
    this.tip = { hash: block.hash, point };
    this.miner.onTip(this.tip);
  }

  /** Finds and connects one block of the present job. */
  mineOne(now: Now): FoundBlock {
    const block = assertDefined(this.find(this.working(), now), 'a find that counts');
    this.connect(block);
    this.settle(now);
    return block;
  }

  /** Another miner's block becomes the tip. */
  loseRace(now: Now): void {
    const { block, point } = nextBlock(this.network, genesisOf(this.network));
    this.tip = { hash: block.hash, point };
    this.miner.onTip(this.tip);
    this.settle(now);
  }
}

function winningNonce({ header, target }: MineJob): number {
  const bytes = header.slice();
  const view = new DataView(bytes.buffer);
  for (let nonce = 0; ; nonce++) {
    view.setUint32(76, nonce, true);
    if (hashValue(headerHash(bytes)) <= target) return nonce;
  }
}
