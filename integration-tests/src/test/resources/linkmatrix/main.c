#include <stdio.h>

#include "functions.h"

unsigned never_called(unsigned x) {
  return x > 3 ? x * 2 : x;
}

static unsigned both(unsigned times) {
  return times % 2 == 0 ? first(times) : second(times);
}

int main(void) {
  unsigned sum = 0;
  for (unsigned i = 0; i < 20; i++) {
    sum += both(i);
  }
  printf("%u\n", sum);
  return 0;
}
