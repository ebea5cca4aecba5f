/*
 * What the linker must see, no code. Calls nothing.
 *
 * A piece of the counters, and the alignment of the bitmaps, by which both begin at a page wherever the archive stands in
 * the link. What pads them lies between counters, which their records find; records have no padding. The piece also shows
 * whether the linker has put all counters together: it is among them, or they are in pieces.
 *
 * Where nothing is behind counters and bitmaps, a section of the runtime's own fills their last page. By its name or its
 * place in this object it follows, or it comes behind the records, which follow.
 *
 * SHF_GNU_RETAIN ("R") keeps all of them under --gc-sections. None has SHF_LINK_ORDER: mold makes a section of its own of
 * those, under the same name.
 */
#include "machine.h"

	.section __llvm_prf_cnts,"awR",@progbits
	.balign PGOFS_ALIGNMENT
	.globl pgofs_counters_page
	.hidden pgofs_counters_page
pgofs_counters_page:
	.zero PGOFS_ANCHOR
	.section __llvm_prf_cnts_end,"awR",@progbits
	.zero PGOFS_ALIGNMENT
	.section __llvm_prf_bits,"awR",@progbits
	.balign PGOFS_ALIGNMENT
	.section __llvm_prf_bits_end,"awR",@progbits
	.zero PGOFS_ALIGNMENT

/* As the piece among the counters, but of no size: nothing may come between records. */
	.section __llvm_prf_data,"awR",@progbits
	.globl pgofs_records_place
	.hidden pgofs_records_place
pgofs_records_place:

/* Tells even of a stripped file that the runtime is in: name "pgofs", type 1, PGOFS_FORMAT_VERSION. */
	.section .note.pgofs,"a",@note
	.p2align 2
	.long 6
	.long 4
	.long 1
	.asciz "pgofs"
	.p2align 2
	.long 1

/* That this object may be in a program whose indirect branches land at marked instructions only (BTI), and whose return
 * addresses are signed (PAC): it has no code. Compilers write the same into the others. */
#ifdef __aarch64__
	.section .note.gnu.property,"a",@note
	.p2align 3
	.long 4
	.long 16
	.long 5
	.asciz "GNU"
	.long 0xc0000000
	.long 4
	.long 3
	.long 0
#endif

	.section .note.GNU-stack,"",@progbits
