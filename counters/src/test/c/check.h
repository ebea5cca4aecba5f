/* A failed CHECK says where and lets the test go on; the test's exit status is check_failures != 0. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static int check_failures;

#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);   \
      check_failures++;                                                         \
    }                                                                           \
  } while (0)

#endif
