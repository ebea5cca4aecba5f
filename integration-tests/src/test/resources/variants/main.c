/*
 * Not instrumented. Reads commands, and answers each by "done":
 *   work N...   does so for each number, in this process
 *   fork N...   in a child, and waits for it
 */
#include "work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void work_all(const char *numbers) {
  char *end;
  for (long number = strtol(numbers, &end, 10); end != numbers; number = strtol(numbers, &end, 10)) {
    volatile int result = number == 0 ? 0 : work((int)number);
    (void)result;
    numbers = end;
  }
}

int main(void) {
  char line[1000];
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (strncmp(line, "fork ", 5) == 0) {
      pid_t child = fork();
      if (child == 0) {
        work_all(line + 5);
        _exit(0);
      }
      int status;
      if (waitpid(child, &status, 0) != child || status != 0) {
        return 1;
      }
    } else {
      work_all(line + 5);
    }
    puts("done");
    fflush(stdout);
  }
  return 0;
}
