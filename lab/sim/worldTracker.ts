/** Real trackers in a `World`. */

import { toHex } from '../../shared/bytes.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { seededRng } from '../../shared/rng.js';
import type { NodeKey } from '../../shared/units.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import { IN_MEMORY } from '../../peer/storage/openStore.js';
import type { RegistryStore } from '../../tracker/registry/store.js';
import { openSqliteRegistryStore } from '../../tracker/storage/sqliteRegistryStore.js';
import { Tracker } from '../../tracker/tracker.js';
import type { TrackerEffect } from '../../tracker/types.js';
import type { Host } from './host.js';
import { simKey, simSigner, TRACKER_NUMBER } from './keys.js';
import type { World } from './world.js';
import { testEntropy } from './worldNode.js';

export const TRACKER_ADDRESS: NetAddress = { host: '10.0.0.250', port: 5_009 };

/** The disk of a tracker. */
export const registryInMemory = (): RegistryStore =>
  openSqliteRegistryStore({
    path: IN_MEMORY,
    forgetBeforeUnix: 0,
    onDamaged: () => {
      throw new Error('a disk in memory was damaged');
    },
  });

/**
 * Puts a tracker that serves `networks`, and asks so often, into `world`; it goes on with `store`.
 */
export function addTracker(
  world: World,
  networks: readonly Network[],
  intervalSeconds = 30,
  store = registryInMemory(),
): WorldTracker {
  const tracker = new WorldTracker(world, networks, intervalSeconds, store);
  tracker.host.schedule();
  return tracker;
}

/** A real tracker. */
export class WorldTracker {
  readonly tracker: Tracker;
  readonly host: Host;
  readonly address = TRACKER_ADDRESS;
  /** Peers that it took from its disk. */
  readonly restoredCount: number;
  readonly #world: World;

  constructor(
    world: World,
    networks: readonly Network[],
    intervalSeconds: number,
    store: RegistryStore,
  ) {
    const { address } = this;
    const { key } = simKey(TRACKER_NUMBER);
    this.#world = world;
    this.tracker = new Tracker(
      {
        networks: networks.map(({ id, paramsBytes }) => ({ id, params: paramsBytes })),
        intervalSeconds,
        nodeKey: toHex(key) as NodeKey,
        listenPort: address.port,
        agent: 'test tracker',
      },
      {
        rng: seededRng(world.rng.below(2 ** 32)),
        entropy: testEntropy(world.rng),
        sign: simSigner(TRACKER_NUMBER),
      },
    );
    let count = 0;
    store.load((row) => {
      this.tracker.restore(row, count++, world.now);
    });
    this.restoredCount = count;
    this.host = world.add({
      address,
      machine: this.tracker,
      perform: (effect) => {
        const own = effect as TrackerEffect;
        if (own.type === 'save') store.apply(own.changes);
      },
    });
  }

  /** Node keys of the peers of the first network that it would hand out. */
  get liveCount(): number {
    return this.tracker.registry.countOf(0, 'live-private');
  }

  kill(): void {
    this.#world.remove(this.host);
  }
}
