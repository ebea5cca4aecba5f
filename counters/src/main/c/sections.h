/*
 * Ranges of memory, and the profile sections of an image. Every function of the runtime is hidden, keeps to its image
 * (each executable and shared library has a runtime of its own) and returns: nothing exits, aborts or allocates from the
 * heap. "A reason" is 0 for done, or an enum pgofs_refusal.
 */
#ifndef PGOFS_SECTIONS_H
#define PGOFS_SECTIONS_H

#include <stddef.h>
#include <stdint.h>

_Static_assert(sizeof(void *) == 8, "64-bit targets only");

struct pgofs_range {
  const unsigned char *begin;
  const unsigned char *end;
};

static inline size_t pgofs_range_size(struct pgofs_range range) {
  return (size_t)((uintptr_t)range.end - (uintptr_t)range.begin);
}

/* The profile sections of this image; absent ones are empty. */
struct pgofs_sections {
  struct pgofs_range counters;
  struct pgofs_range counters_end; /* anchor.S: nothing */
  struct pgofs_range bitmaps;
  struct pgofs_range bitmaps_end; /* anchor.S: nothing */
  struct pgofs_range data;
  struct pgofs_range names;
  struct pgofs_range values;      /* a pointer for each value site */
  struct pgofs_range value_nodes; /* unused by this runtime */
  struct pgofs_range vtables;
  struct pgofs_range vtable_names;
  uint64_t raw_version; /* 0: none, as in images that the compiler's front end instrumented */
};

#endif
