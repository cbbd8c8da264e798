/* Eight nonces at once. */

#ifdef __x86_64__

#include <immintrin.h>
#include <stdint.h>

typedef uint32_t Lanes __attribute__((vector_size(32)));
#define LANES 8
#define TARGET __attribute__((target("avx2")))
#define ALL(x) ((Lanes)_mm256_set1_epi32((int)(x)))
#define COUNT_UP ((Lanes){0, 1, 2, 3, 4, 5, 6, 7})
#define XOR3(x, y, z) ((x) ^ (y) ^ (z))
#define CHOOSE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
/* y ^ z is what x ^ y was one round earlier: the compiler keeps it. */
#define MAJORITY(x, y, z) ((y) ^ (((x) ^ (y)) & ((y) ^ (z))))
/* Comparing is signed here: unsigned, x <= y where x is the lesser of both. */
#define AT_MOST(x, y) atMost((__m256i)(x), (__m256i)(y))
#define SEARCH searchAvx2

TARGET static inline uint32_t atMost(__m256i x, __m256i y) {
  __m256i lanes = _mm256_cmpeq_epi32(_mm256_min_epu32(x, y), x);
  return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(lanes));
}

#include "lanes.h"

#endif
