/* All paths, and which of them this machine can run. */

#include "sha256d.h"

#include <stddef.h>

static bool always(void) {
  return true;
}

#ifdef __x86_64__

#include <cpuid.h>

/* Of the wide registers, the compiler's own function asks the operating system, too. */
static bool hasAvx2(void) {
  return __builtin_cpu_supports("avx2");
}

static bool hasAvx512(void) {
  return __builtin_cpu_supports("avx512f");
}

/* Compilers learned the name of SHA late, so we ask the processor: bit 29 of EBX, leaf 7. */
static bool hasShaNi(void) {
  unsigned eax, ebx, ecx, edx;
  if (!__builtin_cpu_supports("sse4.1") || !__builtin_cpu_supports("ssse3")) return false;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx >> 29 & 1);
}

const Path PATHS[] = {
  {"plain C", searchPlain, always},
  {"AVX2", searchAvx2, hasAvx2},
  {"SHA-NI", searchShaNi, hasShaNi},
  {"AVX-512", searchAvx512, hasAvx512},
  {NULL, NULL, NULL},
};

#else

const Path PATHS[] = {{"plain C", searchPlain, always}, {NULL, NULL, NULL}};

#endif
