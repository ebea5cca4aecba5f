/*
 * The compiler's records, whatever their version, as canonical ones.
 */
#ifndef PGOFS_RECORDS_H
#define PGOFS_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf_self.h"
#include "pgofs_format.h"
#include "sections.h"

struct pgofs_record_layout;

struct pgofs_records {
  const struct pgofs_record_layout *layout;
  uint64_t raw_version; /* variant bits included */
  const unsigned char *begin;
  size_t count;
  const uint64_t *linked; /* link-time addresses of functions, then of vtables, that lie outside; or NULL */
  uintptr_t values;       /* where the first place for a value site is, or would be */
  uint64_t value_places;  /* 8 bytes each, of which nothing is read or written */
};

/* Whether a run-time address is this image's. */
static inline bool pgofs_is_own(uint64_t address, const struct pgofs_self *self) {
  uint64_t linked = address - self->load_bias;
  return linked >= self->link_begin && linked < self->link_end;
}

/* Two lanes, a word each; each step is a bijection of the lane for a given word, and of the word for a given lane. */
static inline void pgofs_key_add(struct pgofs_image_key *key, uint64_t first, uint64_t second) {
  uint64_t a = (key->word[0] ^ first) * UINT64_C(0x9e3779b97f4a7c15);
  uint64_t b = (key->word[1] + second) * UINT64_C(0xc2b2ae3d27d4eb4f);
  key->word[0] = a << 29 | a >> 35;
  key->word[1] = b << 37 | b >> 27;
}

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
int pgofs_records_check(const struct pgofs_records *records, const struct pgofs_sections *sections,
                        const struct pgofs_self *self, struct pgofs_image_key *key);
int pgofs_record_get(struct pgofs_record *to, const struct pgofs_records *records, size_t index,
                     const struct pgofs_sections *sections, const struct pgofs_self *self);
void pgofs_vtable_get(struct pgofs_vtable *to, const struct pgofs_records *records, size_t index,
                      const struct pgofs_sections *sections, const struct pgofs_self *self);

#define PGOFS_VTABLE_ENTRY_SIZE 24 /* the compiler's entry: hash, address, size, padding */
#define PGOFS_VTABLE_ADDRESS 8     /* where its address is */
#define PGOFS_VTABLE_BYTES 16      /* where its size is */

#endif
