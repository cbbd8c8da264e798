/**
 * Chance that a simulation must be able to repeat: jitter, sampling, eviction. Never used for
 * secrets; those take `Entropy` (shared/entropy.ts), which no seed can make (CVE-2023-39910).
 */

/** A seeded generator. Each call advances it. */
export interface Rng {
  /** A float, 0 ≤ x < 1. */
  float(): number;
  /** An integer, 0 ≤ x < `bound`; `bound` from 1 to 2^32. */
  below(bound: number): number;
}

/** SplitMix32-seeded xoshiro128** (Blackman and Vigna, 2018), from a 32-bit seed. */
export function seededRng(seed: number): Rng {
  const state = seedState(seed);
  const float = (): number => nextUint32(state) / 0x1_0000_0000;
  return { float, below: (bound) => Math.floor(float() * bound) };
}

/** `count` distinct members of `from` in random order (all of them when there are fewer). */
export function sample<T>(rng: Rng, from: readonly T[], count: number): T[] {
  const pool = [...from];
  const size = Math.min(count, pool.length);
  for (let i = 0; i < size; i++) {
    const j = i + rng.below(pool.length - i);
    [pool[i], pool[j]] = [pool[j] as T, pool[i] as T];
  }
  return pool.slice(0, size);
}

function seedState(seed: number): Uint32Array {
  const state = new Uint32Array(4);
  let x = seed >>> 0;
  for (let i = 0; i < 4; i++) {
    x = (x + 0x9e3779b9) >>> 0;
    let z = x;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    state[i] = z ^ (z >>> 15);
  }
  return state;
}

function nextUint32(s: Uint32Array): number {
  const [s0, s1, s2, s3] = s as unknown as [number, number, number, number];
  const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
  const t = s1 << 9;
  s[2] = s2 ^ s0;
  s[3] = s3 ^ s1;
  s[1] = s1 ^ (s2 ^ s0);
  s[0] = s0 ^ (s3 ^ s1);
  s[2] = s2 ^ s0 ^ t;
  s[3] = rotateLeft(s3 ^ s1, 11);
  return result;
}

const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
