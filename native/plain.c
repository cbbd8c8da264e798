/* One nonce at a time, on any processor. */

#include "sha256d.h"

typedef uint32_t Lanes;
#define LANES 1
#define TARGET
#define ALL(x) ((uint32_t)(x))
#define COUNT_UP 0
#define XOR3(x, y, z) ((x) ^ (y) ^ (z))
#define CHOOSE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
/* y ^ z is what x ^ y was one round earlier: the compiler keeps it. */
#define MAJORITY(x, y, z) ((y) ^ (((x) ^ (y)) & ((y) ^ (z))))
#define AT_MOST(x, y) ((x) <= (y))
#define SEARCH searchPlain

#include "lanes.h"
