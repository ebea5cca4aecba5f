/*
 * The rest of what the compiler's own runtime lets programs call, beside what is in entry_points.c. May call nothing.
 * What asks for the sections is answered truly; what would write, read or move a profile does nothing, since the
 * profile is outside the process already:
 *
 *   get_size_for_buffer, write_buffer    0 bytes, and success
 *   merge_from_buffer, check_compatibility   failure: counts do not come in from outside
 *   set_file_object, set_dumped, initialize, set_page_size, enable_continuous_mode and its opposite   do nothing
 *   is_continuous_mode_enabled           yes: counts are outside as soon as they are made
 */
#include <stddef.h>
#include <stdint.h>

#define SECTION(section)                                                                           \
  extern char __start___llvm_prf_##section[] __attribute__((weak, visibility("hidden"))); \
  extern char __stop___llvm_prf_##section[] __attribute__((weak, visibility("hidden")))

SECTION(cnts);
SECTION(bits);
SECTION(data);
SECTION(names);
SECTION(vnds);
SECTION(vtab);
SECTION(vns);

extern const uint64_t __llvm_profile_raw_version __attribute__((weak, visibility("hidden")));

#define MAGIC UINT64_C(0xff6c70726f667281)
#define BYTE_COUNTERS (UINT64_C(1) << 60)

#pragma GCC visibility push(hidden)

#define BOUNDS(name, section)                   \
  void *__llvm_profile_begin_##name(void);      \
  void *__llvm_profile_end_##name(void);        \
  void *__llvm_profile_begin_##name(void) {     \
    return __start___llvm_prf_##section;        \
  }                                             \
  void *__llvm_profile_end_##name(void) {       \
    return __stop___llvm_prf_##section;         \
  }

BOUNDS(counters, cnts)
BOUNDS(bitmap, bits)
BOUNDS(data, data)
BOUNDS(names, names)
BOUNDS(vnodes, vnds)
BOUNDS(vtables, vtab)
BOUNDS(vtabnames, vns)

uint64_t __llvm_profile_get_magic(void);
uint64_t __llvm_profile_get_version(void);
uint8_t __llvm_profile_get_num_padding_bytes(uint64_t size);
size_t __llvm_profile_counter_entry_size(void);
uint64_t __llvm_profile_get_counters_size(const char *begin, const char *end);
uint64_t __llvm_profile_get_num_counters(const char *begin, const char *end);
uint64_t __llvm_profile_get_num_bitmap_bytes(const char *begin, const char *end);
uint64_t __llvm_profile_get_name_size(const char *begin, const char *end);

uint64_t __llvm_profile_get_magic(void) {
  return MAGIC;
}

/* With the bits of the variant; 0 for front-end instrumentation, whose objects do not have it. */
uint64_t __llvm_profile_get_version(void) {
  return &__llvm_profile_raw_version == NULL ? 0 : __llvm_profile_raw_version;
}

uint8_t __llvm_profile_get_num_padding_bytes(uint64_t size) {
  return (uint8_t)(-size & 7);
}

size_t __llvm_profile_counter_entry_size(void) {
  return (__llvm_profile_get_version() & BYTE_COUNTERS) == 0 ? sizeof(uint64_t) : 1;
}

uint64_t __llvm_profile_get_counters_size(const char *begin, const char *end) {
  return (uintptr_t)end - (uintptr_t)begin;
}

uint64_t __llvm_profile_get_num_counters(const char *begin, const char *end) {
  return ((uintptr_t)end - (uintptr_t)begin) / __llvm_profile_counter_entry_size();
}

uint64_t __llvm_profile_get_num_bitmap_bytes(const char *begin, const char *end) {
  return (uintptr_t)end - (uintptr_t)begin;
}

uint64_t __llvm_profile_get_name_size(const char *begin, const char *end) {
  return (uintptr_t)end - (uintptr_t)begin;
}

uint64_t __llvm_profile_get_size_for_buffer(void);
int __llvm_profile_write_buffer(char *buffer);
int __llvm_profile_check_compatibility(const char *profile, uint64_t size);
int __llvm_profile_merge_from_buffer(const char *profile, uint64_t size);

uint64_t __llvm_profile_get_size_for_buffer(void) {
  return 0;
}

int __llvm_profile_write_buffer(char *buffer) {
  (void)buffer;
  return 0;
}

int __llvm_profile_check_compatibility(const char *profile, uint64_t size) {
  (void)profile;
  (void)size;
  return 1;
}

int __llvm_profile_merge_from_buffer(const char *profile, uint64_t size) {
  (void)profile;
  (void)size;
  return 1;
}

const char *__llvm_profile_get_path_prefix(void);
int __llvm_profile_is_continuous_mode_enabled(void);
void __llvm_profile_enable_continuous_mode(void);
void __llvm_profile_disable_continuous_mode(void);
void __llvm_profile_set_page_size(unsigned size);
void __llvm_profile_set_file_object(void *file, int merge);
void __llvm_profile_set_dumped(void);
void __llvm_profile_initialize(void);

const char *__llvm_profile_get_path_prefix(void) {
  return "";
}

int __llvm_profile_is_continuous_mode_enabled(void) {
  return 1;
}

void __llvm_profile_enable_continuous_mode(void) {}

void __llvm_profile_disable_continuous_mode(void) {}

void __llvm_profile_set_page_size(unsigned size) {
  (void)size;
}

void __llvm_profile_set_file_object(void *file, int merge) {
  (void)file;
  (void)merge;
}

void __llvm_profile_set_dumped(void) {}

void __llvm_profile_initialize(void) {}

#pragma GCC visibility pop
