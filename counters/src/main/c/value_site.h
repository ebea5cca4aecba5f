/*
 * Records values into value sites: where indirect calls go, how large memory operations are. May call nothing: it runs
 * wherever instrumented code runs, in signal handlers, in interrupts and on small stacks too. For the two functions that
 * the compiler calls: those of a program (values.c), and of a kernel that can be read while it runs
 * (kernel/running/values.c).
 *
 * Threads share sites without locks. A count is incremented as the compiler increments a counter, not atomically; all
 * else is changed only if it still is what was read, so that a thread that was held up does not undo what others did
 * meanwhile. A race loses single observations or counts them for another value of the same site, or for 0. At worst a
 * value that had been seen once, and becomes frequent just while another thread replaces it, leaves its count to the
 * new one. A signal handler is one more thread here. What is relied on: an aligned word is read and written as a
 * whole, and the place of a site is computed from nothing that is written here.
 */
#ifndef PGOFS_VALUE_SITE_H
#define PGOFS_VALUE_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pgofs_format.h"

/* An inner loop is counted in instructions: a few slots a turn. */
#ifdef __clang__
#define UNROLLED _Pragma("clang loop unroll_count(4)")
#else
#define UNROLLED _Pragma("GCC unroll 4")
#endif

#define MEMOP_EXACT 8u   /* sizes up to this are told apart */
#define MEMOP_LARGE 513u /* stands for itself and all above */

/* Where values are recorded. */
struct pgofs_values {
  uint64_t sites;  /* number of them; 0: nothing is recorded. Set after the rest, and set to 0 before an unmapping. */
  uintptr_t begin; /* of __llvm_prf_vals: a record's Values field points into it, 8 bytes a site */
  size_t field;    /* offset in bytes of Values in a record */
  const struct pgofs_control *control;
  struct pgofs_value_site *site;
};

static inline bool change(uint64_t *at, uint64_t from, uint64_t to) {
  return __atomic_compare_exchange_n(at, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* Twice: an increment that was under way on another processor may have undone the first. */
static inline void site_clear(struct pgofs_value_site *site, uint64_t before, uint64_t now) {
  for (size_t i = 0; i < 2 * PGOFS_VALUE_SLOTS; i++) {
    struct pgofs_value_slot *slot = &site->slot[i % PGOFS_VALUE_SLOTS];
    uint64_t value = __atomic_load_n(&slot->value, __ATOMIC_ACQUIRE);
    uint64_t count = __atomic_load_n(&slot->count, __ATOMIC_ACQUIRE);
    if (__atomic_load_n(&site->epoch, __ATOMIC_ACQUIRE) != before) {
      return; /* somebody else has cleared it, and what was read may be new */
    }
    (void)change(&slot->count, count, 0);
    (void)change(&slot->value, value, 0);
  }
  (void)change(&site->epoch, before, now);
}

/*
 * For a value that has no slot. The first of the smallest counts gives way: a free slot, as long as there is one; one
 * that has counted a single time; otherwise it loses a count. So the frequent values stay, and they are those that the
 * compiler's own runtime keeps.
 */
__attribute__((noinline, unused)) static void value_add(struct pgofs_value_site *site, uint64_t value) {
  struct pgofs_value_slot *least = site->slot;
  uint64_t count = least->count;
  UNROLLED
  for (struct pgofs_value_slot *slot = least + 1; slot != site->slot + PGOFS_VALUE_SLOTS; slot++) {
    uint64_t other = slot->count;
    least = other < count ? slot : least;
    count = other < count ? other : count;
  }
  uint64_t replaced = __atomic_load_n(&least->value, __ATOMIC_ACQUIRE);
  if (count > 1) {
    (void)change(&least->count, count, count - 1);
  } else if (__atomic_load_n(&least->count, __ATOMIC_RELAXED) == count && change(&least->value, replaced, value)) {
    (void)change(&least->count, count, 1);
  }
}

/* A free slot has value 0: a value of 0 needs no other way in. */
static inline void site_record(struct pgofs_value_site *site, uint64_t value) {
  UNROLLED
  for (struct pgofs_value_slot *slot = site->slot; slot != site->slot + PGOFS_VALUE_SLOTS; slot++) {
    if (slot->value == value) {
      slot->count++;
      return;
    }
  }
  value_add(site, value);
}

__attribute__((noinline, cold, unused)) static void site_clear_and_record(struct pgofs_value_site *site, uint64_t before,
                                                                  uint64_t now, uint64_t value) {
  site_clear(site, before, now);
  site_record(site, value);
}

/* sites is values->sites, read before the rest. */
static inline void value_record(const struct pgofs_values *values, uint64_t sites, uint64_t value, const void *record,
                                uint32_t index) {
  uint64_t first;
  __builtin_memcpy(&first, (const unsigned char *)record + values->field, sizeof first);
  uint64_t distance = first + 8 * (uint64_t)index - values->begin;
  uint64_t number = distance >> 3 | distance << 61; /* huge if it is no multiple of 8 */
  if (number >= sites) {
    return;
  }
  struct pgofs_value_site *site = &values->site[number];
  uint64_t now = __atomic_load_n(&values->control->reset_epoch, __ATOMIC_RELAXED);
  uint64_t epoch = __atomic_load_n(&site->epoch, __ATOMIC_ACQUIRE);
  if (epoch == now) {
    site_record(site, value);
  } else {
    site_clear_and_record(site, epoch, now, value);
  }
}

/* Between the limits a power of two stands for itself, and the number after it for all up to the next. */
static inline uint64_t memop_bucket(uint64_t size) {
  if (size <= MEMOP_EXACT) {
    return size;
  }
  if (size >= MEMOP_LARGE) {
    return MEMOP_LARGE;
  }
  uint64_t power = UINT64_C(1) << (63 - __builtin_clzll(size));
  return power + (size != power);
}

#endif
