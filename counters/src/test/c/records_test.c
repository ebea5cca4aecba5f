/* Records of every raw version, made by hand, become the same canonical ones; damaged ones are refused. */
#include "check.h"
#include "records.h"

#include <stdlib.h>
#include <string.h>

enum { FUNCTIONS = 3, PADDING = 2, COUNTERS = 16, SITES = 8, BITS = 8, BIAS = 0x10000, LINK_BEGIN = 0x400, LINK_END = 0x800 };

/* Where a version has its fields; written down again, apart from the runtime's own table. */
struct version {
  uint64_t number;
  size_t size, function, values, counters, sites, kinds, bitmap, bitmap_size;
};

static const struct version versions[] = {
    {5, 48, 24, 32, 40, 44, 2, 0, 0},     {6, 48, 24, 32, 40, 44, 2, 0, 0},     {7, 48, 24, 32, 40, 44, 2, 0, 0},
    {8, 48, 24, 32, 40, 44, 2, 0, 0},     {9, 64, 32, 40, 48, 52, 2, 24, 56},   {10, 64, 32, 40, 48, 52, 3, 24, 60},
    {11, 72, 40, 48, 56, 60, 3, 32, 68},
};

static const struct pgofs_self self = {.load_bias = BIAS, .link_begin = LINK_BEGIN, .link_end = LINK_END};

/* Exactly sized, so that the address sanitizer sees a byte too far. */
struct fixture {
  struct pgofs_sections sections;
  struct pgofs_records records;
  unsigned char *data;
  unsigned char *counters;
  unsigned char *values;
  unsigned char *bits;
};

static void put(unsigned char *at, uint64_t value, size_t size) {
  memcpy(at, &value, size);
}

static unsigned char *record_at(const struct fixture *fixture, const struct version *version, size_t index) {
  return fixture->data + (PADDING + index) * version->size;
}

static struct fixture make(const struct version *version, size_t trailing) {
  size_t size = (FUNCTIONS + 2 * PADDING) * version->size + trailing;
  struct fixture fixture = {.data = calloc(1, size),
                            .counters = calloc(COUNTERS, 8),
                            .values = calloc(SITES, 8),
                            .bits = calloc(1, BITS)};
  fixture.sections = (struct pgofs_sections){
      .counters = {fixture.counters, fixture.counters + COUNTERS * 8},
      .data = {fixture.data, fixture.data + size},
      .values = {fixture.values, fixture.values + SITES * 8},
      .bitmaps = {fixture.bits, fixture.bits + BITS},
      .raw_version = version->number | UINT64_C(1) << 56,
  };
  for (size_t i = 0; i < FUNCTIONS; i++) {
    unsigned char *record = record_at(&fixture, version, i);
    uint64_t counters = (uintptr_t)(fixture.counters + 8 * i);
    put(record, 100 + i, 8);
    put(record + 8, 200 + i, 8);
    put(record + 16, version->number < 8 ? counters : counters - (uintptr_t)record, 8);
    put(record + version->function, BIAS + LINK_BEGIN + i, 8);
    put(record + version->counters, i + 1, 4);
  }
  return fixture;
}

/* A bitmap for one of the records. */
static void put_bitmap(struct fixture *fixture, const struct version *version, size_t index, size_t begin, size_t size) {
  unsigned char *record = record_at(fixture, version, index);
  put(record + version->bitmap, (uintptr_t)fixture->bits + begin - (uintptr_t)record, 8);
  put(record + version->bitmap_size, size, 4);
}

static void drop(struct fixture *fixture) {
  free(fixture->data);
  free(fixture->counters);
  free(fixture->values);
  free(fixture->bits);
}

static int read_all(struct fixture *fixture, struct pgofs_record *to) {
  int reason = pgofs_records_find(&fixture->records, &fixture->sections);
  for (size_t i = 0; reason == 0 && i < fixture->records.count; i++) {
    reason = pgofs_record_get(&to[i], &fixture->records, i, &fixture->sections, &self);
  }
  return reason;
}

