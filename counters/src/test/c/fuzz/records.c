/* Sections that are anything, as records of every version: what is accepted lies inside the sections. The input: raw
 * version, number of counters, of bitmap bytes and of value sites (one byte each), and the data section. Its addresses
 * are made good where they are small, as the linker would. */
#include "../../../main/c/image_file.c"

#include <stdlib.h>

struct space {
  unsigned char *begin;
  struct pgofs_range range;
};

/* Exactly sized, so that the address sanitizer sees a byte too far. */
static struct space space_new(const unsigned char *from, size_t size) {
  struct space space = {.begin = malloc(size == 0 ? 1 : size)};
  if (from != NULL) {
    memcpy(space.begin, from, size);
  } else {
    memset(space.begin, 0, size);
  }
  space.range = (struct pgofs_range){space.begin, space.begin + size};
  return space;
}

/* A small number at a place for an address is an offset into a section. */
static void link_address(unsigned char *record, size_t field, const struct space *section, bool relative) {
  uint64_t value;
  memcpy(&value, record + field, sizeof value);
  if (value < 4096) {
    value += (uintptr_t)section->begin - (relative ? (uintptr_t)record : 0);
    memcpy(record + field, &value, sizeof value);
  }
}

static void inside(uint64_t offset, uint64_t size, struct pgofs_range range) {
  if (size != 0 && (offset > pgofs_range_size(range) || size > pgofs_range_size(range) - offset)) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
  if (size < 11) {
    return 0;
  }
  struct pgofs_sections sections = {.raw_version = 0};
  memcpy(&sections.raw_version, input, 8);
  struct space counters = space_new(NULL, input[8] * 8u);
  struct space bitmaps = space_new(NULL, input[9]);
  struct space values = space_new(NULL, input[10] * 8u);
  struct space data = space_new(input + 11, size - 11);
  uint64_t number = sections.raw_version & 0xffffffff;
  size_t step = number < 9 ? 48 : number < 11 ? 64 : 72;
  for (size_t at = 0; at + step <= size - 11; at += step) {
    link_address(data.begin + at, 16, &counters, number > 7);
    link_address(data.begin + at, number < 9 ? 32 : number < 11 ? 40 : 48, &values, false);
  }
  sections.counters = counters.range;
  sections.bitmaps = bitmaps.range;
  sections.values = values.range;
  sections.data = data.range;
  struct pgofs_self self = {.link_end = 1 << 20};
  struct pgofs_image image;
  bool found = pgofs_records_find(&image.records, &sections) == 0;
  if (found) {
    pgofs_records_give_places(&image.records);
  }
  if (found && pgofs_image_describe(&image, &sections, &self) == 0) {
    struct pgofs_range all = {NULL, (const unsigned char *)(uintptr_t)(8 * image.records.value_places)};
    uint64_t unit = pgofs_records_are_bytes(image.records.raw_version) ? 1 : 8;
    for (size_t i = 0; i < image.records.count; i++) {
      struct pgofs_record record;
      if (pgofs_record_get(&record, &image.records, i, &sections, &self) != 0) {
        abort();
      }
      uint64_t sites = (uint64_t)record.value_sites[0] + record.value_sites[1] + record.value_sites[2];
      inside(record.counters_offset, record.counters * unit, sections.counters);
      inside(record.bitmap_offset, record.bitmap_size, sections.bitmaps);
      inside(record.value_site * UINT64_C(8), sites * 8, all);
    }
  }
  free(counters.begin);
  free(bitmaps.begin);
  free(values.begin);
  free(data.begin);
  return 0;
}
