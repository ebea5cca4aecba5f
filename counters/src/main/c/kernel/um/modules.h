/*
 * What the part of the runtime that is linked into a loadable module of user-mode Linux (module.c) tells the part that
 * is linked into the kernel (modules.c). Both are of one build of pgofs, or the version says that they are not.
 */
#ifndef PGOFS_MODULES_H
#define PGOFS_MODULES_H

#include "../../sections.h"
#include "../../values.h"

struct pgofs_module {
  uint32_t version; /* PGOFS_FORMAT_VERSION */
  uint32_t size;    /* of this structure */
  const char *name; /* terminated */
  struct pgofs_sections sections;
  struct pgofs_range code; /* where its functions are that stay */
  struct pgofs_range build_id_note;
  struct pgofs_range room; /* pages of the module for the value sites and what lies before them in the segment */
  struct pgofs_values *values;
};

/* Returns a reason. */
int pgofs_module_publish(const struct pgofs_module *module);

#endif
