/*
 * The compiler's function records, raw versions 5 to 11, as canonical ones. May call memcpy and the like only.
 *
 * All versions begin with the name's hash at 0, the function's hash at 8 and where the counters are at 16: an address
 * up to version 7, the distance from the record since.
 *
 * Images that the front end instrumented have no version symbol, unless their counters are bytes. There the records tell
 * it: read with the layout of another size, the fields that say where counters are and how many hold something else,
 * which some record betrays. Versions of one size differ only where vtables and bitmaps are counted; records that have
 * neither are taken for the higher one.
 */
#include "records.h"

#include <string.h>

enum { NAME_REF = 0, FUNC_HASH = 8, COUNTERS = 16 };

#define RAW_NUMBER UINT64_C(0xffffffff)
#define RAW_CORRELATE (UINT64_C(1) << 59)
#define RAW_BYTE_COVERAGE (UINT64_C(1) << 60) /* counters of one byte */

/* Offsets in bytes of what differs. */
struct pgofs_record_layout {
  uint8_t first_version;
  uint8_t size;
  uint8_t relative; /* whether counters are given by their distance */
  uint8_t bitmap;   /* where its bitmap is; 0: the version has no bitmaps */
  uint8_t function;
  uint8_t values;
  uint8_t counters;
  uint8_t value_sites;
  uint8_t value_kinds;
  uint8_t bitmap_size;
};

#define LAST_VERSION 11

static const struct pgofs_record_layout layouts[] = {
    {11, 72, 1, 32, 40, 48, 56, 60, 3, 68},
    {10, 64, 1, 24, 32, 40, 48, 52, 3, 60},
    {9, 64, 1, 24, 32, 40, 48, 52, 2, 56},
    {8, 48, 1, 0, 24, 32, 40, 44, 2, 0},
    {5, 48, 0, 0, 24, 32, 40, 44, 2, 0},
};

#define LAYOUTS (sizeof layouts / sizeof layouts[0])

