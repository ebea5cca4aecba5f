/* Prints every constant and offset of the format, a property a line, for the comparison with the Java side. */
#include "kernel/running/note.h"
#include "machine.h"
#include "pgofs_format.h"

#include <inttypes.h>
#include <stdio.h>

#define NUMBER(name) printf(#name "=%" PRIu64 "\n", (uint64_t)(PGOFS_##name))
#define TEXT(name) printf(#name "=%s\n", PGOFS_##name)
#define FIELD(type, field) printf(#type "." #field "=%zu\n", offsetof(struct pgofs_##type, field))
#define SIZE(type) printf(#type "=%zu\n", sizeof(struct pgofs_##type))

static void constants(void) {
  NUMBER(SEGMENT_MAGIC);
  NUMBER(IMAGE_MAGIC);
  NUMBER(FORMAT_VERSION);
  TEXT(SEGMENT_PREFIX);
  TEXT(IMAGE_PREFIX);
  TEXT(TEMPORARY_PREFIX);
  TEXT(REFUSED_NAME);
  TEXT(REFUSED_PREFIX);
  TEXT(DEFAULT_DIRECTORY);
  NUMBER(PATH_MAX);
  NUMBER(BUILD_ID_MAX);
  NUMBER(VALUE_KINDS);
  NUMBER(MACHINE);
  NUMBER(ALIGNMENT);
  NUMBER(ANCHOR);
  NUMBER(VALUE_SLOTS);
  NUMBER(HELD_MAX);
  NUMBER(UNLIMITED);
  NUMBER(REFUSED_NO_SPACE);
  NUMBER(REFUSED_FILE_LIMIT);
  NUMBER(REFUSED_NO_ACCESS);
  NUMBER(REFUSED_NOT_ALIGNED);
  NUMBER(REFUSED_RAW_VERSION);
  NUMBER(REFUSED_BAD_SECTIONS);
  NUMBER(REFUSED_NOT_MAPPED);
  NUMBER(REFUSED_IO);
  NUMBER(REFUSED_VARIANT);
  NUMBER(REFUSED_IN_PIECES);
}

static void segment(void) {
  SIZE(area);
  FIELD(area, offset);
  FIELD(area, size);
  SIZE(segment_header);
  FIELD(segment_header, magic);
  FIELD(segment_header, version);
  FIELD(segment_header, page_size);
  FIELD(segment_header, file_size);
  FIELD(segment_header, raw_version);
  FIELD(segment_header, image_key);
  FIELD(segment_header, image_nonce);
  FIELD(segment_header, counters);
  FIELD(segment_header, bitmaps);
  FIELD(segment_header, value_sites);
  FIELD(segment_header, value_site_size);
  FIELD(segment_header, value_slots);
  FIELD(segment_header, load_bias);
  FIELD(segment_header, link_begin);
  FIELD(segment_header, link_end);
  FIELD(segment_header, published_ns);
  FIELD(segment_header, pid);
  FIELD(segment_header, path_size);
  FIELD(segment_header, uid);
  FIELD(segment_header, reserved);
  FIELD(segment_header, path);
  FIELD(segment_header, relocated);
  SIZE(relocated);
  FIELD(relocated, address);
  FIELD(relocated, linked);
  printf("relocated.bytes=%zu\n", offsetof(struct pgofs_relocated, size));
  SIZE(control);
  FIELD(control, reset_epoch);
  FIELD(control, cleared_epoch);
  SIZE(value_slot);
  FIELD(value_slot, value);
  FIELD(value_slot, count);
  SIZE(value_site);
  FIELD(value_site, epoch);
  FIELD(value_site, slot);
}

static void image(void) {
  SIZE(image_header);
  FIELD(image_header, magic);
  FIELD(image_header, version);
  FIELD(image_header, header_size);
  FIELD(image_header, file_size);
  FIELD(image_header, raw_version);
  FIELD(image_header, key);
  FIELD(image_header, counters_size);
  FIELD(image_header, bitmaps_size);
  FIELD(image_header, value_sites);
  FIELD(image_header, binary_ids);
  FIELD(image_header, records);
  FIELD(image_header, names);
  FIELD(image_header, vtables);
  FIELD(image_header, vtable_names);
  SIZE(record);
  FIELD(record, name_ref);
  FIELD(record, func_hash);
  FIELD(record, counters_offset);
  FIELD(record, bitmap_offset);
  FIELD(record, function);
  FIELD(record, value_site);
  FIELD(record, counters);
  FIELD(record, value_sites);
  FIELD(record, reserved);
  FIELD(record, bitmap_size);
  FIELD(record, reserved2);
  SIZE(vtable);
  FIELD(vtable, name_hash);
  FIELD(vtable, address);
  FIELD(vtable, size);
  FIELD(vtable, reserved);
}

static void kernel(void) {
  NUMBER(KERNEL_NOTE_TYPE);
  NUMBER(KERNEL_NOTE_VERSION);
  NUMBER(KERNEL_NOTE_LINKED);
  NUMBER(KERNEL_NOTE_DISTANCES);
  SIZE(kernel_range);
  SIZE(kernel_note);
  FIELD(kernel_note, version);
  FIELD(kernel_note, form);
  FIELD(kernel_note, text);
  FIELD(kernel_note, control);
  FIELD(kernel_note, counters);
  FIELD(kernel_note, data);
  FIELD(kernel_note, names);
  FIELD(kernel_note, values);
  FIELD(kernel_note, sites);
  FIELD(kernel_note, bitmaps);
  SIZE(kernel_control);
  printf("kernel_control.reset_epoch=%zu\n", offsetof(struct pgofs_kernel_control, control.reset_epoch));
  printf("kernel_control.cleared_epoch=%zu\n", offsetof(struct pgofs_kernel_control, control.cleared_epoch));
  FIELD(kernel_control, raw_version);
  FIELD(kernel_control, value_site_size);
}

int main(void) {
  constants();
  segment();
  image();
  kernel();
  return 0;
}
