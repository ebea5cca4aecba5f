/* tool INPUT OUTPUT: copies a text in capitals. */
#include <stdio.h>
#include <stdlib.h>

int upper(int character);

__attribute__((noinline)) static void copy(FILE *from, FILE *to) {
  int character;
  while ((character = getc(from)) != EOF) {
    putc(upper(character), to);
  }
}

__attribute__((noinline)) static int translate(FILE *from, FILE *to) {
  copy(from, to);
  return fclose(to);
}

int main(int argc, char **argv) {
  FILE *from = argc == 3 ? fopen(argv[1], "r") : NULL;
  FILE *to = argc == 3 ? fopen(argv[2], "w") : NULL;
  if (from == NULL || to == NULL) {
    fprintf(stderr, "tool: usage: tool INPUT OUTPUT\n");
    return EXIT_FAILURE;
  }
  return translate(from, to) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
