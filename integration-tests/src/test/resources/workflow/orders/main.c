#include "orders.h"

#include <stdio.h>
#include <stdlib.h>

/* orders N: adds up the prices of N orders. */
int main(int argc, char **argv) {
  long count = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
  long total = 0;
  for (long order = 0; order < count; order++) {
    total += price(order);
    note(order);
  }
  printf("%ld orders, %ld in all, %ld noted\n", count, total, noted());
  return 0;
}
