/*
 * The steps from the records of an image to its segment and image file.
 */
#ifndef PGOFS_PUBLISH_H
#define PGOFS_PUBLISH_H

#include "directory.h"
#include "elf_self.h"
#include "image_file.h"
#include "sections.h"
#include "segment.h"

int pgofs_publish_describe(struct pgofs_segment *segment, struct pgofs_image *image,
                           const struct pgofs_sections *sections, const struct pgofs_self *self);
int pgofs_publish(struct pgofs_segment *segment, const struct pgofs_image *image,
                  const struct pgofs_directory *directory, struct pgofs_file *file);

#endif
