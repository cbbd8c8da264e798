/**
 * The process of which `million` measures time and memory: opens the chain in a folder, connects
 * the blocks that lie beside it one by one, and prints JSON.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../shared/assert.js';
import { networkOf } from '../shared/consensus/genesis.js';
import { parseParamsJson } from '../shared/consensus/paramsJson.js';
import type { UnixSeconds } from '../shared/units.js';
import { Chain } from '../peer/chain/chain.js';
import { CHAIN_FILE, openStore } from '../peer/storage/openStore.js';
import type { SignatureBatch } from '../peer/types.js';
import { BLOCKS, paths, type Connected } from './millionFiles.js';

function connectAll(folder: string): Connected {
  const files = paths(folder);
  const params = parseParamsJson(readFileSync(files.params, 'utf8'));
  assert(params.ok, 'the parameters were written by the bench');
  const network = networkOf(params.value);
  const { store } = openStore(join(files.full, CHAIN_FILE), network);
  const chain = new Chain(network, store);
  chain.expectMore(false);
  const steps = Array.from({ length: BLOCKS }, (_, i) => {
    const bytes = readFileSync(files.block(i));
    const now = Math.floor(Date.now() / 1000) as UnixSeconds;
    let batches: readonly SignatureBatch[] = [];
    const acceptMs = timed(() => {
      store.atomically(() => {
        assert(chain.acceptBlock(bytes, now).ok, 'a bench block is accepted');
        batches = chain.advance().verify;
      });
    });
    const before = chain.tip.height;
    const connectMs = timed(() => {
      for (const { wtxids } of batches) {
        chain.onVerified(wtxids.map((wtxid) => ({ wtxid, outcome: 'valid' })));
      }
      while (chain.tip.height === before) store.atomically(() => chain.advance());
    });
    assert(chain.tip.height === before + 1, 'each block is connected');
    const writeMs = timed(() => {
      for (let more = true; more;) more = store.atomically(() => chain.advance().more);
    });
    return { acceptMs, connectMs, writeMs };
  });
  const rssBytes = process.memoryUsage.rss();
  store.close();
  return { steps, rssBytes };
}

function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

console.log(JSON.stringify(connectAll(process.argv[2] ?? '')));
