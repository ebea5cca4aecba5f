/*
 * What the program headers and the system say of this image.
 */
#ifndef PGOFS_ELF_SELF_H
#define PGOFS_ELF_SELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pgofs_format.h"
#include "sections.h"

struct pgofs_self {
  uintptr_t header; /* where its ELF header is in memory */
  uint64_t load_bias;
  uint64_t link_begin;
  uint64_t link_end;
  struct pgofs_range build_id;
  const void *dynamic; /* what the dynamic linker is told, or NULL */
  const char *file; /* by which the image can be opened; valid while the image is loaded */
  uint32_t path_size;
  char path[PGOFS_PATH_MAX + 1];
};

bool pgofs_self_find(struct pgofs_self *self);
bool pgofs_self_may_write(struct pgofs_range range);
bool pgofs_self_has_last_page(const struct pgofs_self *self, const struct pgofs_sections *sections,
                              struct pgofs_range range, uintptr_t page_end);

#endif
