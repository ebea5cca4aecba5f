/*
 * Opens and closes a library all the time, while threads run in the program and in another library. Each function is
 * run by one thread at a time, so that all counts are exact.
 *
 *   plugins ROUNDS OPENED STAYING
 *
 * ROUNDS times OPENED is opened, run and closed; then it is opened twice by dlmopen, and once in the child of a fork: each
 * time plugin_run(30). Prints how often the thread has run plugin_run(30) of STAYING, and how often counted() was called.
 * Fails if descriptors or mappings are left behind.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TIMES = 30 };

typedef long run_function(long);

static atomic_bool stopped;
static long runs, calls;

static void fail(const char *what) {
  const char *why = dlerror();
  fprintf(stderr, "%s: %s\n", what, why ? why : "");
  _exit(1);
}

static run_function *find(void *library) {
  run_function *run = library ? (run_function *)dlsym(library, "plugin_run") : 0;
  if (!run) fail("plugin_run");
  return run;
}

static void *run_staying(void *library) {
  run_function *run = find(library);
  for (; !stopped; runs++) run(TIMES);
  return 0;
}

__attribute__((noinline)) void counted(void) { __asm__ volatile(""); }

static void (*volatile counted_by_pointer)(void) = counted;

static void *count(void *unused) {
  for (; !stopped; calls++) counted_by_pointer();
  return unused;
}

static int descriptors(void) {
  DIR *directory = opendir("/proc/self/fd");
  int number = 0;
  while (directory && readdir(directory)) number++;
  if (!directory || closedir(directory)) fail("/proc/self/fd");
  return number;
}

/* Of files in the segment directory. */
static int mappings(void) {
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[5000];
  int number = 0;
  while (maps && fgets(line, sizeof line, maps)) number += strstr(line, getenv("PGOFS_SEGMENT_DIR")) != 0;
  if (!maps || fclose(maps)) fail("/proc/self/maps");
  return number;
}

static void open_run_close(const char *name) {
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  find(library)(TIMES);
  if (dlclose(library)) fail("dlclose");
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  void *staying = dlopen(argv[3], RTLD_NOW | RTLD_LOCAL);
  int descriptors_before = descriptors(), mappings_before = mappings();
  pthread_t runner, counter;
  if (pthread_create(&runner, 0, run_staying, staying) || pthread_create(&counter, 0, count, 0)) fail("pthread_create");

  for (long i = 0; i < atol(argv[1]); i++) open_run_close(argv[2]);
  void *once = dlmopen(LM_ID_NEWLM, argv[2], RTLD_NOW), *twice = dlmopen(LM_ID_NEWLM, argv[2], RTLD_NOW);
  find(once)(TIMES);
  find(twice)(TIMES);
  if (dlclose(once) || dlclose(twice)) fail("dlclose");

  stopped = true;
  if (pthread_join(runner, 0) || pthread_join(counter, 0)) fail("pthread_join");
  pid_t child = fork();
  if (child == 0) {
    open_run_close(argv[2]);
    exit(0);
  }
  int status;
  if (waitpid(child, &status, 0) != child || status) fail("child");
  if (descriptors() != descriptors_before || mappings() != mappings_before) fail("left behind");
  printf("%ld %ld\n", runs, calls);
  return 0;
}
