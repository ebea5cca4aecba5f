/*
 * The parts of the target runtime, seen from one another. Every function is hidden, keeps to its image (each executable
 * and shared library has a runtime of its own) and returns: nothing here exits, aborts or allocates from the heap.
 *
 * "A reason" is 0 for done, or an enum pgofs_refusal.
 */
#ifndef PGOFS_RT_H
#define PGOFS_RT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pgofs_format.h"
#include "syscall.h"

_Static_assert(sizeof(void *) == 8, "64-bit targets only");

/* The alignment that anchor.S gives the counters. A larger page would hold foreign data beside them. */
#define PGOFS_ALIGNMENT 4096u

/* A prefix, 32 hexadecimal digits, 0. */
#define PGOFS_NAME_SIZE 35

#define PGOFS_FILE_MODE 0400

/* As whom users appear who have no number in this user namespace. */
#define PGOFS_NOBODY 65534

struct pgofs_range {
  const unsigned char *begin;
  const unsigned char *end;
};

static inline size_t pgofs_range_size(struct pgofs_range range) {
  return (size_t)((uintptr_t)range.end - (uintptr_t)range.begin);
}

/* The profile sections of this image; absent ones are empty. */
struct pgofs_sections {
  struct pgofs_range counters;
  struct pgofs_range counters_end; /* anchor.S: nothing */
  struct pgofs_range bitmaps;
  struct pgofs_range bitmaps_end; /* anchor.S: nothing */
  struct pgofs_range data;
  struct pgofs_range names;
  struct pgofs_range values;      /* a pointer for each value site */
  struct pgofs_range value_nodes; /* unused by this runtime */
  struct pgofs_range vtables;
  struct pgofs_range vtable_names;
  uint64_t raw_version; /* 0: none, as in images that the compiler's front end instrumented */
};

/* elf_self.c: what the program headers and the system say of this image. */
struct pgofs_self {
  uint64_t load_bias;
  uint64_t link_begin;
  uint64_t link_end;
  struct pgofs_range build_id;
  const void *dynamic; /* what the dynamic linker is told, or NULL */
  const char *file; /* by which the image can be opened; valid while the image is loaded */
  uint32_t path_size;
  char path[PGOFS_PATH_MAX + 1];
};

bool pgofs_self_find(struct pgofs_self *self);
bool pgofs_self_may_write(struct pgofs_range range);
bool pgofs_self_has_last_page(const struct pgofs_self *self, const struct pgofs_sections *sections,
                              struct pgofs_range range, uintptr_t page_end);

/* environment.c */
bool pgofs_auxiliary(uint64_t type, uint64_t *value);
const char *pgofs_environment(const char *name);
bool pgofs_environment_disables(void);
bool pgofs_environment_is_verbose(void);

/* say.c */
void pgofs_say(const struct pgofs_self *self, const char *what, const char *detail);

/* records.c: the compiler's records, whatever their version, as canonical ones. */
struct pgofs_record_layout;

struct pgofs_records {
  const struct pgofs_record_layout *layout;
  uint64_t raw_version; /* variant bits included */
  const unsigned char *begin;
  size_t count;
  const uint64_t *linked; /* relocated.c: link-time addresses of functions, then of vtables, that lie outside; or NULL */
  uintptr_t values;       /* where the first place for a value site is, or would be */
  uint64_t value_places;  /* 8 bytes each, of which nothing is read or written */
};

int pgofs_records_find(struct pgofs_records *records, const struct pgofs_sections *sections);
size_t pgofs_record_size(uint64_t raw_version);
const void *pgofs_record_function(uint64_t raw_version, const void *record);
bool pgofs_records_are_bytes(uint64_t raw_version);
bool pgofs_records_are_elsewhere(uint64_t raw_version);
size_t pgofs_records_values_field(const struct pgofs_records *records);
size_t pgofs_records_size(const struct pgofs_records *records);
size_t pgofs_records_function_field(const struct pgofs_records *records);
size_t pgofs_vtables_count(const struct pgofs_sections *sections);
void pgofs_records_give_places(struct pgofs_records *records);
int pgofs_record_get(struct pgofs_record *to, const struct pgofs_records *records, size_t index,
                     const struct pgofs_sections *sections, const struct pgofs_self *self);
void pgofs_vtable_get(struct pgofs_vtable *to, const struct pgofs_records *records, size_t index,
                      const struct pgofs_sections *sections, const struct pgofs_self *self);

#define PGOFS_VTABLE_ENTRY_SIZE 24 /* the compiler's entry: hash, address, size, padding */
#define PGOFS_VTABLE_ADDRESS 8     /* where its address is */
#define PGOFS_VTABLE_BYTES 16      /* where its size is */

