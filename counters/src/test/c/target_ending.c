/*
 * A process that ends while its threads run in a library that was there at the start. With LIBRARY defined it is that
 * library, which makes indirect calls; with SLOW one whose destructor gives the threads time.
 */
#include <pthread.h>
#include <unistd.h>

__attribute__((visibility("default"))) long spin(long times);

#if defined(LIBRARY)
static long one(long value) {
  return value + 1;
}

static long two(long value) {
  return value ^ 2;
}

static long (*const volatile functions[])(long) = {one, two};

long spin(long times) {
  long value = 0;
  for (long i = 0; i < times; i++) {
    value = functions[i & 1](value);
  }
  return value;
}
#elif defined(SLOW)
__attribute__((destructor)) static void end_slowly(void) {
  (void)usleep(30000);
}
#else
static void *spin_on(void *unused) {
  for (;;) {
    (void)spin(1000);
  }
  return unused;
}

int main(void) {
  for (int i = 0; i < 4; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, spin_on, NULL) != 0) {
      return 1;
    }
  }
  (void)usleep(10000);
  return 0;
}
#endif
