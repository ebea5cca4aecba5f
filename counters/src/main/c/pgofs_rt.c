/*
 * Publishes this image when it is loaded, and again in the child of a fork; lets go of the value sites when it is
 * closed. The constructor may call libc; the fork handler system calls only. Both leave errno as it was, and are no
 * place to be cancelled at, as neither fork nor dlopen is.
 */
#include "pgofs_rt.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The linker makes these symbols for a section that exists. */
#define BOUNDS(section)                                                                                  \
  extern const unsigned char __start___llvm_prf_##section[] __attribute__((weak, visibility("hidden"))); \
  extern const unsigned char __stop___llvm_prf_##section[] __attribute__((weak, visibility("hidden")))

BOUNDS(cnts);
BOUNDS(bits);
BOUNDS(data);
BOUNDS(names);
BOUNDS(vals);
BOUNDS(vnds);
BOUNDS(vtab);
BOUNDS(vns);

#define RANGE(section) {__start___llvm_prf_##section, __stop___llvm_prf_##section}

extern const uint64_t __llvm_profile_raw_version __attribute__((weak, visibility("hidden")));

/* For the fork handler. */
static char directory_path[PATH_MAX];
static struct pgofs_directory directory_at_start;
static struct pgofs_segment segment = {.values = &pgofs_values};
static bool published;
static bool filtered_at_start;

static const char *reason_text(int reason) {
  static const char *const text[] = {
      [PGOFS_REFUSED_NO_SPACE] = "the segment directory is full",
      [PGOFS_REFUSED_FILE_LIMIT] = "the limit of file size or open files is too low",
      [PGOFS_REFUSED_NO_ACCESS] = "files cannot be created in the segment directory",
      [PGOFS_REFUSED_NOT_ALIGNED] = "the counters or bitmaps do not have their pages for themselves",
      [PGOFS_REFUSED_RAW_VERSION] = "the raw profile version of the compiler is not known",
      [PGOFS_REFUSED_BAD_SECTIONS] = "the profile sections are damaged",
      [PGOFS_REFUSED_NOT_MAPPED] = "the counters cannot be mapped",
      [PGOFS_REFUSED_IO] = "a system call failed",
      [PGOFS_REFUSED_VARIANT] = "its records are in the debug information (-debug-info-correlate)",
  };
  return text[reason];
}

static void say(const struct pgofs_self *self, const char *what, const char *detail) {
  const char *verbose = secure_getenv("PGOFS_VERBOSE");
  if (verbose != NULL && strcmp(verbose, "1") == 0) {
    (void)dprintf(STDERR_FILENO, "pgofs: %.*s%s%s%s\n", (int)self->path_size, self->path,
                  self->path_size == 0 ? "" : ": ", what, detail);
  }
}

static bool is_disabled(void) {
  const char *disable = secure_getenv("PGOFS_DISABLE");
  return disable != NULL && strcmp(disable, "1") == 0;
}

static int directory_open(struct pgofs_directory *directory, const struct pgofs_self *self) {
  const char *path = secure_getenv("PGOFS_SEGMENT_DIR");
  if (path == NULL || path[0] != '/') {
    path = PGOFS_DEFAULT_DIRECTORY;
  }
  const char *wrong = strlen(path) < sizeof directory_path ? NULL : "the segment directory's path is too long";
  if (wrong == NULL) {
    memcpy(directory_path, path, strlen(path) + 1);
    wrong = pgofs_directory_open(directory, path);
    directory_at_start = *directory;
  }
  if (wrong != NULL) {
    say(self, "not published: ", wrong);
    return -1;
  }
  return 0;
}

/* Another one that was mounted in its place meanwhile lacks the image file. */
static bool is_as_at_start(const struct pgofs_directory *directory) {
  return directory->device == directory_at_start.device && directory->inode == directory_at_start.inode;
}

