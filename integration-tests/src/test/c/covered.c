/*
 * A program whose counters may lie on pages that cannot be read. Commands are lines on standard input; each is answered by
 * a line.
 *
 *   work N        calls counted() N times
 *   cover FILE    maps a file over a page of counters, and never touches that page again
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

#define FUNCTION(n) \
  __attribute__((noinline)) static void f##n(volatile int *x) { *x += n; }
#define NAME(n) f##n,
#define FOUR(m, n) m(n##0) m(n##1) m(n##2) m(n##3)
#define SIXTEEN(m, n) FOUR(m, n##0) FOUR(m, n##1) FOUR(m, n##2) FOUR(m, n##3)
#define MANY(m, n) SIXTEEN(m, n##0) SIXTEEN(m, n##1) SIXTEEN(m, n##2) SIXTEEN(m, n##3)
#define ALL(m) MANY(m, 10) MANY(m, 11) MANY(m, 12) MANY(m, 13) MANY(m, 14) MANY(m, 15) MANY(m, 16) MANY(m, 17) \
    MANY(m, 18) MANY(m, 19) MANY(m, 20) MANY(m, 21) MANY(m, 22) MANY(m, 23) MANY(m, 24) MANY(m, 25) MANY(m, 26) \
    MANY(m, 27)

ALL(FUNCTION)
__attribute__((noinline)) void counted(volatile int *x) { *x += 1; }

static void (*const volatile functions[])(volatile int *) = {ALL(NAME) counted};

extern char __start___llvm_prf_cnts[], __stop___llvm_prf_cnts[];

// Without counters, so that it goes on when some are covered.
__attribute__((no_profile_instrument_function)) int main(void) {
  char line[600], name[512];
  volatile int x = 0;
  long n;
  setvbuf(stdout, NULL, _IONBF, 0);
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "work %ld", &n) == 1) {
      while (n-- > 0) functions[sizeof functions / sizeof *functions - 1](&x);
    } else if (sscanf(line, "cover %511s", name) == 1) {
      char *page = (char *)(((uintptr_t)__start___llvm_prf_cnts + PAGE - 1) & -(uintptr_t)PAGE);
      int fd = open(name, O_RDONLY);
      if (page + PAGE > __stop___llvm_prf_cnts || fd < 0) return 1;
      if (mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0) != page) return 2;
    } else {
      return 3;
    }
    puts("done");
  }
  return 0;
}
