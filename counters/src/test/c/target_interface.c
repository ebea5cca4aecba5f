/* Calls what programs may call of the compiler's own runtime, and checks what is answered. Counts tick() 3 times. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

const uint64_t *__llvm_profile_begin_counters(void);
const uint64_t *__llvm_profile_end_counters(void);
const char *__llvm_profile_begin_data(void);
const char *__llvm_profile_end_data(void);
const char *__llvm_profile_begin_names(void);
const char *__llvm_profile_end_names(void);
const char *__llvm_profile_begin_bitmap(void);
const char *__llvm_profile_end_bitmap(void);
uint64_t __llvm_profile_get_magic(void);
uint64_t __llvm_profile_get_version(void);
uint64_t __llvm_profile_get_size_for_buffer(void);
int __llvm_profile_write_buffer(char *buffer);
int __llvm_profile_merge_from_buffer(const char *profile, uint64_t size);
int __llvm_profile_write_file(void);

void tick(void);

#define CHECK(what)                               \
  do {                                            \
    if (!(what)) {                                \
      fprintf(stderr, "not true: %s\n", #what);   \
      return 1;                                   \
    }                                             \
  } while (0)

static uint64_t sum(void) {
  uint64_t sum = 0;
  for (const volatile uint64_t *at = __llvm_profile_begin_counters(); at != __llvm_profile_end_counters(); at++) {
    sum += *at;
  }
  return sum;
}

int main(void) {
  char buffer[] = "untouched";
  CHECK(sum() == 0);
  tick();
  tick();
  CHECK(sum() == 2);
  CHECK(__llvm_profile_get_magic() == UINT64_C(0xff6c70726f667281));
  CHECK((uint32_t)__llvm_profile_get_version() >= 8);
  CHECK(__llvm_profile_end_data() - __llvm_profile_begin_data() >= 48);
  CHECK(__llvm_profile_end_names() - __llvm_profile_begin_names() > 2);
  CHECK(__llvm_profile_begin_bitmap() == __llvm_profile_end_bitmap());
  CHECK(__llvm_profile_get_size_for_buffer() == 0);
  CHECK(__llvm_profile_write_buffer(buffer) == 0);
  CHECK(strcmp(buffer, "untouched") == 0);
  CHECK(__llvm_profile_merge_from_buffer(buffer, sizeof buffer) != 0);
  CHECK(__llvm_profile_write_file() == 0);
  tick();
  return 0;
}
