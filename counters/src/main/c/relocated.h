/*
 * Addresses of records that the dynamic linker took from other images.
 */
#ifndef PGOFS_RELOCATED_H
#define PGOFS_RELOCATED_H

#include <stddef.h>
#include <stdint.h>

#include "elf_self.h"
#include "records.h"
#include "sections.h"

struct pgofs_relocations {
  struct pgofs_range table; /* of pgofs_records.linked; empty if there is none */
  size_t count;             /* addresses outside the image */
};

int pgofs_relocations_find(struct pgofs_relocations *relocations, struct pgofs_records *records,
                           const struct pgofs_sections *sections, const struct pgofs_self *self);
int pgofs_relocations_write(const struct pgofs_records *records, const struct pgofs_sections *sections,
                            const struct pgofs_self *self, int fd, uint64_t offset);
void pgofs_relocations_drop(struct pgofs_relocations *relocations);

#endif
