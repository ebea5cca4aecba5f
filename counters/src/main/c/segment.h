/*
 * The one segment of an image in this process.
 */
#ifndef PGOFS_SEGMENT_H
#define PGOFS_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "directory.h"
#include "image_file.h"
#include "pgofs_format.h"
#include "sections.h"
#include "values.h"

struct pgofs_segment {
  struct pgofs_values *values; /* those of the image. To be set before the rest */
  struct pgofs_segment_header header;
  struct pgofs_range counters;
  struct pgofs_range bitmaps;
  uintptr_t values_begin;
  size_t values_field;
  bool published; /* by this process, whatever became of it since */
  unsigned char *shared; /* the file from its control page to its end, if it has value sites; else NULL */
};

int pgofs_segment_describe(struct pgofs_segment *segment, const struct pgofs_image *image);
int pgofs_segment_publish(struct pgofs_segment *segment, const struct pgofs_image *image,
                          const struct pgofs_directory *directory, struct pgofs_file *file);
int pgofs_segment_republish(struct pgofs_segment *segment, const struct pgofs_directory *directory);
void pgofs_segment_set_aside(const struct pgofs_segment *segment);
int pgofs_segment_publish_aside(struct pgofs_segment *segment, const struct pgofs_directory *directory);
void pgofs_segment_forget_values(struct pgofs_segment *segment);

#endif
