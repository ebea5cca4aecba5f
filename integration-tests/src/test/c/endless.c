/* A server whose loop is in main(): there a compiler likes to keep counts in registers, until it ends. Answers each line;
   to "fork N", after N processes were forked, in another loop. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noinline)) static void answer(const char *line) {
  if (strncmp(line, "fork ", 5) == 0) {
    for (int left = atoi(line + 5); left > 0; left--) {
      pid_t child = fork();
      if (child == 0) {
        exit(0);
      }
      waitpid(child, NULL, 0);
    }
  }
  puts("done");
  fflush(stdout);
}

int main(void) {
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    answer(line);
  }
  return 0;
}