static void should_read(const struct version *version) {
  struct fixture fixture = make(version, 4);
  unsigned char *second = record_at(&fixture, version, 1);
  for (size_t kind = 0; kind < version->kinds; kind++) {
    put(second + version->sites + 2 * kind, kind + 1, 2);
  }
  put(second + version->values, (uintptr_t)(fixture.values + 8), 8);
  put(second + version->function, BIAS + LINK_END, 8);
  if (version->bitmap_size != 0) {
    put_bitmap(&fixture, version, 1, 3, BITS - 3);
  }
  struct pgofs_record records[FUNCTIONS + 2 * PADDING];
  CHECK(read_all(&fixture, records) == 0);
  CHECK(fixture.records.count == FUNCTIONS);
  for (size_t i = 0; i < FUNCTIONS; i++) {
    CHECK(records[i].name_ref == 100 + i && records[i].func_hash == 200 + i);
    CHECK(records[i].counters_offset == 8 * i && records[i].counters == i + 1);
    CHECK(records[i].function == (i == 1 ? 0 : LINK_BEGIN + i));
    CHECK(records[i].value_site == (i == 1 ? 1 : 0));
    CHECK(records[i].value_sites[0] == (i == 1 ? 1 : 0) && records[i].value_sites[1] == (i == 1 ? 2 : 0));
    CHECK(records[i].value_sites[2] == (i == 1 && version->kinds == 3 ? 3 : 0));
    bool has_bitmap = i == 1 && version->bitmap_size != 0;
    CHECK(records[i].bitmap_offset == (has_bitmap ? 3 : 0) && records[i].bitmap_size == (has_bitmap ? BITS - 3 : 0));
    CHECK(records[i].reserved == 0);
  }
  drop(&fixture);
}

static void should_leave_out_sites_without_a_place(const struct version *version) {
  static const int64_t wrong[] = {-8, 8 * (SITES - 1), 8 * SITES};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    struct fixture fixture = make(version, 0);
    struct pgofs_record records[FUNCTIONS + 2 * PADDING];
    put(record_at(&fixture, version, 0) + version->sites, 2, 2);
    put(record_at(&fixture, version, 0) + version->values, (uintptr_t)fixture.values + (uint64_t)wrong[i], 8);
    CHECK(read_all(&fixture, records) == 0);
    CHECK(records[0].value_sites[0] == 0 && records[0].value_site == 0);
    drop(&fixture);
  }
}

/* Behind those that the compiler gave; which need not be any. */
static void should_give_places_to_sites_that_have_none(const struct version *version, size_t given) {
  struct fixture fixture = make(version, 0);
  struct pgofs_record records[FUNCTIONS + 2 * PADDING];
  fixture.sections.values.end = fixture.sections.values.begin + 8 * given;
  for (size_t i = 0; i < FUNCTIONS; i++) {
    put(record_at(&fixture, version, i) + version->sites, 2 + i, 2);
  }
  if (given != 0) {
    put(record_at(&fixture, version, 1) + version->values, (uintptr_t)(fixture.values + 8), 8);
  }
  CHECK(pgofs_records_find(&fixture.records, &fixture.sections) == 0);
  CHECK(fixture.records.value_places == given);
  pgofs_records_give_places(&fixture.records);
  uint64_t all = fixture.records.value_places;
  pgofs_records_give_places(&fixture.records);
  CHECK(fixture.records.value_places == all && all == given + (given != 0 ? 2 + 4 : 2 + 3 + 4));
  for (size_t i = 0; i < FUNCTIONS; i++) {
    CHECK(pgofs_record_get(&records[i], &fixture.records, i, &fixture.sections, &self) == 0);
    CHECK(records[i].value_sites[0] == 2 + i);
  }
  CHECK(records[0].value_site == given);
  CHECK(records[1].value_site == (given != 0 ? 1 : 2));
  CHECK(records[2].value_site == (given != 0 ? given + 2 : 5));
  drop(&fixture);
}

static void should_refuse(const struct version *version, size_t record, size_t field, uint64_t value, size_t size) {
  struct fixture fixture = make(version, 0);
  struct pgofs_record records[FUNCTIONS + 2 * PADDING];
  unsigned char *at = record_at(&fixture, version, record);
  if (field == 16) {
    value += (uintptr_t)fixture.counters - (version->number < 8 ? 0 : (uintptr_t)at);
  }
  put(at + field, value, size);
  CHECK(read_all(&fixture, records) == PGOFS_REFUSED_BAD_SECTIONS);
  drop(&fixture);
}

static void should_refuse_a_bitmap(const struct version *version, size_t begin, size_t size) {
  struct fixture fixture = make(version, 0);
  struct pgofs_record records[FUNCTIONS + 2 * PADDING];
  put_bitmap(&fixture, version, 1, begin, size);
  CHECK(read_all(&fixture, records) == PGOFS_REFUSED_BAD_SECTIONS);
  drop(&fixture);
}

static void should_refuse_the_image(uint64_t raw_version, int reason) {
  struct fixture fixture = make(&versions[3], 0);
  struct pgofs_record records[FUNCTIONS + 2 * PADDING];
  fixture.sections.raw_version = raw_version;
  CHECK(read_all(&fixture, records) == reason);
  drop(&fixture);
}

