/*
 * The segment file: the pages of counters and bitmaps are replaced by mappings of it, and if the image has value sites,
 * it is mapped once more from its control page to its end, wherever there is room. One mapping for both, control page
 * and sites, so that they always belong to the same file; the pages between are not touched through it. May make system
 * calls only: republishing runs in the child of a fork.
 */
#include "segment.h"
#include "environment.h"
#include "machine.h"
#include "syscall.h"

#include <elf.h>
#include <string.h>

/* The kernel's: mappings begin and end at multiples of it. */
#if PGOFS_ALIGNMENT == PGOFS_LEAST_PAGE
static const uint32_t page_size = PGOFS_LEAST_PAGE;

static void page_size_find(void) {}
#else
static uint32_t page_size;

/* Where it cannot be found out, the alignment serves: it is a multiple of it. */
static void page_size_find(void) {
  uint64_t told;
  page_size = pgofs_auxiliary(AT_PAGESZ, &told) && told < PGOFS_ALIGNMENT ? (uint32_t)told : PGOFS_ALIGNMENT;
}
#endif

static size_t in_pages(size_t size) {
  return (size + page_size - 1) & ~(size_t)(page_size - 1);
}

static size_t mapped_size(struct pgofs_range range) {
  return in_pages(pgofs_range_size(range));
}

static void value_sites_describe(struct pgofs_segment *segment, const struct pgofs_image *image) {
  struct pgofs_segment_header *header = &segment->header;
  uint64_t sites = image->header.value_sites;
  if (sites == 0) {
    return;
  }
  header->value_sites = (struct pgofs_area){header->file_size, sites * sizeof(struct pgofs_value_site)};
  header->value_site_size = sizeof(struct pgofs_value_site);
  header->value_slots = PGOFS_VALUE_SLOTS;
  header->file_size += in_pages(header->value_sites.size);
  segment->values_begin = image->records.values;
  segment->values_field = pgofs_records_values_field(&image->records);
}

/* Without value sites nobody asks for them. */
static void relocated_describe(struct pgofs_segment *segment, const struct pgofs_image *image) {
  struct pgofs_segment_header *header = &segment->header;
  size_t size = image->relocations.count * sizeof(struct pgofs_relocated);
  if (size != 0 && header->value_sites.size != 0) {
    header->relocated = (struct pgofs_area){header->file_size, size};
    header->file_size += in_pages(size);
  }
}

static bool has_its_pages(struct pgofs_range range, const struct pgofs_image *image) {
  uintptr_t begin = (uintptr_t)range.begin;
  return begin % page_size == 0 &&
         pgofs_self_has_last_page(image->self, image->sections, range, begin + mapped_size(range));
}

static void bitmaps_describe(struct pgofs_segment *segment) {
  struct pgofs_segment_header *header = &segment->header;
  size_t size = pgofs_range_size(segment->bitmaps);
  if (size != 0) {
    header->bitmaps = (struct pgofs_area){header->file_size, size};
    header->file_size += mapped_size(segment->bitmaps);
  }
}

/* Fills what is the same for all processes of a run. Returns a reason. */
int pgofs_segment_describe(struct pgofs_segment *segment, const struct pgofs_image *image) {
  const struct pgofs_self *self = image->self;
  segment->counters = image->sections->counters;
  segment->bitmaps = image->sections->bitmaps;
  page_size_find();
  if (!has_its_pages(segment->counters, image) ||
      (pgofs_range_size(segment->bitmaps) != 0 && !has_its_pages(segment->bitmaps, image))) {
    return PGOFS_REFUSED_NOT_ALIGNED;
  }
  segment->header = (struct pgofs_segment_header){
      .magic = PGOFS_SEGMENT_MAGIC,
      .version = PGOFS_FORMAT_VERSION,
      .page_size = page_size,
      .file_size = 2 * (uint64_t)page_size + mapped_size(segment->counters),
      .raw_version = image->header.raw_version,
      .image_key = image->key,
      .counters = {2 * (uint64_t)page_size, pgofs_range_size(segment->counters)},
      .load_bias = self->load_bias,
      .link_begin = self->link_begin,
      .link_end = self->link_end,
      .path_size = self->path_size,
  };
  memcpy(segment->header.path, self->path, self->path_size);
  bitmaps_describe(segment);
  value_sites_describe(segment, image);
  relocated_describe(segment, image);
  return 0;
}

