/*
 * The segment file: the counters' pages are replaced by a mapping of it. May call system calls and memcpy and the like
 * only: republishing runs in the child of a fork.
 */
#include "pgofs_rt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static size_t mapped_size(const struct pgofs_segment *segment) {
  return (pgofs_range_size(segment->counters) + PGOFS_ALIGNMENT - 1) & ~(size_t)(PGOFS_ALIGNMENT - 1);
}

/* Fills what is the same for all processes of a run. Returns a reason. */
int pgofs_segment_describe(struct pgofs_segment *segment, const struct pgofs_image *image) {
  const struct pgofs_self *self = image->self;
  uint64_t page_size = (uint64_t)sysconf(_SC_PAGESIZE);
  segment->counters = image->sections->counters;
  uintptr_t begin = (uintptr_t)segment->counters.begin;
  if (page_size != PGOFS_ALIGNMENT || begin % page_size != 0 ||
      !pgofs_self_has_last_page(self, image->sections, begin + mapped_size(segment))) {
    return PGOFS_REFUSED_NOT_ALIGNED;
  }
  segment->header = (struct pgofs_segment_header){
      .magic = PGOFS_SEGMENT_MAGIC,
      .version = PGOFS_FORMAT_VERSION,
      .page_size = (uint32_t)page_size,
      .file_size = 2 * page_size + mapped_size(segment),
      .raw_version = image->header.raw_version,
      .image_key = image->header.key,
      .counters = {2 * page_size, pgofs_range_size(segment->counters)},
      .load_bias = self->load_bias,
      .link_begin = self->link_begin,
      .link_end = self->link_end,
      .path_size = self->path_size,
  };
  memcpy(segment->header.path, self->path, self->path_size);
  return 0;
}

/* Returns a reason. */
static int header_write(struct pgofs_segment *segment, int fd) {
  struct stat namespace;
  struct timespec now = {0, 0};
  (void)clock_gettime(CLOCK_REALTIME, &now);
  segment->header.published_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  segment->header.pid = (uint32_t)getpid();
  segment->header.pid_namespace = stat("/proc/self/ns/pid", &namespace) == 0 ? namespace.st_ino : 0;
  return pgofs_file_write(fd, &segment->header, sizeof segment->header, 0);
}

static bool is_zero(const unsigned char page[PGOFS_ALIGNMENT]) {
  uint64_t any = 0;
  for (size_t i = 0; i < PGOFS_ALIGNMENT; i += 8) {
    uint64_t word;
    memcpy(&word, page + i, sizeof word);
    any |= word;
  }
  return any == 0;
}

/* Writes what is counted so far; the file stays without pages where nothing is. Returns a reason. */
static int pages_write(const struct pgofs_segment *segment, int fd) {
  int reason = 0;
  for (size_t done = 0; reason == 0 && done < mapped_size(segment); done += PGOFS_ALIGNMENT) {
    const unsigned char *page = segment->counters.begin + done;
    if (!is_zero(page)) {
      reason = pgofs_file_write(fd, page, PGOFS_ALIGNMENT, segment->header.counters.offset + done);
    }
  }
  return reason;
}

/* Returns a reason. */
static int map(const struct pgofs_segment *segment, int fd) {
  void *at = (void *)(uintptr_t)segment->counters.begin;
  void *mapped = mmap(at, mapped_size(segment), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
                      (off_t)segment->header.counters.offset);
  return mapped == at ? 0 : PGOFS_REFUSED_NOT_MAPPED;
}

/* Returns a reason. */
static int rename_final(struct pgofs_file *file, const struct pgofs_directory *directory) {
  char name[PGOFS_NAME_SIZE];
  memcpy(name, file->name, sizeof name);
  memcpy(name, PGOFS_SEGMENT_PREFIX, 2);
  if (renameat(directory->fd, file->name, directory->fd, name) != 0) {
    return pgofs_reason_of(errno);
  }
  memcpy(file->name, name, sizeof name);
  return 0;
}

/* With signals held back: what a handler counted after the copy would be lost with the pages that are replaced. */
static int copy_and_map(const struct pgofs_segment *segment, int fd) {
  sigset_t all;
  sigset_t before;
  (void)sigfillset(&all);
  if (pthread_sigmask(SIG_BLOCK, &all, &before) != 0) {
    return PGOFS_REFUSED_IO;
  }
  int reason = pages_write(segment, fd);
  if (reason == 0) {
    reason = map(segment, fd);
  }
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  return reason;
}

/* Publishes a described segment with what is counted so far. The file stays open if it was done. Returns a reason. */
int pgofs_segment_publish(struct pgofs_segment *segment, const struct pgofs_directory *directory,
                          struct pgofs_file *file) {
  int reason = pgofs_file_create(file, directory, segment->header.file_size);
  if (reason != 0) {
    return reason;
  }
  segment->header.uid = file->owner;
  reason = header_write(segment, file->fd);
  if (reason == 0) {
    reason = copy_and_map(segment, file->fd);
  }
  if (reason == 0) {
    reason = rename_final(file, directory);
  }
  if (reason != 0) {
    pgofs_file_discard(file, directory);
  }
  return reason;
}

/*
 * In the child of a fork: a segment of its own, with counters from zero. It is published before it is mapped: until
 * then the child counts into its parent's segment, so whatever fails loses nothing. Returns a reason.
 */
int pgofs_segment_republish(struct pgofs_segment *segment, const struct pgofs_directory *directory) {
  struct pgofs_file file;
  int reason = pgofs_file_create(&file, directory, segment->header.file_size);
  if (reason != 0) {
    return reason;
  }
  /* Another user has no image file of this image: share on. */
  if (file.owner != segment->header.uid) {
    reason = PGOFS_REFUSED_NO_ACCESS;
  }
  if (reason == 0) {
    reason = header_write(segment, file.fd);
  }
  if (reason == 0) {
    reason = rename_final(&file, directory);
  }
  if (reason == 0) {
    reason = map(segment, file.fd);
  }
  if (reason != 0) {
    pgofs_file_discard(&file, directory);
    return reason;
  }
  (void)close(file.fd);
  return 0;
}
