/*
 * What the linker must see, no code. Calls nothing.
 *
 * Empty sections that page-align the counters, the bitmaps and, so that nothing else shares the last page of these, the
 * records, wherever the archive stands in the link. SHF_LINK_ORDER ("o") keeps them at one end of the output section:
 * padding between records would make garbage of those behind it. SHF_GNU_RETAIN ("R") keeps them under --gc-sections.
 * The text is there because "o" needs something to point to.
 */
	.section .text.pgofs_anchor,"axR",@progbits
	.byte 0
	.section __llvm_prf_cnts,"awoR",@progbits,.text.pgofs_anchor
	.p2align 12
	.section __llvm_prf_bits,"awoR",@progbits,.text.pgofs_anchor
	.p2align 12
	.section __llvm_prf_data,"awoR",@progbits,.text.pgofs_anchor
	.p2align 12

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