/* Returns a reason. */
static int header_write(struct pgofs_segment *segment, const struct pgofs_file *file) {
  segment->header.published_ns = file->made_ns;
  segment->header.pid = (uint32_t)pgofs_sys_getpid();
  return pgofs_file_write(file->fd, &segment->header, sizeof segment->header, 0);
}

static bool is_zero(const unsigned char page[PGOFS_LEAST_PAGE]) {
  uint64_t any = 0;
  for (size_t i = 0; i < PGOFS_LEAST_PAGE; i += 64) {
    uint64_t word[8];
    memcpy(word, page + i, sizeof word);
    any |= (word[0] | word[1] | word[2] | word[3]) | (word[4] | word[5] | word[6] | word[7]);
  }
  return any == 0;
}

/* Writes what is counted so far; the file stays without pages where nothing is. Returns a reason. */
static int pages_write(struct pgofs_range range, uint64_t offset, int fd) {
  int reason = 0;
  for (size_t done = 0; reason == 0 && done < mapped_size(range); done += PGOFS_LEAST_PAGE) {
    const unsigned char *page = range.begin + done;
    if (!is_zero(page)) {
      reason = pgofs_file_write(fd, page, PGOFS_LEAST_PAGE, offset + done);
    }
  }
  return reason;
}

/* What lies behind a range in its last page, where nobody writes. */
static struct pgofs_range rest_of(struct pgofs_range range) {
  return (struct pgofs_range){range.end, range.begin + mapped_size(range)};
}

/* Of a child it is as it was of its parent. Returns a reason. */
static int rest_write(struct pgofs_range range, uint64_t offset, int fd) {
  struct pgofs_range rest = rest_of(range);
  for (const unsigned char *at = rest.begin; at != rest.end; at++) {
    if (*at != 0) {
      return pgofs_file_write(fd, rest.begin, pgofs_range_size(rest), offset + pgofs_range_size(range));
    }
  }
  return 0;
}

/* A child has them where its parent has them. Returns a reason. */
static int relocated_copy(const struct pgofs_segment *segment, int fd) {
  const struct pgofs_area *relocated = &segment->header.relocated;
  if (relocated->size == 0 || segment->shared == NULL) {
    return 0;
  }
  const unsigned char *parents = segment->shared + (relocated->offset - segment->header.page_size);
  return pgofs_file_write(fd, parents, relocated->size, relocated->offset);
}

/* What is not covered yet is 0xff in counters of one byte. Returns a reason. */
static int nothing_covered_write(const struct pgofs_segment *segment, int fd) {
  unsigned char part[1024];
  int reason = 0;
  size_t size = pgofs_records_are_bytes(segment->header.raw_version) ? pgofs_range_size(segment->counters) : 0;
  memset(part, 0xff, sizeof part);
  for (size_t done = 0; reason == 0 && done < size; done += sizeof part) {
    size_t left = size - done;
    reason = pgofs_file_write(fd, part, left < sizeof part ? left : sizeof part,
                              segment->header.counters.offset + done);
  }
  return reason;
}

/* Returns a reason. */
static int map(struct pgofs_range range, uint64_t offset, int fd) {
  void *at = (void *)(uintptr_t)range.begin;
  if (pgofs_range_size(range) == 0) {
    return 0;
  }
  void *mapped =
      pgofs_sys_mmap(at, mapped_size(range), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, offset);
  return mapped == at ? 0 : PGOFS_REFUSED_NOT_MAPPED;
}

/* At the place of an earlier mapping, or anywhere if there is none. Returns a reason. */
static int map_values(struct pgofs_segment *segment, int fd) {
  uint64_t begin = segment->header.page_size;
  int fixed = segment->shared == NULL ? 0 : MAP_FIXED;
  void *mapped = pgofs_sys_mmap(segment->shared, segment->header.file_size - begin, PROT_READ | PROT_WRITE,
                                MAP_SHARED | fixed, fd, begin);
  if (pgofs_sys_failed(mapped)) {
    return PGOFS_REFUSED_NOT_MAPPED;
  }
  segment->shared = mapped;
  (void)pgofs_sys_mprotect(mapped, begin, PROT_READ); /* only the daemon writes the control page */
  return 0;
}

static void values_start(const struct pgofs_segment *segment) {
  const struct pgofs_segment_header *header = &segment->header;
  segment->values->begin = segment->values_begin;
  segment->values->field = segment->values_field;
  segment->values->control = (const struct pgofs_control *)segment->shared;
  segment->values->site =
      (struct pgofs_value_site *)(segment->shared + (header->value_sites.offset - header->page_size));
  __atomic_store_n(&segment->values->sites, header->value_sites.size / header->value_site_size, __ATOMIC_RELEASE);
}

