/* Value sites of many sorts, in functions that all have an address. */
#include <stddef.h>
#include <string.h>

#define DEFINE(n)              \
  void target_##n(void);       \
  void target_##n(void) {      \
    __asm__ volatile("");      \
  }
#define ENTRY(n) target_##n,
#define TEN(each, n) each(n##0) each(n##1) each(n##2) each(n##3) each(n##4) each(n##5) each(n##6) each(n##7) each(n##8) each(n##9)
#define FORTY(each) TEN(each, 1) TEN(each, 2) TEN(each, 3) TEN(each, 4)

FORTY(DEFINE)

typedef void function(void);

static function *const targets[] = {FORTY(ENTRY)};
extern char from[2048]; /* not static: they would be left out with the copies */
extern char to[2048];
char from[2048];
char to[2048];

void call(function *target);
void call_two(function *first, function *second, size_t size);
void copy(size_t size);
void never(function *const *target);
void exercise(void);

__attribute__((noinline)) void call(function *target) {
  target();
}

/* Sites of two kinds. */
__attribute__((noinline)) void call_two(function *first, function *second, size_t size) {
  first();
  memset(to, 1, size);
  second();
  memcpy(to, from, size);
}

__attribute__((noinline)) void copy(size_t size) {
  memmove(to, from, size);
}

/* Sites that nothing touches, more than a page of them. */
#define NEVER(n) target[n]();

__attribute__((noinline)) void never(function *const *target) {
  FORTY(NEVER)
}

/* More targets than a site has slots: some counted once, some often, so that each part of the replacement rule acts. */
void exercise(void) {
  for (unsigned round = 0; round < 3; round++) {
    for (unsigned i = 0; i < 40; i++) {
      for (unsigned times = 0; times <= i * 7 % 5; times++) {
        call(targets[(i * 11 + round) % 40]);
      }
    }
  }
  for (unsigned i = 0; i < 100; i++) {
    call_two(targets[i % 3], targets[i * i % 10], i);
  }
  for (unsigned i = 0; i < 1200; i++) {
    copy(i);
  }
}
