/*
 * Prints what the tests look at in a segment.
 *   pgofs_dump SEGMENT         "TOTAL NAME-OF-ITS-IMAGE-FILE PATH"
 *   pgofs_dump SEGMENT values  "FUNCTION KIND SITE VALUE COUNT" for each slot in use: FUNCTION is an address, VALUE one of
 *                              a function or the beginning of a vtable (all link-time, hexadecimal, 0 of another image),
 *                              or a size
 *   pgofs_dump SEGMENT ended   1 if no process has it mapped, or else 0
 *   pgofs_dump SEGMENT bits    the number of bits that are set in bitmaps
 */
#include "pgofs_format.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* The whole file, for reading; the lease would see a mapping for writing only. */
static const unsigned char *load(int directory, const char *name, uint64_t magic) {
  struct stat status;
  uint64_t found;
  int fd = openat(directory, name, O_RDONLY);
  if (fd < 0 || fstat(fd, &status) != 0) {
    fail(name);
  }
  const unsigned char *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
  if (bytes == MAP_FAILED || memcpy(&found, bytes, sizeof found) == NULL || found != magic) {
    fail(name);
  }
  close(fd);
  return bytes;
}

static void image_name(char name[100], const struct pgofs_segment_header *header) {
  int size = snprintf(name, 100, "i-%u-%016" PRIx64 "%016" PRIx64, header->uid, header->image_key.word[0],
                      header->image_key.word[1]);
  if (header->image_nonce != 0) {
    snprintf(name + size, 100 - (size_t)size, "-%016" PRIx64, header->image_nonce);
  }
}

static void print_total(const struct pgofs_segment_header *header, const unsigned char *segment) {
  char image[100];
  uint64_t total = 0;
  for (uint64_t done = 0; done < header->counters.size; done += 8) {
    total += *(const uint64_t *)(segment + header->counters.offset + done);
  }
  image_name(image, header);
  printf("%" PRIu64 " %s %.*s\n", total, image, (int)header->path_size, header->path);
}

static uint64_t canonical(const struct pgofs_segment_header *header, const unsigned char *image, unsigned kind,
                          uint64_t value) {
  uint64_t address = value - header->load_bias;
  if (kind == 0) {
    return address >= header->link_begin && address < header->link_end ? address : 0;
  }
  const struct pgofs_area *area = &((const struct pgofs_image_header *)image)->vtables;
  const struct pgofs_vtable *vtable = (const struct pgofs_vtable *)(image + area->offset);
  for (uint64_t i = 0; i < area->size / sizeof *vtable; i++) {
    if (address - vtable[i].address < vtable[i].size) {
      return vtable[i].address;
    }
  }
  return 0;
}

static void print_site(const struct pgofs_segment_header *header, const unsigned char *segment,
                       const unsigned char *image, const struct pgofs_record *record, unsigned kind, unsigned site,
                       uint64_t number) {
  const struct pgofs_control *control = (const struct pgofs_control *)(segment + header->page_size);
  const struct pgofs_value_site *at = (const struct pgofs_value_site *)(segment + header->value_sites.offset) + number;
  if (number >= header->value_sites.size / header->value_site_size) {
    fail("no such site");
  }
  for (unsigned i = 0; at->epoch == control->reset_epoch && i < header->value_slots; i++) {
    const struct pgofs_value_slot *slot = &at->slot[i];
    if (slot->count != 0) {
      uint64_t value = kind == 1 ? slot->value : canonical(header, image, kind, slot->value);
      printf(kind == 1 ? "%016" PRIx64 " %u %u %" PRIu64 " %" PRIu64 "\n"
                       : "%016" PRIx64 " %u %u %016" PRIx64 " %" PRIu64 "\n",
             record->function, kind, site, value, slot->count);
    }
  }
}

static void print_values(const struct pgofs_segment_header *header, const unsigned char *segment, int directory) {
  char name[100];
  image_name(name, header);
  const unsigned char *image = load(directory, name, PGOFS_IMAGE_MAGIC);
  const struct pgofs_area *area = &((const struct pgofs_image_header *)image)->records;
  const struct pgofs_record *record = (const struct pgofs_record *)(image + area->offset);
  if (header->value_sites.size != 0 &&
      (header->value_site_size != sizeof(struct pgofs_value_site) || header->value_slots != PGOFS_VALUE_SLOTS)) {
    fail("value sites");
  }
  for (uint64_t i = 0; i < area->size / sizeof *record; i++) {
    uint64_t number = record[i].value_site;
    for (unsigned kind = 0; kind < PGOFS_VALUE_KINDS; kind++) {
      for (unsigned site = 0; site < record[i].value_sites[kind]; site++) {
        print_site(header, segment, image, &record[i], kind, site, number++);
      }
    }
  }
}

static void print_bits(const struct pgofs_segment_header *header, const unsigned char *segment) {
  int bits = 0;
  for (uint64_t i = 0; i < header->bitmaps.size; i++) {
    bits += __builtin_popcount(segment[header->bitmaps.offset + i]);
  }
  printf("%d\n", bits);
}

static int print_ended(const char *name) {
  int fd = open(name, O_RDONLY);
  int leased = fd < 0 ? -1 : fcntl(fd, F_SETLEASE, F_RDLCK);
  return printf("%d\n", leased == 0) < 0;
}

int main(int count, char **arguments) {
  const char *what = count == 3 ? arguments[2] : "";
  if (count < 2) {
    fail("usage: pgofs_dump SEGMENT [values|ended|bits]");
  }
  if (strcmp(what, "ended") == 0) {
    return print_ended(arguments[1]);
  }
  const unsigned char *segment = load(AT_FDCWD, arguments[1], PGOFS_SEGMENT_MAGIC);
  const struct pgofs_segment_header *header = (const struct pgofs_segment_header *)segment;
  if (strcmp(what, "values") == 0) {
    char *slash = strrchr(arguments[1], '/');
    *slash = 0;
    print_values(header, segment, open(arguments[1], O_PATH));
  } else if (strcmp(what, "bits") == 0) {
    print_bits(header, segment);
  } else {
    print_total(header, segment);
  }
  return 0;
}
