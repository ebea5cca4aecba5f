/*
 * What a kernel that can be read while it runs, and each of its modules, says of itself: an ELF note, by which a reader
 * needs neither vmlinux nor the module's file. This is its only description; the Java side is
 * org.pgofs.counters.format.KernelNoteLayout, and a test holds both equal.
 *
 * The note has the name "pgofs" (6 bytes with its 0, padded to 8), the type PGOFS_KERNEL_NOTE_TYPE, and struct
 * pgofs_kernel_note as its descriptor, which so begins 20 bytes after the note. All numbers are little-endian. It is found in
 *
 *   vmlinux     /sys/kernel/notes (0444), the content of .notes; beside it there the build id (name "GNU", type 3)
 *   a module M  /sys/module/M/notes/.note.pgofs (0444) and .note.gnu.build-id. The run-time address of the note is in
 *               /sys/module/M/sections/.note.pgofs (0400, "0x%016x\n"; 0 if kptr_restrict is 2)
 *
 * What it names lies in the memory of the kernel, where /proc/kcore reads it:
 *
 *   counters    8 bytes each (byte counters: 1), which the kernel increments and never sets to 0
 *   data        records of the compiler's raw version. Pointers in them are run-time addresses: those of vmlinux are the
 *               link-time ones + KERNELOFFSET (of VMCOREINFO). So a target that was recorded as a value is equal to the
 *               FunctionPointer of its record
 *   names       as the compiler made them, compressed or not
 *   values      8 bytes for each value site, of which only the number matters: a record's Values points into it
 *   sites       struct pgofs_value_site (pgofs_format.h), one for each 8 bytes of values, in the same order. A site whose epoch
 *               is not control.reset_epoch is empty. A slot's value is a run-time address, or a bucketed size
 *   bitmaps     of MC/DC: bytes, which are set and never cleared
 *   control     struct pgofs_kernel_control
 *
 * A range that the image does not have is empty: begin and end are equal. Reset of values: a number that is written to
 * /sys/module/pgofs/parameters/epoch (vmlinux) or /sys/module/M/parameters/pgofs_epoch (0600) becomes control.reset_epoch.
 */
#ifndef PGOFS_KERNEL_NOTE_H
#define PGOFS_KERNEL_NOTE_H

#define PGOFS_KERNEL_NOTE_TYPE 2 /* 1 is a program's, see anchor.S */
#define PGOFS_KERNEL_NOTE_VERSION 1

/*
 * How to read the addresses of the note.
 *
 * PGOFS_KERNEL_NOTE_LINKED, in vmlinux: link-time addresses. The kernel's address space randomisation does not change .notes
 * (6.1.192 and newer; if it did, text would be the first address of kcore's segment of the kernel's text). The run-time
 * address is the link-time address + KERNELOFFSET.
 *
 * PGOFS_KERNEL_NOTE_DISTANCES, in a module: signed distances from the first byte of the descriptor to what is named. So a note,
 * which everybody may read, does not say where the module is. The run-time address is sections/.note.pgofs + 20 + distance.
 */
#define PGOFS_KERNEL_NOTE_LINKED 1
#define PGOFS_KERNEL_NOTE_DISTANCES 2

#ifndef __ASSEMBLER__

#include "../../pgofs_format.h"

/* As many bytes as end - begin. */
struct pgofs_kernel_range {
  uint64_t begin;
  uint64_t end;
};

/* The descriptor. A later version may append to it. */
struct pgofs_kernel_note {
  uint32_t version; /* PGOFS_KERNEL_NOTE_VERSION */
  uint32_t form;    /* PGOFS_KERNEL_NOTE_LINKED or PGOFS_KERNEL_NOTE_DISTANCES */
  uint64_t text;    /* vmlinux: _text, the first byte of its image. A module: __this_module, its struct module */
  uint64_t control; /* struct pgofs_kernel_control */
  struct pgofs_kernel_range counters;
  struct pgofs_kernel_range data;
  struct pgofs_kernel_range names;
  struct pgofs_kernel_range values;
  struct pgofs_kernel_range sites;
  struct pgofs_kernel_range bitmaps;
};

/* In the data of the image. */
struct pgofs_kernel_control {
  struct pgofs_control control;    /* reset_epoch is 0 after the boot, or the loading of the module; cleared_epoch stays 0 */
  const uint64_t *raw_version;     /* run-time address of __llvm_profile_raw_version, a word; NULL: the compiler made none */
  uint64_t value_site_size;        /* bytes: sizeof(struct pgofs_value_site) */
};

#define PGOFS_AT(type, field, offset) \
  _Static_assert(offsetof(struct pgofs_kernel_##type, field) == (offset), #type "." #field " is at " #offset)

PGOFS_AT(note, version, 0);
PGOFS_AT(note, form, 4);
PGOFS_AT(note, text, 8);
PGOFS_AT(note, control, 16);
PGOFS_AT(note, counters, 24);
PGOFS_AT(note, data, 40);
PGOFS_AT(note, names, 56);
PGOFS_AT(note, values, 72);
PGOFS_AT(note, sites, 88);
PGOFS_AT(note, bitmaps, 104);
_Static_assert(sizeof(struct pgofs_kernel_note) == 120, "note has 120 bytes");

PGOFS_AT(control, control, 0);
PGOFS_AT(control, raw_version, 16);
PGOFS_AT(control, value_site_size, 24);
_Static_assert(sizeof(struct pgofs_kernel_control) == 32, "control has 32 bytes");

#undef PGOFS_AT

#endif
#endif
