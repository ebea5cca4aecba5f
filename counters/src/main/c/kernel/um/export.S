/*
 * Exports pgofs_module_publish to modules, as EXPORT_SYMBOL of the kernel does: an entry of address, name and name space
 * in a section that the kernel's linker script sorts, and one of the checksum (CONFIG_MODVERSIONS), which the kernel finds
 * at the same place of its section. This object is linked into user-mode Linux only, where such entries hold addresses.
 * Calls nothing.
 */
	.section .rodata.pgofs_export,"a",@progbits
name:
	.asciz "pgofs_module_publish"

	.section "___ksymtab+pgofs_module_publish","a",@progbits
	.p2align 3
	.quad pgofs_module_publish, name, 0

	.section "___kcrctab+pgofs_module_publish","a",@progbits
	.p2align 2
	.long 0

	.section .note.GNU-stack,"",@progbits
