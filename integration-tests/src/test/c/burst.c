/*
 * A short process: burst HOW N calls counted() N times, and ends in one way of several.
 *
 *   exit      as programs end
 *   kill      by SIGKILL
 *   fork      a child calls counted() N times more
 *   exec      becomes itself anew, as with exit
 *   wait      says so by a byte, and ends when there is no more to read
 *   library   calls library_counted() of a shared library too, which it opens and closes
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "counted.h"

static int fork_child(long n) {
  int status;
  pid_t child = fork();
  if (child < 0) return 1;
  repeat(n, counted);
  if (child == 0) _exit(0);
  return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

static int open_library(const char *name, long n) {
  void *library = dlopen(name, RTLD_NOW);
  void (*function)(void) = library ? (void (*)(void))dlsym(library, "library_counted") : 0;
  if (!function) return 1;
  repeat(n, function);
  return dlclose(library);
}

static int wait_for_end(void) {
  char byte;
  if (write(1, "", 1) != 1) return 1;
  while (read(0, &byte, 1) > 0) continue;
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  const char *how = argv[1];
  long n = atol(argv[2]);
  if (strcmp(how, "fork") == 0) return fork_child(n);
  repeat(n, counted);
  if (strcmp(how, "kill") == 0) raise(SIGKILL);
  if (strcmp(how, "exec") == 0) return execl(argv[0], argv[0], "exit", argv[2], (char *)0);
  if (strcmp(how, "wait") == 0) return wait_for_end();
  if (strcmp(how, "library") == 0) return argc == 4 ? open_library(argv[3], n) : 2;
  return 0;
}
