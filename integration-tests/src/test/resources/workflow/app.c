/* Prints the number of words of its arguments. */
#include <stdio.h>

int words(const char *text);

int main(int argc, char **argv) {
  int sum = 0;
  for (int i = 1; i < argc; i++) {
    sum += words(argv[i]);
  }
  printf("%d\n", sum);
  return 0;
}
