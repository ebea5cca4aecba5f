/*
 * What parts of the compiler's own runtime are for one another, beside what programs may call (interface.c): a program
 * that asks for one of these would bring that part of that runtime in, and with it others that clash with this one. An
 * archive member of its own, since some have names that a program may use for something else; then it is not taken.
 * May call nothing.
 *
 *   what asks for the records and vtables   is answered truly, if their version is known; else there are none
 *   what has a place in the counters' stead (bias)   is 0, nothing is moved
 *   all else   does nothing, and returns 0 or NULL; its variables are 0
 */
#include "records.h"

extern const uint64_t __llvm_profile_raw_version __attribute__((weak, visibility("hidden")));

#define SECTION(section)                                                              \
  extern char __start_##section[] __attribute__((weak, visibility("hidden")));        \
  extern char __stop_##section[] __attribute__((weak, visibility("hidden")))

SECTION(__llvm_orderfile);
SECTION(__llvm_covinit);

#pragma GCC visibility push(hidden)

static uint64_t raw_version(void) {
  return &__llvm_profile_raw_version == NULL ? 0 : __llvm_profile_raw_version;
}

static size_t in_units(const char *begin, const char *end, size_t unit) {
  return unit == 0 ? 0 : ((uintptr_t)end - (uintptr_t)begin) / unit;
}

uint64_t __llvm_profile_get_num_data(const char *begin, const char *end);
uint64_t __llvm_profile_get_data_size(const char *begin, const char *end);
const void *__llvm_profile_iterate_data(const char *record);
const void *__llvm_get_function_addr(const char *record);
uint64_t __llvm_profile_get_num_vtable(const char *begin, const char *end);
uint64_t __llvm_profile_get_vtable_section_size(const char *begin, const char *end);

uint64_t __llvm_profile_get_num_data(const char *begin, const char *end) {
  return in_units(begin, end, pgofs_record_size(raw_version()));
}

uint64_t __llvm_profile_get_data_size(const char *begin, const char *end) {
  return __llvm_profile_get_num_data(begin, end) * pgofs_record_size(raw_version());
}

const void *__llvm_profile_iterate_data(const char *record) {
  return record + pgofs_record_size(raw_version());
}

const void *__llvm_get_function_addr(const char *record) {
  return pgofs_record_function(raw_version(), record);
}

uint64_t __llvm_profile_get_num_vtable(const char *begin, const char *end) {
  return in_units(begin, end, PGOFS_VTABLE_ENTRY_SIZE);
}

uint64_t __llvm_profile_get_vtable_section_size(const char *begin, const char *end) {
  return __llvm_profile_get_num_vtable(begin, end) * PGOFS_VTABLE_ENTRY_SIZE;
}

#define BOUND(name, symbol) \
  void *name(void);         \
  void *name(void) {        \
    return symbol;          \
  }

BOUND(__llvm_profile_begin_orderfile, __start___llvm_orderfile)
BOUND(__llvm_profile_begin_covinit, __start___llvm_covinit)
BOUND(__llvm_profile_end_covinit, __stop___llvm_covinit)

/* Weak: objects whose counters are found by it have it too. */
__attribute__((weak)) intptr_t __llvm_profile_counter_bias;
__attribute__((weak)) intptr_t __llvm_profile_bitmap_bias;
intptr_t __llvm_profile_counter_bias_default;
intptr_t __llvm_profile_bitmap_bias_default;

/* Of whatever type: nobody else's work is done here. */
#define FUNCTION(name) \
  void *name(void);    \
  void *name(void) {   \
    return NULL;       \
  }

FUNCTION(__llvm_orderfile_dump)
FUNCTION(__llvm_orderfile_write_file)
FUNCTION(__llvm_profile_get_padding_sizes_for_counters)
FUNCTION(__llvm_profile_get_size_for_buffer_internal)
FUNCTION(__llvm_profile_instrument_target_value)
FUNCTION(__llvm_profile_set_num_value_sites)
FUNCTION(__llvm_profile_write_buffer_internal)
FUNCTION(__llvm_write_binary_ids)
FUNCTION(__llvm_write_custom_profile)
FUNCTION(InstProfClzll)
FUNCTION(InstProfPopcountll)
FUNCTION(InstrProfGetRangeRepValue)
FUNCTION(InstrProfIsSingleValRange)
FUNCTION(getFirstValueProfRecord)
FUNCTION(getValueProfDataSize)
FUNCTION(getValueProfRecordHeaderSize)
FUNCTION(getValueProfRecordNext)
FUNCTION(getValueProfRecordNumValueData)
FUNCTION(getValueProfRecordSize)
FUNCTION(getValueProfRecordValueData)
FUNCTION(initBufferWriter)
FUNCTION(lprofBufferIOFlush)
FUNCTION(lprofBufferIOWrite)
FUNCTION(lprofBufferWriter)
FUNCTION(lprofCreateBufferIO)
FUNCTION(lprofCreateBufferIOInternal)
FUNCTION(lprofDeleteBufferIO)
FUNCTION(lprofGetLoadModuleSignature)
FUNCTION(lprofGetVPDataReader)
FUNCTION(lprofMergeValueProfData)
FUNCTION(lprofSetMaxValsPerSite)
FUNCTION(lprofSetupValueProfiler)
FUNCTION(lprofWriteData)
FUNCTION(lprofWriteDataImpl)
FUNCTION(lprofWriteOneBinaryId)
FUNCTION(serializeValueProfDataFrom)
FUNCTION(serializeValueProfRecordFrom)

void *CurrentVNode;
void *EndVNode;
void *DynamicBufferIOBuffer;
void *FreeHook;
void *VPMergeHook;
void *lprofValueProfNodes;
uint32_t VPBufferSize;
uint32_t VPMaxNumValsPerSite;

#pragma GCC visibility pop
