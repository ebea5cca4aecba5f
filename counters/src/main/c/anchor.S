/*
 * What the linker must see, no code. Calls nothing.
 *
 * A page in the counters, and the alignment of the bitmaps, by which both begin at a page wherever the archive stands in
 * the link. What pads them lies between counters, which their records find; records have no padding. The page also shows
 * whether the linker has put all counters together: it is among them, or they are in pieces.
 *
 * Where nothing is behind counters and bitmaps, a section of the runtime's own fills their last page. By its name or its
 * place in this object it follows, or it comes behind the records, which follow.
 *
 * SHF_GNU_RETAIN ("R") keeps all of them under --gc-sections. None has SHF_LINK_ORDER: mold makes a section of its own of
 * those, under the same name.
 */
	.section __llvm_prf_cnts,"awR",@progbits
	.p2align 12
	.globl pgofs_counters_page
	.hidden pgofs_counters_page
pgofs_counters_page:
	.zero 4096
	.section __llvm_prf_cnts_end,"awR",@progbits
	.zero 4096
	.section __llvm_prf_bits,"awR",@progbits
	.p2align 12
	.section __llvm_prf_bits_end,"awR",@progbits
	.zero 4096

/* As the page among the counters, but of no size: nothing may come between records. */
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

	.section .note.GNU-stack,"",@progbits
