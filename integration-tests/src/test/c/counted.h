/*
 * What the test's programs count: calls of counted(), and at each call from repeat() a target and a size.
 */
#ifndef COUNTED_H
#define COUNTED_H

#include <stddef.h>
#include <string.h>

#define NEVER_INLINED __attribute__((noinline, visibility("default")))

NEVER_INLINED void counted(void) { __asm__ volatile(""); }

char source[8], target[8];

NEVER_INLINED void repeat(long n, void (*function)(void)) {
  for (long i = 0; i < n; i++) {
    function();
    memcpy(target, source, (size_t)i % sizeof target);
    __asm__ volatile("" : : : "memory");
  }
}

#endif
