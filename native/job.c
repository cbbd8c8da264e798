/* SHA-256 as the standard writes it: what is done once a job, and the last word on a winner. */

#include "sha256d.h"

#include <string.h>

static uint32_t smallSigma0(uint32_t x) {
  return ROTATE(x, 7) ^ ROTATE(x, 18) ^ x >> 3;
}

static uint32_t smallSigma1(uint32_t x) {
  return ROTATE(x, 17) ^ ROTATE(x, 19) ^ x >> 10;
}

/* One round on a to h; `input` is the round's constant plus its word. */
static void doRound(uint32_t s[8], uint32_t input) {
  uint32_t a = s[0], e = s[4];
  uint32_t sigma1 = ROTATE(e, 6) ^ ROTATE(e, 11) ^ ROTATE(e, 25);
  uint32_t choice = (e & s[5]) ^ (~e & s[6]);
  uint32_t sum = s[7] + sigma1 + choice + input;
  uint32_t sigma0 = ROTATE(a, 2) ^ ROTATE(a, 13) ^ ROTATE(a, 22);
  uint32_t majority = (a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]);
  memmove(s + 1, s, 7 * sizeof *s);
  s[4] += sum;
  s[0] = sum + sigma0 + majority;
}

static void compress(uint32_t state[8], const uint32_t block[16]) {
  uint32_t w[64];
  memcpy(w, block, 16 * sizeof *w);
  for (int i = 16; i < 64; i++) {
    w[i] = smallSigma1(w[i - 2]) + w[i - 7] + smallSigma0(w[i - 15]) + w[i - 16];
  }
  uint32_t s[8];
  memcpy(s, state, sizeof s);
  for (int i = 0; i < 64; i++) doRound(s, K[i] + w[i]);
  for (int i = 0; i < 8; i++) state[i] += s[i];
}

static uint32_t readBigEndian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

Job prepare(const uint8_t *header, const uint8_t *target) {
  Job job;
  uint32_t block[16];
  for (int i = 0; i < 16; i++) block[i] = readBigEndian(header + 4 * i);
  memcpy(job.midstate, IV, sizeof IV);
  compress(job.midstate, block);

  memcpy(job.after3, job.midstate, sizeof job.after3);
  for (int i = 0; i < 3; i++) {
    job.tail[i] = readBigEndian(header + 64 + 4 * i);
    doRound(job.after3, K[i] + job.tail[i]);
  }
  doRound(job.after3, K[3]);

  /*
   * w[i] = sigma1(w[i-2]) + w[i-7] + sigma0(w[i-15]) + w[i-16], where words 5 to 14 are zero. The
   * nonce is word 3: word 18 lacks sigma0(nonce) here, and word 19 the nonce itself.
   */
  job.words16[0] = smallSigma0(job.tail[1]) + job.tail[0];
  job.words16[1] = smallSigma1(HEADER_BITS) + smallSigma0(job.tail[2]) + job.tail[1];
  job.words16[2] = smallSigma1(job.words16[0]) + job.tail[2];
  job.words16[3] = smallSigma1(job.words16[1]) + smallSigma0(END_OF_MESSAGE);

  for (int i = 0; i < 8; i++) job.target[i] = swapBytes(readBigEndian(target + 4 * i));
  return job;
}

bool wins(const Job *job, uint32_t nonce) {
  uint32_t second[16] = {
    job->tail[0], job->tail[1], job->tail[2], swapBytes(nonce), END_OF_MESSAGE, [15] = HEADER_BITS,
  };
  uint32_t third[16] = {[8] = END_OF_MESSAGE, [15] = DIGEST_BITS};
  memcpy(third, job->midstate, sizeof job->midstate);
  compress(third, second);
  uint32_t digest[8];
  memcpy(digest, IV, sizeof IV);
  compress(digest, third);
  for (int i = 7; i >= 0; i--) {
    uint32_t word = swapBytes(digest[i]);
    if (word != job->target[i]) return word < job->target[i];
  }
  return true;
}
