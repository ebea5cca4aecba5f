/*
 * Linked into every module: the checksum with which it expects pgofs_module_publish (CONFIG_MODVERSIONS), that of export.S,
 * as an entry of the table that the kernel's build makes of all others. Calls nothing.
 */
	.section __versions,"a",@progbits
	.p2align 3
entry:
	.quad 0
	.asciz "pgofs_module_publish"
	.org entry + 64

	.section .note.GNU-stack,"",@progbits
