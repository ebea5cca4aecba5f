/* A fork server in an early constructor: each process goes on into main. tick() is called 2 times before the fork, 3 times
 * after it in the parent, once in the child. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

void tick(void);

static pid_t child;

__attribute__((constructor(1))) static void serve(void) {
  tick();
  tick();
  child = fork();
}

int main(void) {
  int status = 0;
  tick();
  if (child == 0) {
    return 0;
  }
  tick();
  tick();
  return child < 0 || waitpid(child, &status, 0) != child || status != 0;
}
