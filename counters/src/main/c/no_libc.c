/*
 * libpgofs_none.a, for programs without a C library: what instrumented code calls, doing nothing. Such programs count, but
 * cannot publish. May call nothing.
 */
#include <stdint.h>

void __llvm_profile_instrument_target(uint64_t value, void *record, uint32_t site);
void __llvm_profile_instrument_memop(uint64_t size, void *record, uint32_t site);

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
