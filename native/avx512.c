/* Sixteen nonces at once. One instruction computes any function of three words bit by bit. */

#ifdef __x86_64__

#include <immintrin.h>
#include <stdint.h>

typedef uint32_t Lanes __attribute__((vector_size(64)));
#define LANES 16
#define TARGET __attribute__((target("avx512f")))
#define ALL(x) ((Lanes)_mm512_set1_epi32((int)(x)))
#define COUNT_UP ((Lanes){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
/* The number is the function's table: bit 4x + 2y + z of it is f(x, y, z). */
#define OF_THREE(x, y, z, table) \
  ((Lanes)_mm512_ternarylogic_epi32((__m512i)(x), (__m512i)(y), (__m512i)(z), table))
#define XOR3(x, y, z) OF_THREE(x, y, z, 0x96)
#define CHOOSE(x, y, z) OF_THREE(x, y, z, 0xca)
#define MAJORITY(x, y, z) OF_THREE(x, y, z, 0xe8)
#define AT_MOST(x, y) ((uint32_t)_mm512_cmple_epu32_mask((__m512i)(x), (__m512i)(y)))
#define SEARCH searchAvx512

#include "lanes.h"

#endif
