/*
 * The image file: what all processes of an image have in common.
 */
#ifndef PGOFS_IMAGE_FILE_H
#define PGOFS_IMAGE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "directory.h"
#include "elf_self.h"
#include "pgofs_format.h"
#include "records.h"
#include "relocated.h"
#include "sections.h"

struct pgofs_image {
  const struct pgofs_sections *sections;
  const struct pgofs_self *self;
  struct pgofs_records records;
  struct pgofs_relocations relocations;
  struct pgofs_image_header header; /* without the key of its content */
  struct pgofs_image_key key;       /* by which its file is found again */
  bool checked;                     /* all its records; otherwise its key tells only which file it was loaded from */
};

int pgofs_image_describe(struct pgofs_image *image, const struct pgofs_sections *sections,
                         const struct pgofs_self *self);
int pgofs_image_check(const struct pgofs_image *image, const struct pgofs_directory *directory, uid_t owner);
int pgofs_image_publish(const struct pgofs_image *image, const struct pgofs_directory *directory, uid_t owner,
                        uint64_t *nonce);

#endif
