/** The one place that reads the time. */

import { performance } from 'node:perf_hooks';

import type { MonoMs, Now, UnixSeconds } from '../units.js';

export type Clock = () => Now;

/** Monotonic milliseconds since an arbitrary origin (with fractions), and seconds since 1970. */
export const systemClock: Clock = () => ({
  mono: performance.now() as MonoMs,
  unix: Math.floor(Date.now() / 1000) as UnixSeconds,
});
