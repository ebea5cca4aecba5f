/*
 * Threads that are to be cancelled. Neither fork nor dlopen is a place where that happens: with the argument "fork" a
 * child counts, with "open" TARGET_LIBRARY is opened twice. Exits with 42.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void tick(void);

static void *fork_it(void *status) {
  (void)pthread_cancel(pthread_self());
  pid_t child = fork();
  if (child == 0) {
    tick();
    _exit(42);
  }
  (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  (void)waitpid(child, status, 0);
  return status;
}

static void *open_it(void *opened) {
  (void)pthread_cancel(pthread_self());
  void *library = dlopen(getenv("TARGET_LIBRARY"), RTLD_NOW);
  (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  *(int *)opened = library != NULL;
  return opened;
}

int main(int arguments, char **argument) {
  pthread_t thread;
  int result = -1;
  int opens = arguments > 1 && strcmp(argument[1], "open") == 0;
  (void)alarm(20); /* a loader that was left locked waits for ever */
  if (pthread_create(&thread, NULL, opens ? open_it : fork_it, &result) != 0 || pthread_join(thread, NULL) != 0) {
    return 1;
  }
  if (opens) {
    return result == 1 && dlopen(getenv("TARGET_LIBRARY"), RTLD_NOW) != NULL ? 42 : 2;
  }
  return WIFEXITED(result) && WEXITSTATUS(result) == 42 ? 42 : 3;
}
