#include <string.h>

#include "functions.h"

#define DEFINE(n)                                                      \
  static __attribute__((noinline)) unsigned static_##n(unsigned x) {   \
    return x % 3 == 0 ? x + 1##n : x ^ 1##n;                           \
  }
#define ENTRY(n) static_##n,

HUNDRED(DEFINE, 1)

static function *const table[] = {HUNDRED(ENTRY, 1)};

unsigned never_called_either(unsigned x) {
  return x / 3;
}

unsigned first(unsigned times) {
  char from[64] = "text";
  char to[64];
  unsigned sum = 0;
  for (unsigned i = 0; i < times * 37; i++) {
    sum += table[i % 97](i);
  }
  memcpy(to, from, times);
  return sum + (times > 0 ? (unsigned)to[0] : 0);
}
