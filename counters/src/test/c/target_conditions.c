/* The one instrumented function of a target, with a decision that has a bitmap. */
void tick(void);

static volatile int one = 1;

void tick(void) {
  if (one && !one) {
    one = 2;
  }
}