/* Empty pages of the process' own, in the place of what is there. Whether it was done. */
static bool map_empty(const void *at, size_t size) {
  return !pgofs_sys_failed(pgofs_sys_mmap((void *)(uintptr_t)at, size, PROT_READ | PROT_WRITE,
                                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0));
}

/*
 * Values are no longer recorded, and the segment is no longer mapped by them. Empty pages stay in its place: another
 * thread may be about to record a value.
 */
void pgofs_segment_forget_values(struct pgofs_segment *segment) {
  unsigned char *shared = segment->shared;
  __atomic_store_n(&segment->values->sites, 0, __ATOMIC_SEQ_CST);
  segment->shared = NULL;
  if (shared != NULL) {
    (void)map_empty(shared, segment->header.file_size - segment->header.page_size);
  }
}

/* Returns a reason. */
static int rename_final(struct pgofs_file *file, const struct pgofs_directory *directory) {
  char name[PGOFS_NAME_SIZE];
  memcpy(name, file->name, sizeof name);
  memcpy(name, PGOFS_SEGMENT_PREFIX, 2);
  int result = pgofs_sys_rename(directory->fd, file->name, name);
  if (result != 0) {
    return pgofs_reason_of(result);
  }
  memcpy(file->name, name, sizeof name);
  return 0;
}

/* With signals held back: what a handler counted after the copy would be lost with the pages that are replaced. */
static int copy_and_map(const struct pgofs_segment *segment, int fd) {
  const uint64_t all = UINT64_MAX;
  uint64_t before;
  if (pgofs_sys_sigprocmask(SIG_BLOCK, &all, &before) != 0) {
    return PGOFS_REFUSED_IO;
  }
  const struct pgofs_segment_header *header = &segment->header;
  int reason = pages_write(segment->counters, header->counters.offset, fd);
  if (reason == 0) {
    reason = pages_write(segment->bitmaps, header->bitmaps.offset, fd);
  }
  if (reason == 0) {
    reason = map(segment->counters, header->counters.offset, fd);
  }
  if (reason == 0) {
    reason = map(segment->bitmaps, header->bitmaps.offset, fd);
  }
  (void)pgofs_sys_sigprocmask(SIG_SETMASK, &before, NULL);
  return reason;
}

/* Publishes a described segment with what is counted so far. The file stays open if it was done. Returns a reason. */
int pgofs_segment_publish(struct pgofs_segment *segment, const struct pgofs_image *image,
                          const struct pgofs_directory *directory, struct pgofs_file *file) {
  int reason = pgofs_file_create(file, directory, segment->header.file_size);
  if (reason != 0) {
    return reason;
  }
  segment->header.uid = file->owner;
  reason = pgofs_image_check(image, directory, file->owner);
  if (reason == 0) {
    reason = header_write(segment, file);
  }
  if (reason == 0 && segment->header.relocated.size != 0) {
    reason = pgofs_relocations_write(&image->records, image->sections, image->self, file->fd,
                                     segment->header.relocated.offset);
  }
  if (reason == 0 && segment->header.value_sites.size != 0) {
    reason = map_values(segment, file->fd);
  }
  if (reason == 0) {
    reason = copy_and_map(segment, file->fd);
  }
  if (reason == 0) {
    reason = rename_final(file, directory);
  }
  if (reason != 0) {
    pgofs_segment_forget_values(segment);
    pgofs_file_discard(file, directory);
    return reason;
  }
  if (segment->shared != NULL) {
    values_start(segment);
  }
  segment->published = true;
  return 0;
}

