/*
 * The note of note.h, for vmlinux and (with MODULE) for a module. The symbols come from pgofs.lds and module.lds, and
 * pgofs_kernel_control from values.c. Calls nothing.
 */
#include "note.h"

#ifdef MODULE
#define TEXT __this_module
#define FORM PGOFS_KERNEL_NOTE_DISTANCES
#define ADDRESS(symbol) .quad symbol - descriptor
#else
#define TEXT _text
#define FORM PGOFS_KERNEL_NOTE_LINKED
#ifdef __aarch64__
#define LINKED(symbol) .quad linked_##symbol /* arm64/pgofs.lds */
#define ADDRESS(symbol) LINKED(symbol)
#else
#define ADDRESS(symbol) .quad symbol
#endif
#endif
#define RANGE(name) ADDRESS(pgofs_##name##_begin); ADDRESS(pgofs_##name##_end)

	.section .note.pgofs,"a",@note
	.p2align 2
	.long 6
	.long descriptor_end - descriptor
	.long PGOFS_KERNEL_NOTE_TYPE
	.asciz "pgofs"
	.p2align 2
descriptor:
	.long PGOFS_KERNEL_NOTE_VERSION
	.long FORM
	ADDRESS(TEXT)
	ADDRESS(pgofs_kernel_control)
	RANGE(counters)
	RANGE(data)
	RANGE(names)
	RANGE(values)
	RANGE(sites)
	RANGE(bitmaps)
descriptor_end:

/* Gives the room for the sites, which the linker scripts reserve, its kind: without it that would be one that the kernel protects. */
#ifdef MODULE
	.section __pgofs_sites,"aw",@nobits
#else
	.section __pgofs_sites,"aw",@progbits
#endif

	.section .note.GNU-stack,"",@progbits
