/*
 * SHA's own instructions, for STREAMS nonces at once: one stream leaves the unit idle while it
 * waits for itself. sha256rnds2 does two rounds in 4 cycles and takes a new pair every 2.
 */

#ifdef __x86_64__

#include "sha256d.h"

#include <immintrin.h>

#define STREAMS 2
#define TARGET __attribute__((target("sha,sse4.1,ssse3")))
#define INLINE TARGET static inline __attribute__((always_inline))
#define WORDS(w0, w1, w2, w3) _mm_setr_epi32((int)(w0), (int)(w1), (int)(w2), (int)(w3))
#define EACH(i) for (int i = 0; i < STREAMS; i++)

/* As the instructions want it: a is the highest word of `abef`, f the lowest; words in a ring. */
typedef struct {
  __m128i abef, cdgh;
  __m128i words[4];
} Stream;

/* What is the same for all nonces of a job, in vectors. */
typedef struct {
  __m128i abef3, cdgh3, abefMidstate, cdghMidstate;
  __m128i words16, words20, words28;
} Constants;

INLINE Constants constantsOf(const Job *job) {
  const uint32_t *m = job->midstate, *r = job->after3, *w = job->words16;
  __m128i words13 = WORDS(0, 0, HEADER_BITS, w[0]);
  __m128i words12 = WORDS(0, 0, 0, HEADER_BITS);
  return (Constants){
    .abef3 = WORDS(r[5], r[4], r[1], r[0]),
    .cdgh3 = WORDS(r[7], r[6], r[3], r[2]),
    .abefMidstate = WORDS(m[5], m[4], m[1], m[0]),
    .cdghMidstate = WORDS(m[7], m[6], m[3], m[2]),
    .words16 = WORDS(w[0], w[1], w[2], w[3]),
    /* Sums that `extend` would make anew for each nonce, though no word from 18 on is in them. */
    .words20 = _mm_add_epi32(WORDS(END_OF_MESSAGE, 0, 0, 0), words13),
    .words28 = _mm_sha256msg1_epu32(words12, WORDS(w[0], 0, 0, 0)),
  };
}

INLINE __m128i roundConstants(int group) {
  return WORDS(K[4 * group], K[4 * group + 1], K[4 * group + 2], K[4 * group + 3]);
}

/* The four rounds of a group of four words; `input`: those words plus the constants. */
INLINE void doRounds(Stream *s, __m128i input) {
  s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, input);
  s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(input, 0x0e));
}

INLINE void doGroup(Stream *s, int group) {
  doRounds(s, _mm_add_epi32(s->words[group & 3], roundConstants(group)));
}

/*
 * The words of a group, in the place of those 16 before. `old`: those plus sigma0 of the words that
 * follow each, which is what sha256msg1 makes.
 */
INLINE void extendFrom(Stream *s, int group, __m128i old) {
  __m128i last = s->words[(group - 1) & 3];
  __m128i seven = _mm_alignr_epi8(last, s->words[(group - 2) & 3], 4);
  s->words[group & 3] = _mm_sha256msg2_epu32(_mm_add_epi32(old, seven), last);
}

INLINE void extend(Stream *s, int group) {
  extendFrom(s, group, _mm_sha256msg1_epu32(s->words[group & 3], s->words[(group + 1) & 3]));
}

/* Rounds 4 to 63 of the header's second block. */
INLINE void hashHeaders(const Constants *c, Stream s[STREAMS], uint32_t nonce) {
  EACH(i) {
    uint32_t n = swapBytes(nonce + (uint32_t)i);
    uint32_t sigma0 = ROTATE(n, 7) ^ ROTATE(n, 18) ^ n >> 3;
    s[i].abef = _mm_add_epi32(c->abef3, WORDS(0, n, 0, n));
    s[i].cdgh = c->cdgh3;
    s[i].words[0] = _mm_add_epi32(c->words16, WORDS(0, 0, sigma0, n));
  }
  EACH(i) doRounds(&s[i], _mm_add_epi32(roundConstants(1), WORDS(END_OF_MESSAGE, 0, 0, 0)));
  EACH(i) doRounds(&s[i], roundConstants(2));
  EACH(i) doRounds(&s[i], _mm_add_epi32(roundConstants(3), WORDS(0, 0, 0, HEADER_BITS)));
  EACH(i) doGroup(&s[i], 4);
  EACH(i) s[i].words[1] = _mm_sha256msg2_epu32(c->words20, s[i].words[0]);
  EACH(i) doGroup(&s[i], 5);
  /* Words 8 to 12 are zero, so that nothing is old here. */
  EACH(i) extendFrom(&s[i], 6, _mm_setzero_si128());
  EACH(i) doGroup(&s[i], 6);
  EACH(i) extendFrom(&s[i], 7, c->words28);
  EACH(i) doGroup(&s[i], 7);
  UNROLL for (int group = 8; group < 16; group++) {
    EACH(i) extend(&s[i], group);
    EACH(i) doGroup(&s[i], group);
  }
  EACH(i) {
    s[i].abef = _mm_add_epi32(s[i].abef, c->abefMidstate);
    s[i].cdgh = _mm_add_epi32(s[i].cdgh, c->cdghMidstate);
  }
}

/* From state to message: a to d and e to h in their order, then the padding of a digest. */
INLINE void startDigest(Stream *s) {
  __m128i abef = _mm_shuffle_epi32(s->abef, 0x1b), dchg = _mm_shuffle_epi32(s->cdgh, 0xb1);
  s->words[0] = _mm_blend_epi16(abef, dchg, 0xf0);
  s->words[1] = _mm_alignr_epi8(dchg, abef, 8);
  s->words[2] = WORDS(END_OF_MESSAGE, 0, 0, 0);
  s->words[3] = WORDS(0, 0, 0, DIGEST_BITS);
  s->abef = WORDS(IV[5], IV[4], IV[1], IV[0]);
  s->cdgh = WORDS(IV[7], IV[6], IV[3], IV[2]);
}

/* Ends with rounds 60 and 61, after which f is what e was after round 60. */
INLINE void hashDigests(Stream s[STREAMS], uint32_t last[STREAMS]) {
  EACH(i) startDigest(&s[i]);
  UNROLL for (int group = 0; group < 4; group++) EACH(i) doGroup(&s[i], group);
  UNROLL for (int group = 4; group < 15; group++) {
    EACH(i) extend(&s[i], group);
    EACH(i) doGroup(&s[i], group);
  }
  EACH(i) extend(&s[i], 15);
  EACH(i) {
    __m128i input = _mm_add_epi32(s[i].words[3], roundConstants(15));
    __m128i abef = _mm_sha256rnds2_epu32(s[i].cdgh, s[i].abef, input);
    last[i] = (uint32_t)_mm_cvtsi128_si32(abef) + IV[7];
  }
}

TARGET int64_t searchShaNi(const Job *job, uint32_t first, uint64_t count) {
  Constants constants = constantsOf(job);
  for (uint64_t done = 0; done < count; done += STREAMS) {
    Stream streams[STREAMS];
    uint32_t last[STREAMS];
    hashHeaders(&constants, streams, first + (uint32_t)done);
    hashDigests(streams, last);
    EACH(i) {
      uint32_t nonce = first + (uint32_t)done + (uint32_t)i;
      if (swapBytes(last[i]) > job->target[7] || done + (uint64_t)i >= count) continue;
      if (wins(job, nonce)) return nonce;
    }
  }
  return -1;
}

#endif
