/*
 * What instrumented code calls, and what programs that use the compiler's own runtime call: all of it must be here, or
 * the linker brings that runtime in beside this one. May call nothing: the instrument functions run anywhere, in signal
 * handlers and on small stacks too.
 */
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* The driver asks for this symbol (-u), by which this archive member comes into the link. */
int __llvm_profile_runtime;

void __llvm_profile_instrument_target(uint64_t value, void *record, uint32_t site);
void __llvm_profile_instrument_memop(uint64_t size, void *record, uint32_t site);
void __llvm_profile_set_timestamp(uint64_t *timestamp);
int __llvm_profile_write_file(void);
int __llvm_profile_dump(void);
void __llvm_profile_reset_counters(void);
void __llvm_profile_set_filename(const char *name);
const char *__llvm_profile_get_filename(void);
void __llvm_profile_initialize_file(void);
int __llvm_profile_register_write_file_atexit(void);

/* Segments have no value sites yet: values are not recorded. */
void __llvm_profile_instrument_target(uint64_t value, void *record, uint32_t site) {
  (void)value;
  (void)record;
  (void)site;
}

void __llvm_profile_instrument_memop(uint64_t size, void *record, uint32_t site) {
  (void)size;
  (void)record;
  (void)site;
}

/* Temporal profiles are not published. */
void __llvm_profile_set_timestamp(uint64_t *timestamp) {
  (void)timestamp;
}

/* The profile is outside the process already: there is nothing to write, and that has not failed. */
int __llvm_profile_write_file(void) {
  return 0;
}

int __llvm_profile_dump(void) {
  return 0;
}

/* Counters are reset by the daemon only: a program's own reset changes nothing. */
void __llvm_profile_reset_counters(void) {}

void __llvm_profile_set_filename(const char *name) {
  (void)name;
}

const char *__llvm_profile_get_filename(void) {
  return "";
}

void __llvm_profile_initialize_file(void) {}

int __llvm_profile_register_write_file_atexit(void) {
  return 0;
}

#pragma GCC visibility pop
