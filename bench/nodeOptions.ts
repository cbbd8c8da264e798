/** What a node of a bench is told where the bench does not care: it knows nobody. */

import { publicKeyOf } from '#crypto';
import { toHex } from '../shared/bytes.js';
import type { Network } from '../shared/consensus/genesis.js';
import type { NodeKey } from '../shared/units.js';
import type { NodeOptions } from '../peer/node.js';

/** `seed`: the 32 bytes of its key. */
export const benchNodeOptions = (
  network: Network,
  seed: Uint8Array,
  mining: NodeOptions['mining'],
): NodeOptions => ({
  network,
  nodeKey: toHex(publicKeyOf(seed)) as NodeKey,
  agent: 'bench',
  listenPort: 0,
  trackers: [],
  claimedHost: undefined,
  neighbours: [],
  workMin: 0n,
  mining,
});