/* Counters of one byte: at odd places, and to the last one. */
static void should_read_byte_counters(void) {
  const struct version *version = &versions[3];
  struct fixture fixture = make(version, 0);
  struct pgofs_record records[FUNCTIONS + 2 * PADDING];
  unsigned char *second = record_at(&fixture, version, 1);
  fixture.sections.raw_version |= UINT64_C(1) << 60;
  fixture.sections.counters.end -= 1;
  put(second + 16, (uintptr_t)fixture.counters + 5 - (uintptr_t)second, 8);
  put(second + version->counters, COUNTERS * 8 - 6, 4);
  CHECK(read_all(&fixture, records) == 0);
  CHECK(records[1].counters_offset == 5 && records[1].counters == COUNTERS * 8 - 6);
  put(second + version->counters, COUNTERS * 8 - 5, 4);
  CHECK(read_all(&fixture, records) == PGOFS_REFUSED_BAD_SECTIONS);
  drop(&fixture);
}

/* As the front end makes them: nothing says which version they are of. */
static void should_find_the_version(const struct version *version, size_t functions, bool bitmap, uint64_t expected) {
  struct fixture fixture = make(version, 4);
  struct pgofs_record records[FUNCTIONS + 2 * PADDING];
  fixture.sections.raw_version = 0;
  for (size_t i = 0; i < FUNCTIONS; i++) {
    put(record_at(&fixture, version, i) + version->function, 0, 8);
  }
  memset(record_at(&fixture, version, functions), 0, (FUNCTIONS - functions) * version->size);
  /* Under GNU ld the padding is at the end only. */
  memmove(fixture.data, record_at(&fixture, version, 0), functions * version->size);
  memset(fixture.data + functions * version->size, 0, (FUNCTIONS + 2 * PADDING - functions) * version->size);
  for (size_t i = 0; version->number >= 8 && i < functions; i++) {
    unsigned char *record = fixture.data + i * version->size;
    put(record + 16, (uintptr_t)(fixture.counters + 8 * i) - (uintptr_t)record, 8);
    if (bitmap) {
      put(record + version->bitmap, (uintptr_t)fixture.bits + i - (uintptr_t)record, 8);
      put(record + version->bitmap_size, 1, 4);
    }
  }
  CHECK(read_all(&fixture, records) == (expected == 0 ? PGOFS_REFUSED_RAW_VERSION : 0));
  CHECK(expected == 0 || (fixture.records.raw_version == expected && fixture.records.count == functions));
  CHECK(expected == 0 || records[functions - 1].counters == functions);
  drop(&fixture);
}

static void should_refuse_bytes_behind_the_records(void) {
  struct fixture fixture = make(&versions[3], 4);
  struct pgofs_record records[FUNCTIONS + 2 * PADDING];
  fixture.data[pgofs_range_size(fixture.sections.data) - 1] = 1;
  CHECK(read_all(&fixture, records) == PGOFS_REFUSED_BAD_SECTIONS);
  drop(&fixture);
}

int main(void) {
  for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
    const struct version *version = &versions[i];
    should_read(version);
    should_leave_out_sites_without_a_place(version);
    should_give_places_to_sites_that_have_none(version, SITES);
    should_give_places_to_sites_that_have_none(version, 0);
    should_refuse(version, 1, version->counters, 0, 4);
    should_refuse(version, 1, version->counters, COUNTERS, 4);
    should_refuse(version, 1, version->counters, UINT32_MAX, 4);
    should_refuse(version, 1, 16, 4, 8);
    should_refuse(version, 1, 16, (uint64_t)-8, 8);
    should_refuse(version, 0, 16, COUNTERS * 8, 8);
    if (version->bitmap_size != 0) {
      should_refuse_a_bitmap(version, 0, BITS + 1);
      should_refuse_a_bitmap(version, BITS, 1);
      should_refuse_a_bitmap(version, (size_t)-1, 1);
    }
    for (size_t functions = 1; functions <= FUNCTIONS; functions++) {
      uint64_t taken_for = version->number < 8 ? 0 : version->number == 9 ? 10 : version->number;
      should_find_the_version(version, functions, false, taken_for);
      if (version->bitmap_size != 0) {
        should_find_the_version(version, functions, true, version->number);
      }
    }
  }
  should_refuse_bytes_behind_the_records();
  should_read_byte_counters();
  should_refuse_the_image(8, 0);
  should_refuse_the_image(4, PGOFS_REFUSED_RAW_VERSION);
  should_refuse_the_image(12, PGOFS_REFUSED_RAW_VERSION);
  should_refuse_the_image(8 | UINT64_C(1) << 59, PGOFS_REFUSED_VARIANT);
  should_refuse_the_image(8 | UINT64_C(1) << 63, 0);
  return check_failures != 0;
}
