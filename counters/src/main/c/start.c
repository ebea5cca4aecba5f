/*
 * Publishes this image when it is loaded, and again in the child of a fork; lets go of the value sites when it is
 * closed. May make system calls only, beside telling the C library what to call at a fork and when the image is closed:
 * a program has functions of its own by any name that it may use, and they may not work before it has started.
 */
#include "start.h"
#include "environment.h"
#include "machine.h"
#include "publish.h"
#include "refused.h"
#include "say.h"
#include "syscall.h"

#include <limits.h>
#include <string.h>
#include <sys/prctl.h>

/*
 * The C library's, by names that no program may have. By the first one glibc's pthread_atfork, by the last one its
 * atexit registers; each is told the image, with which what was registered goes. Of musl, which has no other name,
 * pthread_atfork is called, and of glibc never.
 */
int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *image)
    __attribute__((weak));
int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));
int __cxa_atexit(void (*function)(void *), void *argument, void *image);
extern void *__dso_handle __attribute__((weak, visibility("hidden")));

/* The linker makes these symbols for a section that exists. */
#define BOUNDS(section)                                                                                  \
  extern const unsigned char __start___llvm_prf_##section[] __attribute__((weak, visibility("hidden"))); \
  extern const unsigned char __stop___llvm_prf_##section[] __attribute__((weak, visibility("hidden")))

BOUNDS(cnts);
BOUNDS(cnts_end);
BOUNDS(bits);
BOUNDS(bits_end);
BOUNDS(data);
BOUNDS(names);
BOUNDS(vals);
BOUNDS(vnds);
BOUNDS(vtab);
BOUNDS(vns);

#define RANGE(section) {__start___llvm_prf_##section, __stop___llvm_prf_##section}

/* Of anchor.S. */
extern const unsigned char pgofs_counters_page[] __attribute__((visibility("hidden")));
extern const unsigned char pgofs_records_place[] __attribute__((visibility("hidden")));

extern const uint64_t __llvm_profile_raw_version __attribute__((weak, visibility("hidden")));

/* For the fork handler. */
static char directory_path[PATH_MAX];
static struct pgofs_directory directory_at_start;
static struct pgofs_segment segment = {.values = &pgofs_values};
static bool set_aside;
static bool filtered_at_start;

static const char *reason_text(int reason) {
  static const char *const text[] = {
      [PGOFS_REFUSED_NO_SPACE] = "the segment directory is full, or holds more than 256 MiB while no daemon runs",
      [PGOFS_REFUSED_FILE_LIMIT] = "the limit of file size or open files is too low",
      [PGOFS_REFUSED_NO_ACCESS] = "files cannot be created in the segment directory",
      [PGOFS_REFUSED_NOT_ALIGNED] = "the counters or bitmaps share a page with other data",
      [PGOFS_REFUSED_RAW_VERSION] = "the raw profile version of the compiler is not known",
      [PGOFS_REFUSED_BAD_SECTIONS] = "the profile sections are damaged",
      [PGOFS_REFUSED_NOT_MAPPED] = "the counters cannot be mapped",
      [PGOFS_REFUSED_IO] = "a system call failed",
      [PGOFS_REFUSED_VARIANT] = "its records are in the debug information (-debug-info-correlate)",
      [PGOFS_REFUSED_IN_PIECES] = "the linker has not put the profile sections together (--unique, or not GNU ld, lld or mold)",
  };
  return text[reason];
}

static int directory_open(struct pgofs_directory *directory, const struct pgofs_self *self) {
  const char *path = pgofs_environment("PGOFS_SEGMENT_DIR");
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
    pgofs_say(self, "not published: ", wrong);
    return -1;
  }
  return 0;
}

/* Another one that was mounted in its place meanwhile lacks the image file. */
static bool is_as_at_start(const struct pgofs_directory *directory) {
  return directory->device == directory_at_start.device && directory->inode == directory_at_start.inode;
}

/* Whether seccomp decides over system calls. */
static bool is_filtered(void) {
  return pgofs_sys_prctl(PR_GET_SECCOMP, 0, 0) > 0;
}

/*
 * The child of a fork. If it fails, the child goes on counting into its parent's segment. So it does if the program has
 * installed a seccomp filter since its start: that may kill for a call which the program does not make itself. What was
 * filtered at the start already made the same calls then.
 */
static void forked(void) {
  struct pgofs_directory directory;
  if ((filtered_at_start || !is_filtered()) && pgofs_directory_open(&directory, directory_path) == NULL) {
    if (is_as_at_start(&directory) && pgofs_segment_republish(&segment, &directory) == 0) {
      set_aside = false;
    }
    pgofs_sys_close(directory.fd);
  }
}

