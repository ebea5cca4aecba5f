/* Indirect calls to more targets than a site keeps, and to one outside the program; sizes in every bucket. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TARGET(n) \
  static int target##n(int a) { return a % (n + 2) ? a + n : a * 3; }
TARGET(0) TARGET(1) TARGET(2) TARGET(3) TARGET(4) TARGET(5) TARGET(6) TARGET(7) TARGET(8) TARGET(9)
TARGET(10) TARGET(11) TARGET(12) TARGET(13) TARGET(14) TARGET(15) TARGET(16) TARGET(17) TARGET(18) TARGET(19)

int (*many[20])(int) = {target0,  target1,  target2,  target3,  target4,  target5,  target6,
                        target7,  target8,  target9,  target10, target11, target12, target13,
                        target14, target15, target16, target17, target18, target19};
int (*outside[3])(int) = {target5, abs, target6};
char from[1000], to[1000];

int main(int argc, char **argv) {
  int sum = 0;
  for (int i = 0; i < 2000 * argc; i++) {
    sum += many[i * i % 37 % 20](i);
    sum ^= outside[i % 3](sum);
    memcpy(to, from, (size_t)(i % 700));
    if (i % 5 == 0) memmove(to + 1, to, (size_t)(1 << i % 9));
  }
  printf("%d\n", sum + to[3]);
  return argv[0] == 0;
}
