/*
 * Where values are recorded.
 */
#ifndef PGOFS_VALUES_H
#define PGOFS_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "pgofs_format.h"

struct pgofs_values {
  uint64_t sites;  /* number of them; 0: nothing is recorded. Set after the rest, and set to 0 before an unmapping. */
  uintptr_t begin; /* of __llvm_prf_vals: a record's Values field points into it, 8 bytes a site */
  size_t field;    /* offset in bytes of Values in a record */
  const struct pgofs_control *control;
  struct pgofs_value_site *site;
};

extern struct pgofs_values pgofs_values;

#endif
