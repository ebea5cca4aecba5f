/*
 * Addresses in records and vtables that the dynamic linker took from another image: a function or vtable that several
 * images have is one for all of them. What this image itself has under that name, the relocation tells by which the
 * address was set. May make system calls only.
 */
#include "relocated.h"
#include "directory.h"
#include "syscall.h"

#include <elf.h>
#include <link.h>
#include <string.h>

/* Of what this image has nothing of its own: beyond all addresses, with room for the largest vtable. */
#define NOWHERE (UINT64_C(1) << 62)
#define NOWHERE_STEP (UINT64_C(1) << 32)

/* The addresses of all functions, then of all vtables. */
struct addresses {
  const struct pgofs_records *records;
  const struct pgofs_sections *sections;
  const struct pgofs_self *self;
};

static size_t addresses_count(const struct addresses *all) {
  return all->records->count + pgofs_vtables_count(all->sections);
}

static const unsigned char *address_at(const struct addresses *all, size_t n) {
  size_t functions = all->records->count;
  return n < functions
             ? all->records->begin + n * pgofs_records_size(all->records) + pgofs_records_function_field(all->records)
             : all->sections->vtables.begin + (n - functions) * PGOFS_VTABLE_ENTRY_SIZE + PGOFS_VTABLE_ADDRESS;
}

static uint64_t address_get(const struct addresses *all, size_t n) {
  uint64_t address;
  memcpy(&address, address_at(all, n), sizeof address);
  return address;
}

static bool is_outside(const struct addresses *all, size_t n) {
  uint64_t address = address_get(all, n);
  return address != 0 && !pgofs_is_own(address, all->self);
}

/* How many of some are outside, which are all functions or all vtables: most images have none. */
static size_t outside_count(const struct addresses *all, size_t first, size_t end) {
  if (first == end) {
    return 0;
  }
  const struct pgofs_self *self = all->self;
  const unsigned char *at = address_at(all, first);
  size_t step = first < all->records->count ? pgofs_records_size(all->records) : PGOFS_VTABLE_ENTRY_SIZE;
  size_t outside = 0;
  for (size_t n = first; n < end; n++, at += step) {
    uint64_t address;
    memcpy(&address, at, sizeof address);
    outside += address != 0 && !pgofs_is_own(address, self);
  }
  return outside;
}

/* Which of them is at a place; their number if none is. */
static size_t find(const struct addresses *all, uintptr_t place) {
  size_t count = addresses_count(all);
  uintptr_t records = (uintptr_t)all->records->begin;
  uintptr_t vtables = (uintptr_t)all->sections->vtables.begin;
  size_t n = count;
  if (place - records < all->records->count * pgofs_records_size(all->records)) {
    n = (place - records) / pgofs_records_size(all->records);
  } else if (place - vtables < pgofs_range_size(all->sections->vtables)) {
    n = all->records->count + (place - vtables) / PGOFS_VTABLE_ENTRY_SIZE;
  }
  return n < count && (uintptr_t)address_at(all, n) == place ? n : count;
}

/* glibc makes some of these addresses run-time ones, musl none. */
static const void *pointer(uint64_t address, const struct pgofs_self *self) {
  return (const void *)(uintptr_t)(pgofs_is_own(address, self) ? address : address + self->load_bias);
}

/* What the relocations of this image say. */
static void relocations_read(const struct addresses *all, uint64_t *linked) {
  const struct pgofs_self *self = all->self;
  const ElfW(Rela) *relocations = NULL;
  const ElfW(Sym) *symbols = NULL;
  size_t size = 0;
  for (const ElfW(Dyn) *entry = self->dynamic; entry != NULL && entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag == DT_RELA) {
      relocations = pointer(entry->d_un.d_ptr, self);
    } else if (entry->d_tag == DT_RELASZ) {
      size = entry->d_un.d_val;
    } else if (entry->d_tag == DT_SYMTAB) {
      symbols = pointer(entry->d_un.d_ptr, self);
    }
  }
  if (relocations == NULL || symbols == NULL) {
    return;
  }
  for (size_t i = 0; i < size / sizeof *relocations; i++) {
    size_t n = find(all, relocations[i].r_offset + self->load_bias);
    const ElfW(Sym) *symbol = &symbols[ELF64_R_SYM(relocations[i].r_info)];
    if (n < addresses_count(all) && symbol->st_shndx != SHN_UNDEF) {
      linked[n] = symbol->st_value + (uint64_t)relocations[i].r_addend;
    }
  }
}

/*
 * Makes the table of link-time addresses, if any address is outside: in memory of its own, because there may be very
 * many, and only while the image is published. Returns a reason.
 */
int pgofs_relocations_find(struct pgofs_relocations *relocations, struct pgofs_records *records,
                           const struct pgofs_sections *sections, const struct pgofs_self *self) {
  const struct addresses all = {records, sections, self};
  size_t count = addresses_count(&all);
  *relocations = (struct pgofs_relocations){{NULL, NULL}, 0};
  relocations->count = outside_count(&all, 0, records->count) + outside_count(&all, records->count, count);
  if (relocations->count == 0) {
    return 0;
  }
  uint64_t *linked = pgofs_sys_mmap(NULL, count * sizeof *linked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                                    -1, 0);
  if (pgofs_sys_failed(linked)) {
    return PGOFS_REFUSED_NOT_MAPPED;
  }
  relocations_read(&all, linked);
  for (size_t n = 0; n < count; n++) {
    if (!is_outside(&all, n)) {
      linked[n] = 0;
    } else if (linked[n] == 0) {
      linked[n] = NOWHERE + n * NOWHERE_STEP;
    }
  }
  relocations->table = (struct pgofs_range){(unsigned char *)linked, (unsigned char *)(linked + count)};
  records->linked = linked;
  return 0;
}

/* Writes those that are outside, struct pgofs_relocated each. Returns a reason. */
int pgofs_relocations_write(const struct pgofs_records *records, const struct pgofs_sections *sections,
                            const struct pgofs_self *self, int fd, uint64_t offset) {
  const struct addresses all = {records, sections, self};
  struct pgofs_relocated part[64];
  size_t held = 0;
  int reason = 0;
  for (size_t n = 0, count = addresses_count(&all); records->linked != NULL && reason == 0 && n <= count; n++) {
    if (n < count && is_outside(&all, n)) {
      uint32_t size = 1;
      if (n >= records->count) {
        memcpy(&size, address_at(&all, n) - PGOFS_VTABLE_ADDRESS + PGOFS_VTABLE_BYTES, sizeof size);
      }
      part[held++] = (struct pgofs_relocated){address_get(&all, n), records->linked[n], size};
    }
    if (held == sizeof part / sizeof part[0] || n == count) {
      reason = pgofs_file_write(fd, part, held * sizeof part[0], offset);
      offset += held * sizeof part[0];
      held = 0;
    }
  }
  return reason;
}

void pgofs_relocations_drop(struct pgofs_relocations *relocations) {
  if (relocations->table.begin != NULL) {
    pgofs_sys_munmap((void *)(uintptr_t)relocations->table.begin, pgofs_range_size(relocations->table));
  }
}
