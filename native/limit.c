/*
 * What the paths reach without Node around them: a bare loop, for `npm run bench`. Takes a number
 * of nonces and of rounds; prints `NAME<tab>hashes a second` of each path, the best of all rounds.
 */

#include "sha256d.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  uint64_t count = strtoull(argv[1], NULL, 10);
  int rounds = atoi(argv[2]);
  uint8_t header[80] = {1}, target[32] = {0};
  Job job = prepare(header, target);
  for (const Path *path = PATHS; path->name != NULL; path++) {
    if (!path->runsHere()) continue;
    double best = 0;
    for (int i = 0; i < rounds; i++) {
      double start = now();
      if (path->search(&job, 0, count) >= 0) return 1;
      double speed = (double)count / (now() - start);
      if (speed > best) best = speed;
    }
    printf("%s\t%.0f\n", path->name, best);
  }
  return 0;
}