/* Returns what was allowed before. */
static int cancellation_forbid(void) {
  int before = PTHREAD_CANCEL_ENABLE;
  (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  return before;
}

static void cancellation_restore(int before) {
  (void)pthread_setcancelstate(before, &before);
}

/* Whether seccomp decides over system calls. */
static bool is_filtered(void) {
  return prctl(PR_GET_SECCOMP) > 0;
}

/*
 * The child of a fork. If it fails, the child goes on counting into its parent's segment. So it does if the program has
 * installed a seccomp filter since its start: that may kill for a call which the program does not make itself. What was
 * filtered at the start already made the same calls then.
 */
static void forked(void) {
  int error = errno;
  int cancellation = cancellation_forbid();
  struct pgofs_directory directory;
  if ((filtered_at_start || !is_filtered()) && pgofs_directory_open(&directory, directory_path) == NULL) {
    if (is_as_at_start(&directory)) {
      (void)pgofs_segment_republish(&segment, &directory);
    }
    (void)close(directory.fd);
  }
  cancellation_restore(cancellation);
  errno = error;
}

/*
 * dlclose unmaps an image, its counters with it, but not the value sites: a library that left them mapped would look as
 * if it still ran. At the end of the process they should stay: other threads run on, in this image too.
 *
 * Handlers of atexit run in both cases. Those of the program, and of a library that it opened, run before any destructor
 * at the end of the process. dlclose runs them from a destructor of the C library's start files, which follows those of
 * the image that have no priority; and so does the end of the process those of a library that was there at the start.
 */
static bool destructing;

__attribute__((destructor)) static void pgofs_destruct(void) {
  destructing = true;
}

static void ended(void) {
  int error = errno;
  if (destructing) {
    pgofs_segment_forget_values(&segment);
  }
  errno = error;
}

/* After the segment: makes sure of the image file, says its name in the segment, and closes that. Returns a reason. */
int pgofs_image_follow(struct pgofs_segment *followed, const struct pgofs_image *image,
                       const struct pgofs_directory *directory, const struct pgofs_file *file) {
  uint64_t *nonce = &followed->header.image_nonce;
  int reason = pgofs_image_publish(image, directory, followed->header.uid, nonce);
  if (reason == 0 && *nonce != 0) {
    reason = pgofs_file_write(file->fd, nonce, sizeof *nonce, offsetof(struct pgofs_segment_header, image_nonce));
  }
  (void)close(file->fd);
  return reason;
}

/* Whether this image is published, and the directory is there. Then it is open. */
bool pgofs_published(struct pgofs_directory *directory) {
  return published && pgofs_directory_open(directory, directory_path) == NULL;
}

/* Returns a reason. */
static int publish(const struct pgofs_sections *sections, const struct pgofs_directory *directory,
                   struct pgofs_self *self) {
  struct pgofs_image image;
  struct pgofs_file file;
  if (!pgofs_self_find(self, sections->counters.begin)) {
    return PGOFS_REFUSED_BAD_SECTIONS;
  }
  int reason = pgofs_image_describe(&image, sections, self);
  if (reason == 0) {
    reason = pgofs_segment_describe(&segment, &image);
  }
  if (reason == 0) {
    reason = pgofs_segment_publish(&segment, directory, &file);
  }
  if (reason != 0) {
    return reason;
  }
  published = true;
  reason = pgofs_image_follow(&segment, &image, directory, &file);
  filtered_at_start = is_filtered();
  (void)pthread_atfork(NULL, NULL, forked);
  if (segment.shared != NULL && atexit(ended) != 0) {
    pgofs_segment_forget_values(&segment);
  }
  if (reason == 0) {
    say(self, "published as ", file.name);
  }
  return reason;
}

static void start(void) {
  struct pgofs_sections sections = {
      .counters = RANGE(cnts),
      .bitmaps = RANGE(bits),
      .data = RANGE(data),
      .names = RANGE(names),
      .values = RANGE(vals),
      .value_nodes = RANGE(vnds),
      .vtables = RANGE(vtab),
      .vtable_names = RANGE(vns),
      .raw_version = &__llvm_profile_raw_version == NULL ? 0 : __llvm_profile_raw_version,
  };
  struct pgofs_self self = {.path_size = 0};
  struct pgofs_directory directory;
  if (pgofs_range_size(sections.counters) == 0) {
    return; /* nothing is instrumented here */
  }
  if (is_disabled()) {
    say(&self, "not published: ", "PGOFS_DISABLE=1");
    return;
  }
  if (directory_open(&directory, &self) != 0) {
    return;
  }
  int reason = publish(&sections, &directory, &self);
  if (reason != 0) {
    pgofs_refused_count(&directory, reason);
    say(&self, "not published: ", reason_text(reason));
  }
  (void)close(directory.fd);
}

/* As early as a program may ask for, so that few counts have to be copied. */
__attribute__((constructor(101))) static void pgofs_start(void) {
  int error = errno;
  int cancellation = cancellation_forbid();
  start();
  cancellation_restore(cancellation);
  errno = error;
}