static void fork_follow(void) {
  if (__register_atfork != NULL) {
    (void)__register_atfork(NULL, NULL, forked, &__dso_handle);
  } else {
    (void)pthread_atfork(NULL, NULL, forked);
  }
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

static void ended(void *unused) {
  (void)unused;
  if (destructing) {
    pgofs_segment_forget_values(&segment);
  }
}

/* Whether this image is published, and the directory is there. Then it is open. */
bool pgofs_published(struct pgofs_directory *directory) {
  return segment.published && pgofs_directory_open(directory, directory_path) == NULL;
}

/* Returns a reason. */
static int describe(struct pgofs_image *image, const struct pgofs_sections *sections, const struct pgofs_self *self) {
  int reason = pgofs_records_find(&image->records, sections);
  if (reason != 0) {
    return reason;
  }
  if (pgofs_self_may_write(sections->data)) {
    pgofs_records_give_places(&image->records);
  }
  reason = pgofs_relocations_find(&image->relocations, &image->records, sections, self);
  return reason == 0 ? pgofs_publish_describe(&segment, image, sections, self) : reason;
}

/* Returns a reason. */
static int publish_described(const struct pgofs_image *image, const struct pgofs_directory *directory) {
  struct pgofs_file file;
  int reason = pgofs_publish(&segment, image, directory, &file);
  if (!segment.published) {
    return reason;
  }
  filtered_at_start = is_filtered();
  fork_follow();
  if (segment.shared != NULL && __cxa_atexit(ended, NULL, &__dso_handle) != 0) {
    pgofs_segment_forget_values(&segment);
  }
  if (reason == 0) {
    pgofs_say(image->self, "published as ", file.name);
  }
  return reason;
}

/* Returns a reason. */
static int publish(const struct pgofs_sections *sections, const struct pgofs_directory *directory,
                   struct pgofs_self *self) {
  struct pgofs_image image = {.relocations = {.count = 0}};
  if (!pgofs_self_find(self)) {
    return PGOFS_REFUSED_BAD_SECTIONS;
  }
  int reason = describe(&image, sections, self);
  if (reason == 0) {
    reason = publish_described(&image, directory);
  }
  pgofs_relocations_drop(&image.relocations);
  return reason;
}

static bool has(struct pgofs_range range, const unsigned char *from, size_t size) {
  uintptr_t offset = (uintptr_t)from - (uintptr_t)range.begin;
  return offset <= pgofs_range_size(range) && size <= pgofs_range_size(range) - offset;
}

static bool has_counters(const struct pgofs_sections *sections) {
  return pgofs_range_size(sections->counters) != PGOFS_ANCHOR;
}

/* Whether there is more than what the runtime brings. */
static bool are_instrumented(const struct pgofs_sections *sections) {
  return has_counters(sections) || pgofs_range_size(sections->data) != 0 || pgofs_range_size(sections->names) != 0;
}

/* Otherwise the linker's symbols are the bounds of a part, which may be just the runtime's. */
static bool are_together(const struct pgofs_sections *sections) {
  return has(sections->counters, pgofs_counters_page, PGOFS_ANCHOR) &&
         has(sections->data, pgofs_records_place, 0) && has_counters(sections) &&
         (pgofs_range_size(sections->data) != 0 || pgofs_records_are_elsewhere(sections->raw_version));
}

/* Counters of one byte are as good at any time. */
static bool can_be_set_aside(void) {
  return segment.published && !pgofs_records_are_bytes(segment.header.raw_version);
}

/*
 * What the program has counted so far is in the profile; what follows is not, before this is called again. Returns 0, or
 * -1.
 */
int pgofs_dump(void) {
  struct pgofs_directory directory;
  if (!can_be_set_aside()) {
    return 0;
  }
  if (!__atomic_exchange_n(&set_aside, true, __ATOMIC_ACQ_REL)) {
    pgofs_segment_set_aside(&segment);
    return 0;
  }
  if (pgofs_directory_open(&directory, directory_path) != NULL) {
    return -1;
  }
  int reason = is_as_at_start(&directory) ? pgofs_segment_publish_aside(&segment, &directory) : PGOFS_REFUSED_IO;
  pgofs_sys_close(directory.fd);
  return reason == 0 ? 0 : -1;
}

static void exiting(void *unused) {
  (void)unused;
  (void)pgofs_dump();
}

int pgofs_dump_at_exit(void) {
  return can_be_set_aside() ? __cxa_atexit(exiting, NULL, &__dso_handle) : 0;
}

static void start(void) {
  struct pgofs_sections sections = {
      .counters = RANGE(cnts),
      .counters_end = RANGE(cnts_end),
      .bitmaps = RANGE(bits),
      .bitmaps_end = RANGE(bits_end),
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
  if (!are_instrumented(&sections)) {
    return;
  }
  if (pgofs_environment_disables()) {
    pgofs_say(&self, "not published: ", "PGOFS_DISABLE=1");
    return;
  }
  if (directory_open(&directory, &self) != 0) {
    return;
  }
  int reason = are_together(&sections) ? publish(&sections, &directory, &self) : PGOFS_REFUSED_IN_PIECES;
  if (reason != 0) {
    pgofs_refused_count(&directory, reason);
    pgofs_say(&self, "not published: ", reason_text(reason));
  }
  pgofs_sys_close(directory.fd);
}

/*
 * Before all other constructors of the image, so that few counts have to be copied, and none of them by a constructor
 * that forks to its children. The linkers sort these sections by their numbers.
 */
__attribute__((section(".init_array.00000"), used)) static void (*const pgofs_start)(void) = start;
