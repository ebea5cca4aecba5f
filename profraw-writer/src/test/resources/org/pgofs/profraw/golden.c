/* Loops, branches, a condition of several parts, indirect calls, sizes known only when it runs, an unused function. */
#include <stdio.h>
#include <string.h>

static int add(int a, int b) { return a > b ? a + b : a - b; }

static int mul(int a, int b) { return a * b; }

int (*table[2])(int, int) = {add, mul};
char buffer[100];

int never(int a) { return a ? a + 1 : a; }

int main(int argc, char **argv) {
  int sum = 0;
  for (int i = 0; i < 1000 * argc; i++) {
    sum += table[i % 3 == 0](i, argc);
    memset(buffer, i, (size_t)(i % 90));
    if ((i & 1 && sum > 3) || argc > 2) sum ^= i;
  }
  printf("%d\n", sum + buffer[3]);
  return argv[0] == 0;
}
