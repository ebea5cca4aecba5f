/*
 * What the linker and instrumented code ask for beside the instrument functions (values.c), and what programs that use
 * the compiler's own runtime call: all of it must be here or in interface.c, or the linker brings that runtime in beside
 * this one. May call the runtime alone.
 *
 *   write_file, dump               succeed and do nothing: the profile is outside the process already. In a program with
 *                                  a __llvm_profile_runtime of its own, by which it says that it alone decides what
 *                                  comes into the profile, what it counts later comes in with its next call
 *   register_write_file_atexit     succeeds and does nothing, for the same reason; there it is such a call at the end
 *   initialize_file, set_filename  do nothing: the segment directory is where the profile goes
 *   get_filename                   returns "", not NULL: there is no profile file
 *   reset_counters                 does nothing. Only the daemon resets: it knows what each process had counted, and
 *                                  counters that a program sets to zero would be subtracted once more
 *
 * One of them instrumented code calls itself, at the begin of every function of a temporal profile:
 *
 *   set_timestamp                  numbers the functions of this image in the order of their first calls; a number that
 *                                  the daemon has reset is given anew, a higher one. Not set is 0, or ~0 among counters
 *                                  of one byte, as those are at the start
 */
#include "entry_points.h"
#include "start.h"

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/*
 * What the driver asks for (-u), by which this archive member comes into the link. Weak: LLVM's documentation tells
 * programs to have one of their own, which leaves its runtime out. Then nothing would ask for this member but a name
 * that is ours alone: pgofs config and pgofs cc give it to the linker.
 */
int pgofs_runtime;
extern int __llvm_profile_runtime __attribute__((weak, alias("pgofs_runtime")));
extern int *pgofs_strong_runtime __attribute__((weak)); /* strong_runtime.c */

/* Whether the program has said by a symbol of its own that it decides what comes into the profile. */
static bool decides_itself(void) {
  const void *asked = &__llvm_profile_runtime;
  return asked != (const void *)&pgofs_runtime && asked != (const void *)&pgofs_strong_runtime;
}

/* Returns 0, or -1. */
static int dump(void) {
  return decides_itself() ? pgofs_dump() : 0;
}

void __llvm_profile_set_timestamp(uint64_t *timestamp);
int __llvm_profile_write_file(void);
int __llvm_profile_dump(void);
void __llvm_profile_reset_counters(void);
void __llvm_profile_set_filename(const char *name);
const char *__llvm_profile_get_filename(void);
void __llvm_profile_initialize_file(void);
int __llvm_profile_register_write_file_atexit(void);

void __llvm_profile_set_timestamp(uint64_t *timestamp) {
  static uint64_t last;
  uint64_t now;
  __builtin_memcpy(&now, timestamp, sizeof now); /* among bytes it is not aligned */
  if (now == 0 || now == UINT64_MAX) {
    now = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    __builtin_memcpy(timestamp, &now, sizeof now);
  }
}

int __llvm_profile_write_file(void) {
  return dump();
}

int __llvm_profile_dump(void) {
  return dump();
}

void __llvm_profile_reset_counters(void) {}

void __llvm_profile_set_filename(const char *name) {
  (void)name;
}

const char *__llvm_profile_get_filename(void) {
  return "";
}

void __llvm_profile_initialize_file(void) {}

int __llvm_profile_register_write_file_atexit(void) {
  return decides_itself() ? pgofs_dump_at_exit() : 0;
}

#pragma GCC visibility pop
