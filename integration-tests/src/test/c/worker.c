/*
 * A program that does what it is told, so that its counts are known exactly. Commands are lines on standard input; each
 * is answered by a line when it is done. A function that is never inlined has one counter: the number of its calls.
 *
 *   work N            calls counted() N times
 *   library N         calls library_counted() of the shared library N times (if built with it)
 *   spin              starts a thread that calls spun() until it is stopped
 *   stop FILE         stops that thread, and writes into FILE how often it has called spun()
 *   fork N            a child by fork() calls counted() N times, and ends with this process
 *   clone IN OUT      a child by the bare system call takes commands from the named pipe IN and answers on OUT
 *   daemon IN OUT     so does a child by fork() in a session of its own, which has closed all descriptors
 *   leave             a thread takes the commands, and the first thread of the process ends
 *   exec              becomes another program
 *   open FILE         opens a shared library, and calls its library_counted()
 *   close             closes it
 *   stop-other PID    stops another process, as debuggers do, until this one ends
 *   forget            sets its own counters to 0
 *   eat               takes memory until there is no more, then aborts
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "counted.h"

#ifdef WITH_LIBRARY
void library_counted(void);
#else
static void library_counted(void) {}
#endif

NEVER_INLINED void untouched(void) { __asm__ volatile(""); }
NEVER_INLINED void spun(void) { __asm__ volatile(""); }

static void fail(const char *what) {
  perror(what);
  _exit(1);
}

static pthread_t spinner;
static atomic_bool stopped;
static long spins;

static void *spin(void *unused) {
  for (; !stopped; spins++) spun();
  return unused;
}

static void stop(const char *name) {
  stopped = true;
  if (pthread_join(spinner, 0)) fail("pthread_join");
  FILE *file = fopen(name, "w");
  if (!file || fprintf(file, "%ld\n", spins) < 0 || fclose(file)) fail(name);
}

static void fork_child(long n) {
  int done[2];
  if (pipe(done)) fail("pipe");
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    repeat(n, counted);
    close(done[1]);
    for (;;) pause();
  }
  char byte;
  close(done[1]);
  if (read(done[0], &byte, 1) != 0) fail("read");
  close(done[0]);
}

static void serve(int in, int out);

static void serve_pipes(long child, const char *in, const char *out) {
  if (child < 0) fail("child");
  if (child == 0) {
    setsid();
    if (close_range(0, ~0U, 0)) fail("close_range");
    serve(open(in, O_RDONLY), open(out, O_WRONLY));
    _exit(0);
  }
}

static void answer(int out) {
  if (write(out, "done\n", 5) != 5) fail("write");
}

static void *serve_and_exit(void *unused) {
  answer(1);
  serve(0, 1);
  _exit(0);
  return unused;
}

static void leave(void) {
  pthread_t thread;
  if (pthread_create(&thread, 0, serve_and_exit, 0)) fail("pthread_create");
  syscall(SYS_exit, 0);
}

static void become_another(void) {
  answer(1);
  execlp("sleep", "sleep", "600", (char *)0);
  fail("exec");
}

static void *library;

static void open_library(const char *name) {
  library = dlopen(name, RTLD_NOW);
  void (*function)(void) = library ? (void (*)(void))dlsym(library, "library_counted") : 0;
  if (!function) fail("dlopen");
  function();
}

static void stop_other(pid_t pid) {
  if (ptrace(PTRACE_ATTACH, pid, 0, 0) || waitpid(pid, 0, __WALL) != pid) fail("ptrace");
}

extern uint64_t __start___llvm_prf_cnts[] __attribute__((weak));
extern uint64_t __stop___llvm_prf_cnts[] __attribute__((weak));

static void forget(void) {
  for (volatile uint64_t *counter = __start___llvm_prf_cnts; counter < __stop___llvm_prf_cnts; counter++) *counter = 0;
}

static void eat(void) {
  for (;;) {
    void *memory = malloc(1 << 20);
    if (!memory) abort();
    memset(memory, 1, 1 << 20);
    __asm__ volatile("" : : "r"(memory) : "memory");
  }
}

static void obey(char *line) {
  long n = 0;
  char in[256], out[256];
  if (sscanf(line, "work %ld", &n) == 1) {
    repeat(n, counted);
  } else if (sscanf(line, "library %ld", &n) == 1) {
    repeat(n, library_counted);
  } else if (sscanf(line, "fork %ld", &n) == 1) {
    fork_child(n);
  } else if (sscanf(line, "clone %255s %255s", in, out) == 2) {
    serve_pipes(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0), in, out);
  } else if (sscanf(line, "daemon %255s %255s", in, out) == 2) {
    serve_pipes(fork(), in, out);
  } else if (strcmp(line, "leave") == 0) {
    leave();
  } else if (strcmp(line, "exec") == 0) {
    become_another();
  } else if (sscanf(line, "open %255s", in) == 1) {
    open_library(in);
  } else if (strcmp(line, "close") == 0) {
    if (dlclose(library)) fail("dlclose");
  } else if (sscanf(line, "stop-other %ld", &n) == 1) {
    stop_other((pid_t)n);
  } else if (strcmp(line, "forget") == 0) {
    forget();
  } else if (strcmp(line, "eat") == 0) {
    eat();
  } else if (sscanf(line, "stop %255s", out) == 1) {
    stop(out);
  } else if (strcmp(line, "spin") == 0) {
    if (pthread_create(&spinner, 0, spin, 0)) fail("pthread_create");
  } else {
    fprintf(stderr, "unknown command: %s\n", line);
    _exit(2);
  }
}

static void serve(int in, int out) {
  char line[600];
  size_t size = 0;
  while (size < sizeof line && read(in, line + size, 1) == 1) {
    if (line[size++] != '\n') continue;
    line[size - 1] = 0;
    obey(line);
    answer(out);
    size = 0;
  }
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1000) untouched();
  serve(0, 1);
  return 0;
}
