/*
 * The search over many nonces at once, one in each lane of a vector, for whatever vector there is.
 * A path defines what it has and includes this: no guard, each path has its own copy.
 *
 *   Lanes            a vector of 32-bit words: + ^ & | << >> work lane by lane
 *   LANES            how many
 *   TARGET           the attribute that lets the compiler use the instructions
 *   ALL(x)           x in each lane
 *   COUNT_UP         0, 1, 2 … in the lanes
 *   XOR3(x, y, z)    x ^ y ^ z
 *   CHOOSE(x, y, z)  bits of y where x has ones, of z elsewhere
 *   MAJORITY(x, y, z)
 *   AT_MOST(x, y)    a bit for each lane in which x <= y, unsigned; lane 0 is the lowest bit
 *   SEARCH           the name of the function
 */

#include "sha256d.h"

#define INLINE TARGET static inline __attribute__((always_inline))

typedef struct {
  Lanes a, b, c, d, e, f, g, h;
} State;

/* Word i from 16 on, in the place of word i - 16. Sums of zeroes and constants cost nothing. */
INLINE Lanes extend(Lanes w[16], int i) {
  Lanes w2 = w[(i - 2) & 15], w15 = w[(i - 15) & 15];
  w[i & 15] += XOR3(ROTATE(w2, 17), ROTATE(w2, 19), w2 >> 10) + w[(i - 7) & 15] +
               XOR3(ROTATE(w15, 7), ROTATE(w15, 18), w15 >> 3);
  return w[i & 15];
}

INLINE void doRound(State *s, Lanes input) {
  Lanes sum = s->h + input + CHOOSE(s->e, s->f, s->g) +
              XOR3(ROTATE(s->e, 6), ROTATE(s->e, 11), ROTATE(s->e, 25));
  Lanes a = sum + MAJORITY(s->a, s->b, s->c) +
            XOR3(ROTATE(s->a, 2), ROTATE(s->a, 13), ROTATE(s->a, 22));
  *s = (State){a, s->a, s->b, s->c, s->d + sum, s->e, s->f, s->g};
}

/* Rounds 4 to 63 of the header's second block, and the sum with the midstate. */
INLINE void hashHeaders(const Job *job, Lanes nonces, Lanes digest[8]) {
  const uint32_t *m = job->midstate, *r = job->after3, *t = job->words16;
  State s = {
    ALL(r[0]) + nonces, ALL(r[1]), ALL(r[2]), ALL(r[3]),
    ALL(r[4]) + nonces, ALL(r[5]), ALL(r[6]), ALL(r[7]),
  };
  Lanes zero = ALL(0);
  Lanes w[16] = {
    ALL(t[0]), ALL(t[1]), ALL(t[2]), ALL(t[3]), ALL(END_OF_MESSAGE), zero, zero, zero,
    zero, zero, zero, zero, zero, zero, zero, ALL(HEADER_BITS),
  };
  UNROLL for (int i = 4; i < 16; i++) doRound(&s, ALL(K[i]) + w[i]);
  w[2] += XOR3(ROTATE(nonces, 7), ROTATE(nonces, 18), nonces >> 3);
  w[3] += nonces;
  UNROLL for (int i = 16; i < 20; i++) doRound(&s, ALL(K[i]) + w[i & 15]);
  UNROLL for (int i = 20; i < 64; i++) doRound(&s, ALL(K[i]) + extend(w, i));
  digest[0] = s.a + ALL(m[0]);
  digest[1] = s.b + ALL(m[1]);
  digest[2] = s.c + ALL(m[2]);
  digest[3] = s.d + ALL(m[3]);
  digest[4] = s.e + ALL(m[4]);
  digest[5] = s.f + ALL(m[5]);
  digest[6] = s.g + ALL(m[6]);
  digest[7] = s.h + ALL(m[7]);
}

/*
 * The last word of the second digest. Of rounds 57 to 60 only e is used, so that the compiler drops
 * what they do to a.
 */
INLINE Lanes hashDigests(Lanes w[16]) {
  State s = {
    ALL(IV[0]), ALL(IV[1]), ALL(IV[2]), ALL(IV[3]), ALL(IV[4]), ALL(IV[5]), ALL(IV[6]), ALL(IV[7]),
  };
  w[8] = ALL(END_OF_MESSAGE);
  for (int i = 9; i < 15; i++) w[i] = ALL(0);
  w[15] = ALL(DIGEST_BITS);
  UNROLL for (int i = 0; i < 16; i++) doRound(&s, ALL(K[i]) + w[i]);
  UNROLL for (int i = 16; i <= 60; i++) doRound(&s, ALL(K[i]) + extend(w, i));
  return s.e + ALL(IV[7]);
}

/* `swapBytes` of each lane. */
INLINE Lanes swapAll(Lanes x) {
  return (ROTATE(x, 24) & ALL(0x00ff00ff)) | (ROTATE(x, 8) & ALL(0xff00ff00));
}

TARGET int64_t SEARCH(const Job *job, uint32_t first, uint64_t count) {
  for (uint64_t done = 0; done < count; done += LANES) {
    Lanes w[16];
    /* In the header the nonce is little-endian, the words of SHA-256 are big-endian. */
    hashHeaders(job, swapAll(ALL(first + (uint32_t)done) + COUNT_UP), w);
    uint32_t passed = AT_MOST(swapAll(hashDigests(w)), ALL(job->target[7]));
    for (; passed != 0; passed &= passed - 1) {
      uint64_t offset = done + (uint64_t)__builtin_ctz(passed);
      if (offset >= count) break;
      uint32_t nonce = first + (uint32_t)offset;
      if (wins(job, nonce)) return nonce;
    }
  }
  return -1;
}
