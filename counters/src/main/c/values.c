/*
 * The functions of a program that the compiler calls with values. May call nothing: they run before this image is
 * published, and when it never is.
 */
#include "values.h"

struct pgofs_values pgofs_values;

static inline void record_value(uint64_t value, const void *record, uint32_t site) {
  value_record(&pgofs_values, __atomic_load_n(&pgofs_values.sites, __ATOMIC_ACQUIRE), value, record, site);
}

#pragma GCC visibility push(hidden)

void __llvm_profile_instrument_target(uint64_t value, void *record, uint32_t site);
void __llvm_profile_instrument_memop(uint64_t size, void *record, uint32_t site);

/* Calls through a pointer and, since raw version 10, the vtables of virtual calls. */
void __llvm_profile_instrument_target(uint64_t value, void *record, uint32_t site) {
  record_value(value, record, site);
}

void __llvm_profile_instrument_memop(uint64_t size, void *record, uint32_t site) {
  record_value(memop_bucket(size), record, site);
}

#pragma GCC visibility pop
