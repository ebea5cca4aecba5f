/* The one instrumented function of a target: a call is a count. */
void tick(void);

void tick(void) {
  __asm__ volatile("");
}
