/*
 * translate IN OUT: translates a file line by line and ends, as a compiler does that a build calls for every file. It has
 * a function for each of 4096 words, so that its counters (about 160 KiB) and its profile are of some size.
 * line_counted() has one counter: the number of lines.
 */
#include <stdio.h>
#include <stdlib.h>


/* A number of three hexadecimal digits for each function. */
#define X3(M, p, q) \
  M(p##q##0) M(p##q##1) M(p##q##2) M(p##q##3) M(p##q##4) M(p##q##5) M(p##q##6) M(p##q##7) \
  M(p##q##8) M(p##q##9) M(p##q##a) M(p##q##b) M(p##q##c) M(p##q##d) M(p##q##e) M(p##q##f)
#define X2(M, p) \
  X3(M, p, 0) X3(M, p, 1) X3(M, p, 2) X3(M, p, 3) X3(M, p, 4) X3(M, p, 5) X3(M, p, 6) X3(M, p, 7) \
  X3(M, p, 8) X3(M, p, 9) X3(M, p, a) X3(M, p, b) X3(M, p, c) X3(M, p, d) X3(M, p, e) X3(M, p, f)
#define X1(M) \
  X2(M, 0) X2(M, 1) X2(M, 2) X2(M, 3) X2(M, 4) X2(M, 5) X2(M, 6) X2(M, 7) \
  X2(M, 8) X2(M, 9) X2(M, a) X2(M, b) X2(M, c) X2(M, d) X2(M, e) X2(M, f)

#define DEFINE(n)                               \
  static unsigned word_##n(unsigned x) {        \
    if (x % 3 == 0) return x ^ 0x##n;           \
    if (x % 5 == 0) return x + 0x##n;           \
    while (x > 0x##n + 1000u) x /= 2;           \
    return x % 7 == 0 ? x * 0x##n : x;          \
  }
#define LIST(n) word_##n,

X1(DEFINE)
static unsigned (*const words[])(unsigned) = {X1(LIST)};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

__attribute__((noinline)) void line_counted(void) { __asm__ volatile(""); }

static unsigned line_translated(const char *line) {
  unsigned value = 2166136261u;
  line_counted();
  while (*line != 0) value = (value ^ (unsigned char)*line++) * 16777619u;
  return words[value >> 20](value);
}

int main(int count, char **arguments) {
  char line[256];
  if (count != 3) return 2;
  FILE *in = fopen(arguments[1], "r");
  FILE *out = fopen(arguments[2], "w");
  if (!in || !out) fail("fopen");
  while (fgets(line, sizeof line, in)) fprintf(out, "%u\n", line_translated(line));
  if (ferror(in) || fclose(out)) fail("translate");
  return 0;
}
