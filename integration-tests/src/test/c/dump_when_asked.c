/*
 * Linked into a program with the compiler's own runtime: at SIGUSR1 it writes its profile into the file that
 * PROFILE_WHEN_ASKED names. Nothing in here has counters.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

void __llvm_profile_set_filename(const char *);
int __llvm_profile_write_file(void);

#define UNCOUNTED __attribute__((no_profile_instrument_function))

static char partial[600], name[512];

UNCOUNTED static void dump(int signal) {
  (void)signal;
  __llvm_profile_set_filename(partial);
  if (__llvm_profile_write_file() || rename(partial, name)) abort();
}

__attribute__((constructor)) UNCOUNTED static void prepare(void) {
  snprintf(name, sizeof name, "%s", getenv("PROFILE_WHEN_ASKED"));
  snprintf(partial, sizeof partial, "%s.partial", name);
  struct sigaction action = {.sa_handler = dump, .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &action, NULL);
}
