/** How a peer, full or light, comes to its network: by what it knows, or by asking its tracker. */

import { systemClock } from '../shared/io/clock.js';
import { refuseOtherOwner } from '../shared/io/dataDirectory.js';
import type { Logger } from '../shared/io/logger.js';
import { programVersion } from '../shared/io/programVersion.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import { askTracker } from './askTracker.js';
import { chooseNetwork, type NetworkChoice, type NetworkWish } from './networkChoice.js';

export interface PeerDependencies {
  readonly logger: Logger;
  /** Trouble or a bug after the start; the program must end with exit code 1. */
  readonly onTrouble: (error: unknown) => void;
  /** Resolves when a start that waits for its tracker should give up. */
  readonly stopRequested: Promise<void>;
}

/** `undefined` when it was stopped before it knew. Throws `Trouble`. */
export async function joinNetwork(
  wish: NetworkWish,
  { stopRequested, logger }: PeerDependencies,
): Promise<NetworkChoice | undefined> {
  const { folder, isLight } = wish;
  if (folder !== undefined) refuseOtherOwner(folder, isLight ? 'light peer' : 'peer');
  return chooseNetwork(wish, {
    ask: (tracker) =>
      askTracker({ tracker, agent: AGENT }, { clock: systemClock, entropy: systemEntropy }),
    pause: () => pauseUnless(stopRequested),
    logger,
  });
}

/** Program and version, as others see it. */
export const AGENT = `cairn/${programVersion()}`;
const ASK_AGAIN_MS = 500;

/** True after a while; false, at once, when the program is to stop. */
async function pauseUnless(stopRequested: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const pause = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ASK_AGAIN_MS, true);
  });
  const goesOn = await Promise.race([pause, stopRequested.then(() => false)]);
  clearTimeout(timer);
  return goesOn;
}
