/*
 * The steps from the records of an image to its segment and image file: of a program or library when it starts
 * (start.c), and of a module of user-mode Linux (kernel/um/modules.c). May make system calls only.
 */
#include "publish.h"

#include "syscall.h"

/* Of records and relocations that were found. Returns a reason. */
int pgofs_publish_describe(struct pgofs_segment *segment, struct pgofs_image *image,
                           const struct pgofs_sections *sections, const struct pgofs_self *self) {
  int reason = pgofs_image_describe(image, sections, self);
  return reason == 0 ? pgofs_segment_describe(segment, image) : reason;
}

/* After the segment: makes sure of the image file, says its name in the segment, and closes that. Returns a reason. */
static int follow(struct pgofs_segment *segment, const struct pgofs_image *image,
                  const struct pgofs_directory *directory, const struct pgofs_file *file) {
  uint64_t *nonce = &segment->header.image_nonce;
  int reason = pgofs_image_publish(image, directory, segment->header.uid, nonce);
  if (reason == 0 && *nonce != 0) {
    reason = pgofs_file_write(file->fd, nonce, sizeof *nonce, offsetof(struct pgofs_segment_header, image_nonce));
  }
  pgofs_sys_close(file->fd);
  return reason;
}

/*
 * The segment first, with what is counted so far, and then the image file: if only that fails, the segment is published
 * all the same. The file is closed again. Returns a reason.
 */
int pgofs_publish(struct pgofs_segment *segment, const struct pgofs_image *image,
                  const struct pgofs_directory *directory, struct pgofs_file *file) {
  int reason = pgofs_segment_publish(segment, image, directory, file);
  return reason == 0 ? follow(segment, image, directory, file) : reason;
}