/*
 * In the child of a fork: a segment of its own, with counters from zero. It is published before it is mapped: until
 * then the child counts into its parent's segment, so whatever fails loses nothing. If only a later mapping fails,
 * bitmaps and values go on into the parent's, where they are as good. All are mapped over the old ones: the fork may be
 * in a handler of a signal that interrupted an instrument function. Returns a reason.
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
    reason = header_write(segment, &file);
  }
  if (reason == 0) {
    reason = nothing_covered_write(segment, file.fd);
  }
  if (reason == 0) {
    reason = relocated_copy(segment, file.fd);
  }
  if (reason == 0) {
    reason = rest_write(segment->counters, segment->header.counters.offset, file.fd);
  }
  if (reason == 0) {
    reason = rest_write(segment->bitmaps, segment->header.bitmaps.offset, file.fd);
  }
  if (reason == 0) {
    reason = rename_final(&file, directory);
  }
  if (reason == 0) {
    reason = map(segment->counters, segment->header.counters.offset, file.fd);
  }
  if (reason != 0) {
    pgofs_file_discard(&file, directory);
    return reason;
  }
  (void)map(segment->bitmaps, segment->header.bitmaps.offset, file.fd);
  if (segment->shared != NULL) {
    (void)map_values(segment, file.fd);
  }
  pgofs_sys_close(file.fd);
  return 0;
}

/* Parts of the segment as they lie in memory, with their places in the file. */
struct part {
  struct pgofs_range pages;
  uint64_t offset;
  struct pgofs_range kept; /* in these pages: what stays as it is */
};

#define PARTS 3

static void parts_get(struct part part[PARTS], const struct pgofs_segment *segment) {
  const struct pgofs_segment_header *header = &segment->header;
  part[0] = (struct part){segment->counters, header->counters.offset, rest_of(segment->counters)};
  part[1] = (struct part){segment->bitmaps, header->bitmaps.offset, rest_of(segment->bitmaps)};
  part[2] = (struct part){{NULL, NULL}, header->page_size, {NULL, NULL}};
  if (segment->shared != NULL) {
    part[2].pages = (struct pgofs_range){segment->shared, segment->shared + (header->file_size - header->page_size)};
    if (header->relocated.size != 0) {
      const unsigned char *relocated = segment->shared + (header->relocated.offset - header->page_size);
      part[2].kept = (struct pgofs_range){relocated, relocated + header->relocated.size};
    }
  }
}

static void kept_put(const struct part *part, const unsigned char *from) {
  if (pgofs_range_size(part->kept) != 0) {
    memcpy((void *)(uintptr_t)part->kept.begin, from, pgofs_range_size(part->kept));
  }
}

/* Private pages in the place of these, empty but for what is kept; or as they are, if there is no memory. */
static void part_empty(const struct part *part) {
  size_t kept = pgofs_range_size(part->kept);
  unsigned char *copy = NULL;
  if (kept != 0) {
    copy = pgofs_sys_mmap(NULL, kept, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pgofs_sys_failed(copy)) {
      return;
    }
    memcpy(copy, part->kept.begin, kept);
  }
  (void)map_empty(part->pages.begin, mapped_size(part->pages));
  kept_put(part, copy);
  if (kept != 0) {
    pgofs_sys_munmap(copy, kept);
  }
}

/* From here on the process counts for itself: what the segment has it keeps, as if the process had ended. */
void pgofs_segment_set_aside(const struct pgofs_segment *segment) {
  struct part part[PARTS];
  parts_get(part, segment);
  for (size_t i = 0; i < PARTS; i++) {
    if (pgofs_range_size(part[i].pages) != 0) {
      part_empty(&part[i]);
    }
  }
}

/* Takes the pages of a part away from all threads at once, writes them, and gives them back to the kernel. */
static int part_write(const struct part *part, int fd) {
  size_t size = mapped_size(part->pages);
  if (size == 0) {
    return 0;
  }
  const unsigned char *taken = pgofs_sys_move_pages(part->pages.begin, size);
  if (pgofs_sys_failed(taken)) {
    return PGOFS_REFUSED_NOT_MAPPED;
  }
  kept_put(part, taken + ((uintptr_t)part->kept.begin - (uintptr_t)part->pages.begin));
  int reason = pages_write((struct pgofs_range){taken, taken + size}, part->offset, fd);
  pgofs_sys_munmap(taken, size);
  return reason;
}

/* A segment of what was counted since it was set aside, which is mapped by nobody. Returns a reason. */
int pgofs_segment_publish_aside(struct pgofs_segment *segment, const struct pgofs_directory *directory) {
  struct part part[PARTS];
  struct pgofs_file file;
  int reason = pgofs_file_create(&file, directory, segment->header.file_size);
  if (reason != 0) {
    return reason;
  }
  parts_get(part, segment);
  reason = header_write(segment, &file);
  for (size_t i = 0; reason == 0 && i < PARTS; i++) {
    reason = part_write(&part[i], file.fd);
  }
  if (reason == 0) {
    reason = rename_final(&file, directory);
  }
  if (reason != 0) {
    pgofs_file_discard(&file, directory);
  } else {
    pgofs_sys_close(file.fd);
  }
  return reason;
}
