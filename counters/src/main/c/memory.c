/*
 * What the compiler makes calls of, and the rest of the runtime uses, instead of the C library's: build.sh gives these
 * names to memcpy and so on in all its parts, since a program may define those itself, and have them instrumented. May
 * call nothing. The empty assembler keeps the compiler from making each loop the call that it implements.
 */
#include <stddef.h>
#include <stdint.h>

#define NOT_A_CALL() __asm__ volatile("" : : : "memory")

void *pgofs_memcpy(void *restrict to, const void *restrict from, size_t size);
void *pgofs_memset(void *to, int byte, size_t size);
int pgofs_memcmp(const void *a, const void *b, size_t size);
size_t pgofs_strlen(const char *text);

void *pgofs_memcpy(void *restrict to, const void *restrict from, size_t size) {
  unsigned char *target = to;
  const unsigned char *at = from;
  for (; size >= sizeof(uint64_t); size -= sizeof(uint64_t), target += sizeof(uint64_t), at += sizeof(uint64_t)) {
    uint64_t word;
    __builtin_memcpy(&word, at, sizeof word);
    __builtin_memcpy(target, &word, sizeof word);
    NOT_A_CALL();
  }
  for (; size > 0; size--) {
    *target++ = *at++;
    NOT_A_CALL();
  }
  return to;
}

void *pgofs_memset(void *to, int byte, size_t size) {
  unsigned char *target = to;
  uint64_t word = (unsigned char)byte * UINT64_C(0x0101010101010101);
  for (; size >= sizeof word; size -= sizeof word, target += sizeof word) {
    __builtin_memcpy(target, &word, sizeof word);
    NOT_A_CALL();
  }
  for (; size > 0; size--) {
    *target++ = (unsigned char)byte;
    NOT_A_CALL();
  }
  return to;
}

int pgofs_memcmp(const void *a, const void *b, size_t size) {
  const unsigned char *left = a;
  const unsigned char *right = b;
  for (; size > 0; size--, left++, right++) {
    if (*left != *right) {
      return *left < *right ? -1 : 1;
    }
    NOT_A_CALL();
  }
  return 0;
}

size_t pgofs_strlen(const char *text) {
  size_t size = 0;
  while (text[size] != 0) {
    size++;
    NOT_A_CALL();
  }
  return size;
}
