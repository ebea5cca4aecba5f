/* Three counts, and a value site in the first function. */
__attribute__((noinline)) void tick(void);
__attribute__((noinline)) void call(void (*function)(void));

void call(void (*function)(void)) {
  function();
}

void tick(void) {
  __asm__ volatile("");
}

int main(void) {
  call(tick);
  return 0;
}
