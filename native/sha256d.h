/*
 * What all paths of the kernel share: a job, the constants of SHA-256 (FIPS 180-4), and what of a
 * header's hash does not depend on its nonce.
 *
 * A header has 80 bytes: a block of 64, and a block of its last 16 with padding, in which word 3 is
 * the nonce. SHA-256d hashes the digest once more: a third block. Rounds and words count from 0.
 *
 * - The first block is the same for all nonces: what it leaves is the *midstate*.
 * - Rounds 0 to 2 of the second do not see the nonce. Round 3 only adds it, to a and to e: all
 *   else that goes into it is older. So each nonce starts after round 3 (`after3`).
 * - Its words 16 and 17 do not depend on the nonce, 18 and 19 are a sum with it (see `prepare`).
 * - The third block stops early. A digest counts as a little-endian number, so that its last word
 *   leads: IV[7] + h after round 63. A round moves e to f, f to g and g to h: that h was e after
 *   round 60.
 *
 * A path tests that one word of all its lanes at once. Where it passes, `wins` hashes in full.
 */

#ifndef CAIRN_SHA256D_H
#define CAIRN_SHA256D_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  /* After the first 64 bytes: a to h. */
  uint32_t midstate[8];
  /* After round 3 of the second block with nonce 0: the nonce is still to be added to a and e. */
  uint32_t after3[8];
  /* Words 16 to 19 of the second block with nonce 0; `prepare` says what the nonce adds. */
  uint32_t words16[4];
  /* The words 0 to 2 of the second block: bytes 64 to 75 of the header. */
  uint32_t tail[3];
  /* Little-endian words; the last leads. */
  uint32_t target[8];
} Job;

/* The first winning nonce of those from `first` on, `count` of them; -1 when there is none. */
typedef int64_t Search(const Job *job, uint32_t first, uint64_t count);

typedef struct {
  const char *name;
  Search *search;
  /* Whether this processor and its operating system have what the path needs. */
  bool (*runsHere)(void);
} Path;

/* All paths that this file was compiled with, the simplest first; the end has no name. */
extern const Path PATHS[];

Search searchPlain, searchShaNi, searchAvx2, searchAvx512;

/* `header`: 80 bytes, of which the nonce is not read. `target`: 32 bytes, little-endian. */
Job prepare(const uint8_t *header, const uint8_t *target);

/* Whether the whole digest is at most the target. For the few nonces that pass the first test. */
bool wins(const Job *job, uint32_t nonce);

static const uint32_t IV[8] = {
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static const uint32_t K[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* Word 4 of the second block, the bit that ends the message, and word 15, its length in bits. */
#define END_OF_MESSAGE 0x80000000u
#define HEADER_BITS 640u
#define DIGEST_BITS 256u

/* Loops over rounds must be unrolled: only then are words and state in registers. */
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 64")
#endif

#define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))

static inline uint32_t swapBytes(uint32_t x) {
  return (ROTATE(x, 24) & 0x00ff00ff) | (ROTATE(x, 8) & 0xff00ff00);
}

#endif
