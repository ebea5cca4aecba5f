/* First in the link: puts eight bytes of the program's own between the counters and the records. */
	.section __llvm_prf_cnts,"aw",@progbits
	.p2align 3
	.quad 0
	.section foreign,"aw",@progbits
	.p2align 3
	.quad 1
	.section .note.GNU-stack,"",@progbits
