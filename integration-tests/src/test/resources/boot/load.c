// Counts calls of counted(), so many as are asked for or until SIGTERM, and then prints how many they were.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void end(int signal) {
  (void)signal;
  ended = 1;
}

__attribute__((noinline)) void counted(void) { __asm__ volatile(""); }

int main(int count, char **arguments) {
  long calls = 0, most = count > 1 ? atol(arguments[1]) : -1;
  signal(SIGTERM, end);
  for (; most < 0 ? !ended : calls < most; calls++) {
    counted();
    usleep(200);
  }
  printf("%ld\n", calls);
}