static uint64_t load64(const unsigned char *at) {
  uint64_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static uint32_t load32(const unsigned char *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static uint16_t load16(const unsigned char *at) {
  uint16_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static const struct pgofs_record_layout *layout_of(uint64_t raw_version) {
  uint64_t number = raw_version & RAW_NUMBER;
  if (number > LAST_VERSION) {
    return NULL;
  }
  for (size_t i = 0; i < LAYOUTS; i++) {
    if (number >= layouts[i].first_version) {
      return &layouts[i];
    }
  }
  return NULL;
}

static bool is_zero(const unsigned char *from, const unsigned char *end) {
  for (; from != end; from++) {
    if (*from != 0) {
      return false;
    }
  }
  return true;
}

static bool is_padding(const struct pgofs_record_layout *layout, const unsigned char *record) {
  return load64(record + NAME_REF) == 0 && load64(record + FUNC_HASH) == 0 && load32(record + layout->counters) == 0;
}

/* Whether counters are bytes, 0xff at the start, and not numbers of 8 bytes. */
bool pgofs_records_are_bytes(uint64_t raw_version) {
  return (raw_version & RAW_BYTE_COVERAGE) != 0;
}

/* Whether they are in the debug information. */
bool pgofs_records_are_elsewhere(uint64_t raw_version) {
  return (raw_version & RAW_CORRELATE) != 0;
}

/* Leaves out the padding that alignment brings at the ends of the section. Returns a reason. */
static int read_as(struct pgofs_records *records, const struct pgofs_record_layout *layout, uint64_t raw_version,
                   const struct pgofs_sections *sections) {
  const unsigned char *begin = sections->data.begin;
  size_t count = pgofs_range_size(sections->data) / layout->size;
  if (!is_zero(begin + count * layout->size, sections->data.end)) {
    return PGOFS_REFUSED_BAD_SECTIONS;
  }
  while (count > 0 && is_padding(layout, begin + (count - 1) * layout->size)) {
    count--;
  }
  while (count > 0 && is_padding(layout, begin)) {
    begin += layout->size;
    count--;
  }
  /* Without the section the places that are given are at any address but 0, which is none. */
  size_t places = pgofs_range_size(sections->values) / 8;
  uintptr_t values = (uintptr_t)(places != 0 ? sections->values.begin : begin);
  *records = (struct pgofs_records){layout, raw_version, begin, count, NULL, values, places};
  return count > 0 ? 0 : PGOFS_REFUSED_BAD_SECTIONS;
}

/* Whether all records make sense: those with value sites have a place for them, or may have none. */
static bool are_plausible(const struct pgofs_records *records, const struct pgofs_sections *sections, bool placeless) {
  static const struct pgofs_self nowhere;
  const struct pgofs_record_layout *layout = records->layout;
  for (size_t i = 0; i < records->count; i++) {
    struct pgofs_record record;
    const unsigned char *raw = records->begin + i * layout->size;
    uint64_t values = load64(raw + layout->values);
    if (pgofs_record_get(&record, records, i, sections, &nowhere) != 0 ||
        (values != 0 && values - (uintptr_t)sections->values.begin >= pgofs_range_size(sections->values))) {
      return false;
    }
    for (size_t kind = 0; kind < layout->value_kinds; kind++) {
      uint16_t sites = load16(raw + layout->value_sites + 2 * kind);
      if (sites != record.value_sites[kind] && !(placeless && values == 0)) {
        return false;
      }
    }
  }
  return true;
}

/* Returns a reason. */
static int find_version(struct pgofs_records *records, const struct pgofs_sections *sections, bool placeless) {
  records->count = 0;
  for (size_t i = 0; i < LAYOUTS; i++) {
    struct pgofs_records tried;
    if (!layouts[i].relative || read_as(&tried, &layouts[i], layouts[i].first_version, sections) != 0 ||
        !are_plausible(&tried, sections, placeless)) {
      continue;
    }
    if (records->count == 0) {
      *records = tried;
    } else if (records->layout->size != tried.layout->size) {
      return PGOFS_REFUSED_RAW_VERSION; /* nothing tells which of the two */
    }
  }
  return records->count != 0 ? 0 : PGOFS_REFUSED_RAW_VERSION;
}

/* Returns a reason. */
int pgofs_records_find(struct pgofs_records *records, const struct pgofs_sections *sections) {
  uint64_t raw_version = sections->raw_version;
  if (!pgofs_records_are_bytes(raw_version) && pgofs_range_size(sections->counters) % 8 != 0) {
    return PGOFS_REFUSED_BAD_SECTIONS;
  }
  if (raw_version == 0) {
    int reason = find_version(records, sections, false);
    return reason == 0 || records->count != 0 ? reason : find_version(records, sections, true);
  }
  const struct pgofs_record_layout *layout = layout_of(raw_version);
  if (layout == NULL) {
    return PGOFS_REFUSED_RAW_VERSION;
  }
  if (pgofs_records_are_elsewhere(raw_version)) {
    return PGOFS_REFUSED_VARIANT;
  }
  return read_as(records, layout, raw_version, sections);
}

/* In bytes; 0 if the version is not known, or none. */
size_t pgofs_record_size(uint64_t raw_version) {
  const struct pgofs_record_layout *layout = layout_of(raw_version);
  return layout == NULL ? 0 : layout->size;
}

/* The address of a record's function, or NULL. */
const void *pgofs_record_function(uint64_t raw_version, const void *record) {
  const struct pgofs_record_layout *layout = layout_of(raw_version);
  return layout == NULL ? NULL : (const void *)load64((const unsigned char *)record + layout->function);
}

/* Where a record says where its value sites are: bytes from its start. */
size_t pgofs_records_values_field(const struct pgofs_records *records) {
  return records->layout->values;
}

/* Bytes from one record to the next. */
size_t pgofs_records_size(const struct pgofs_records *records) {
  return records->layout->size;
}

/* Where a record says where its function is: bytes from its start. */
size_t pgofs_records_function_field(const struct pgofs_records *records) {
  return records->layout->function;
}

size_t pgofs_vtables_count(const struct pgofs_sections *sections) {
  return pgofs_range_size(sections->vtables) / PGOFS_VTABLE_ENTRY_SIZE;
}

/* Of functions and, behind them, of vtables the n-th. */
static uint64_t link_time(uint64_t address, size_t n, const struct pgofs_records *records,
                          const struct pgofs_self *self) {
  if (pgofs_is_own(address, self)) {
    return address - self->load_bias;
  }
  return records->linked == NULL ? 0 : records->linked[n];
}

/*
 * The compiler gives records a place for their value sites or, by -vp-static-alloc=false, leaves it to its runtime, which
 * finds none. They get numbers behind all others, by places that are not there.
 */
void pgofs_records_give_places(struct pgofs_records *records) {
  const struct pgofs_record_layout *layout = records->layout;
  const size_t step = layout->size;
  const size_t values = layout->values;
  const size_t two = layout->value_sites; /* of two kinds, most often 0 both */
  const size_t third = layout->value_kinds > 2 ? two + 4 : 0;
  unsigned char *record = (unsigned char *)(uintptr_t)records->begin;
  unsigned char *const end = record + records->count * step;
  for (; record != end; record += step) {
    if (load64(record + values) != 0) {
      continue;
    }
    uint32_t counts = load32(record + two);
    uint64_t sites = third == 0 ? 0 : load16(record + third);
    if (counts != 0 || sites != 0) {
      uint64_t place = records->values + 8 * records->value_places;
      memcpy(record + values, &place, sizeof place);
      records->value_places += sites + (counts & 0xffff) + (counts >> 16);
    }
  }
}

/* Sites without a place are left out: nothing can be recorded for them. */
static void value_sites_get(struct pgofs_record *to, const struct pgofs_records *records,
                            const unsigned char *record) {
  const struct pgofs_record_layout *layout = records->layout;
  uint64_t sites = 0;
  for (size_t kind = 0; kind < layout->value_kinds; kind++) {
    to->value_sites[kind] = load16(record + layout->value_sites + 2 * kind);
    sites += to->value_sites[kind];
  }
  uint64_t first = (load64(record + layout->values) - records->values) / 8;
  if (sites == 0) {
    return;
  }
  if (first < records->value_places && sites <= records->value_places - first) {
    to->value_site = (uint32_t)first;
  } else {
    memset(to->value_sites, 0, sizeof to->value_sites);
  }
}

/* Whether a part of a section lies in it, in whole units of 1 << shift bytes; the numbers may be anything. */
static inline bool fits(uint64_t offset, uint64_t count, unsigned shift, struct pgofs_range section) {
  uint64_t size = pgofs_range_size(section);
  return (offset & ((UINT64_C(1) << shift) - 1)) == 0 && offset <= size && count <= (size - offset) >> shift;
}

/* Of the units of counters. */
static unsigned counters_shift(const struct pgofs_records *records) {
  return pgofs_records_are_bytes(records->raw_version) ? 0 : 3;
}

/* Returns a reason. */
int pgofs_record_get(struct pgofs_record *to, const struct pgofs_records *records, size_t index,
                     const struct pgofs_sections *sections, const struct pgofs_self *self) {
  const struct pgofs_record_layout *layout = records->layout;
  const unsigned char *record = records->begin + index * layout->size;
  uint64_t origin = layout->relative ? (uint64_t)(uintptr_t)record : 0;
  *to = (struct pgofs_record){
      .name_ref = load64(record + NAME_REF),
      .func_hash = load64(record + FUNC_HASH),
      .counters_offset = load64(record + COUNTERS) + origin - (uint64_t)(uintptr_t)sections->counters.begin,
      .function = link_time(load64(record + layout->function), index, records, self),
      .counters = load32(record + layout->counters),
      .bitmap_size = layout->bitmap == 0 ? 0 : load32(record + layout->bitmap_size),
  };
  if (to->bitmap_size != 0) {
    to->bitmap_offset = load64(record + layout->bitmap) + origin - (uint64_t)(uintptr_t)sections->bitmaps.begin;
  }
  if (to->counters == 0 || !fits(to->counters_offset, to->counters, counters_shift(records), sections->counters) ||
      !fits(to->bitmap_offset, to->bitmap_size, 0, sections->bitmaps)) {
    return PGOFS_REFUSED_BAD_SECTIONS;
  }
  value_sites_get(to, records, record);
  return 0;
}

/*
 * Checks all records as pgofs_record_get does, and adds them to the image's key: their fields as they are, but for
 * addresses. That is all that most starts of a program do with them. Returns a reason.
 */
int pgofs_records_check(const struct pgofs_records *records, const struct pgofs_sections *sections,
                        const struct pgofs_self *self, struct pgofs_image_key *to) {
  const struct pgofs_record_layout layout = *records->layout;
  struct pgofs_image_key key = *to;
  const struct pgofs_sections in = *sections;
  const struct pgofs_self own = *self;
  unsigned shift = counters_shift(records);
  const unsigned char *record = records->begin;
  for (size_t i = 0; i < records->count; i++, record += layout.size) {
    uint64_t origin = layout.relative ? (uint64_t)(uintptr_t)record : 0;
    uint64_t counters = load64(record + COUNTERS) + origin - (uint64_t)(uintptr_t)in.counters.begin;
    uint32_t count = load32(record + layout.counters);
    uint64_t values = load64(record + layout.values);
    if (count == 0 || !fits(counters, count, shift, in.counters)) {
      return PGOFS_REFUSED_BAD_SECTIONS;
    }
    pgofs_key_add(&key, load64(record + NAME_REF), load64(record + FUNC_HASH));
    pgofs_key_add(&key, counters, link_time(load64(record + layout.function), i, records, &own));
    /* Behind the number of counters are those of value sites, and that of bytes of the bitmap. */
    pgofs_key_add(&key, values == 0 ? 0 : values - records->values + 1, load64(record + layout.counters));
    if (layout.bitmap != 0) {
      uint64_t size = load32(record + layout.bitmap_size);
      uint64_t bitmap = load64(record + layout.bitmap) + origin - (uint64_t)(uintptr_t)in.bitmaps.begin;
      if (size != 0 && !fits(bitmap, size, 0, in.bitmaps)) {
        return PGOFS_REFUSED_BAD_SECTIONS;
      }
      pgofs_key_add(&key, size == 0 ? 0 : bitmap, load64(record + layout.counters + 8));
    }
  }
  *to = key;
  return 0;
}

void pgofs_vtable_get(struct pgofs_vtable *to, const struct pgofs_records *records, size_t index,
                      const struct pgofs_sections *sections, const struct pgofs_self *self) {
  const unsigned char *entry = sections->vtables.begin + index * PGOFS_VTABLE_ENTRY_SIZE;
  uint64_t address = load64(entry + PGOFS_VTABLE_ADDRESS);
  *to = (struct pgofs_vtable){.name_hash = load64(entry),
                              .address = link_time(address, records->count + index, records, self),
                              .size = load32(entry + PGOFS_VTABLE_BYTES)};
}
