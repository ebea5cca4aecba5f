/** As much of ELF as it takes to find what an instrumented program, or a kernel, has in its file. */
package org.pgofs.daemon.elf;