/* relocated.c: addresses of records that the dynamic linker took from other images. */
struct pgofs_relocations {
  struct pgofs_range table; /* of pgofs_records.linked; empty if there is none */
  size_t count;             /* addresses outside the image */
};

bool pgofs_is_own(uint64_t address, const struct pgofs_self *self);
int pgofs_relocations_find(struct pgofs_relocations *relocations, struct pgofs_records *records,
                           const struct pgofs_sections *sections, const struct pgofs_self *self);
int pgofs_relocations_write(const struct pgofs_records *records, const struct pgofs_sections *sections,
                            const struct pgofs_self *self, int fd, uint64_t offset);
void pgofs_relocations_drop(struct pgofs_relocations *relocations);

/* directory.c: the segment directory and new files in it. */
struct pgofs_directory {
  int fd;
  dev_t device;
  ino_t inode;
  uid_t root;   /* as whom root of the machine appears */
  bool limited; /* its tmpfs can run full */
  bool full;    /* holds as much as it may without a daemon */
};

struct pgofs_file {
  int fd;
  uid_t owner;
  uint64_t made_ns; /* since 1970 */
  char name[PGOFS_NAME_SIZE]; /* temporary until published */
};

const char *pgofs_directory_open(struct pgofs_directory *directory, const char *path);
bool pgofs_random(void *to, size_t size);
int pgofs_reason_of(long result);
void pgofs_name_new(char name[PGOFS_NAME_SIZE]);
int pgofs_file_open(const struct pgofs_directory *directory, const char *name, int flags, mode_t mode);
int pgofs_file_create(struct pgofs_file *file, const struct pgofs_directory *directory, uint64_t size);
int pgofs_file_write(int fd, const void *from, size_t size, uint64_t offset);
void pgofs_file_discard(const struct pgofs_file *file, const struct pgofs_directory *directory);

/* refused.c */
void pgofs_refused_count(const struct pgofs_directory *directory, int reason);

/* image_file.c */
struct pgofs_image {
  const struct pgofs_sections *sections;
  const struct pgofs_self *self;
  struct pgofs_records records;
  struct pgofs_relocations relocations;
  struct pgofs_image_header header;
};

int pgofs_image_describe(struct pgofs_image *image, const struct pgofs_sections *sections,
                         const struct pgofs_self *self);
int pgofs_image_publish(const struct pgofs_image *image, const struct pgofs_directory *directory, uid_t owner,
                        uint64_t *nonce);

/* values.c: where values are recorded. */
struct pgofs_values {
  uint64_t sites;  /* number of them; 0: nothing is recorded. Set after the rest, and set to 0 before an unmapping. */
  uintptr_t begin; /* of __llvm_prf_vals: a record's Values field points into it, 8 bytes a site */
  size_t field;    /* offset in bytes of Values in a record */
  const struct pgofs_control *control;
  struct pgofs_value_site *site;
};

extern struct pgofs_values pgofs_values;

/* segment.c: the one segment of an image in this process. */
struct pgofs_segment {
  struct pgofs_values *values; /* those of the image. To be set before the rest */
  struct pgofs_segment_header header;
  struct pgofs_range counters;
  struct pgofs_range bitmaps;
  uintptr_t values_begin;
  size_t values_field;
  unsigned char *shared; /* the file from its control page to its end, if it has value sites; else NULL */
};

int pgofs_segment_describe(struct pgofs_segment *segment, const struct pgofs_image *image);
int pgofs_segment_publish(struct pgofs_segment *segment, const struct pgofs_image *image,
                          const struct pgofs_directory *directory, struct pgofs_file *file);
int pgofs_segment_republish(struct pgofs_segment *segment, const struct pgofs_directory *directory);
void pgofs_segment_set_aside(const struct pgofs_segment *segment);
int pgofs_segment_publish_aside(struct pgofs_segment *segment, const struct pgofs_directory *directory);
void pgofs_segment_forget_values(struct pgofs_segment *segment);

/* pgofs_rt.c, for kernel/modules.c too. */
int pgofs_image_follow(struct pgofs_segment *followed, const struct pgofs_image *image,
                       const struct pgofs_directory *directory, const struct pgofs_file *file);
bool pgofs_published(struct pgofs_directory *directory);
int pgofs_dump(void);
int pgofs_dump_at_exit(void);

/* entry_points.c: the names by which the runtime comes into a link. They are at one place, unless the program has the
 * compiler's name itself. */
extern int __llvm_profile_runtime;
extern int pgofs_runtime;

#endif
