/* A shared library whose calls are counted. */
__attribute__((noinline, visibility("default"))) void library_counted(void) { __asm__ volatile(""); }
