/*
 * The file that an image was loaded from, by what changes whenever its content does.
 */
#ifndef PGOFS_FILE_IDENTITY_H
#define PGOFS_FILE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "elf_self.h"

struct pgofs_file_identity {
  uint64_t device;
  uint64_t inode;
  uint64_t size;
  uint64_t changed_s; /* when its content or its status changed last */
  uint64_t changed_ns;
};

bool pgofs_file_identify(struct pgofs_file_identity *identity, const struct pgofs_self *self);

#endif
