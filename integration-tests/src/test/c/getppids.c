/* getppids N: exactly N getppid system calls, without a library that could make others. */
static void getppid(void) {
#ifdef __aarch64__
  register long number __asm__("x8") = 173;
  register long result __asm__("x0");
  __asm__ volatile("svc #0" : "=r"(result) : "r"(number) : "memory");
#else
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(110) : "rcx", "r11", "memory");
#endif
}

int main(int argc, char **argv) {
  long n = 0;
  for (const char *digit = argc > 1 ? argv[1] : ""; *digit != 0; digit++) {
    n = n * 10 + (*digit - '0');
  }
  while (n-- > 0) {
    getppid();
  }
  return 0;
}
