#include <string.h>

int part(int);

/* The call through a pointer and the copy of unknown size are what instrumented code calls its runtime for. */
int main(int argc, char **argv) {
  int (*volatile function)(int) = part;
  char from[64], to[64];
  (void)argv;
  memset(from, 0, sizeof from);
  memcpy(to, from, (unsigned)argc);
  return function(argc) - 2 + to[0];
}
