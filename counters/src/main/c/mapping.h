/*
 * What the kernel says is mapped at an address.
 */
#ifndef PGOFS_MAPPING_H
#define PGOFS_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pgofs_mapping {
  uint64_t device_major;
  uint64_t device_minor;
  uint64_t inode; /* 0: no file */
  const char *path; /* until the next one is asked for; of no file it is empty */
  size_t path_size;
};

bool pgofs_mapping_find(struct pgofs_mapping *mapping, uintptr_t address);

#endif
