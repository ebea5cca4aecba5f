#include "functions.h"

#define DEFINE(n)                                         \
  __attribute__((noinline)) unsigned global_##n(unsigned x); \
  unsigned global_##n(unsigned x) {                       \
    unsigned sum = 1##n;                                  \
    while (x > 2) {                                       \
      sum += x % 5 == 0 ? x : 1;                          \
      x /= 2;                                             \
    }                                                     \
    return sum;                                           \
  }
#define CALL(n) sum += global_##n(times + i * 1##n);

HUNDRED(DEFINE, 1)
HUNDRED(DEFINE, 2)
HUNDRED(DEFINE, 3)

unsigned second(unsigned times) {
  unsigned sum = 0;
  for (unsigned i = 0; i < times; i++) {
    HUNDRED(CALL, 1)
    HUNDRED(CALL, 3)
  }
  return sum;
}
