/* A shared library with an instrumented function. */
__attribute__((visibility("default"))) void tock(void);

void tock(void) {
  __asm__ volatile("");
}
