/*
 * What the environment says to the runtime. May make system calls only, and reads the C library's pointer to the
 * environment by the name of which a program may not have one of its own.
 */
#include "environment.h"
#include "syscall.h"

#include <elf.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif

#define AUXILIARY_MAX 64 /* entries; the kernel has some 20 */

/* Old kernels have it in /proc alone. Returns the size in bytes. */
static size_t auxiliary_read(Elf64_auxv_t to[AUXILIARY_MAX]) {
  const size_t room = AUXILIARY_MAX * sizeof to[0];
  ssize_t size = pgofs_sys_prctl(PR_GET_AUXV, (uintptr_t)to, room);
  if (size < 0) {
    int fd = pgofs_sys_openat(AT_FDCWD, "/proc/self/auxv", O_RDONLY | O_CLOEXEC, 0);
    if (fd >= 0) {
      size = pgofs_sys_read(fd, to, room);
      pgofs_sys_close(fd);
    }
  }
  return size < 0 ? 0 : (size_t)size < room ? (size_t)size : room;
}

/* What the kernel told the program of itself when it started, by its AT_ number. Whether it can be found out. */
bool pgofs_auxiliary(uint64_t type, uint64_t *value) {
  Elf64_auxv_t all[AUXILIARY_MAX];
  memset(all, 0, sizeof all); /* valgrind does not know that call, and what it fills */
  size_t count = auxiliary_read(all) / sizeof all[0];
  for (size_t i = 0; i < count && all[i].a_type != AT_NULL; i++) {
    if (all[i].a_type == type) {
      *value = all[i].a_un.a_val;
      return true;
    }
  }
  return false;
}

/* Whether the program has rights that those have not who set its environment (setuid, capabilities of its file). */
static bool is_secure(void) {
  uint64_t secure;
  return !pgofs_auxiliary(AT_SECURE, &secure) || secure != 0;
}

/* NULL if it is not set. */
static const char *find(const char *name) {
  size_t size = strlen(name);
  for (char **entry = __environ; entry != NULL && *entry != NULL; entry++) {
    size_t same = 0;
    while (same < size && (*entry)[same] == name[same]) {
      same++;
    }
    if (same == size && (*entry)[size] == '=') {
      return *entry + size + 1;
    }
  }
  return NULL;
}

/* NULL if it is not set or must not be trusted. */
const char *pgofs_environment(const char *name) {
  const char *value = find(name);
  return value == NULL || is_secure() ? NULL : value;
}

static bool is_on(const char *value) {
  return value != NULL && value[0] == '1' && value[1] == 0;
}

/* Anyone may do without, and then no system call is made to ask who it is. */
bool pgofs_environment_disables(void) {
  return is_on(find("PGOFS_DISABLE"));
}

bool pgofs_environment_is_verbose(void) {
  return is_on(pgofs_environment("PGOFS_VERBOSE"));
}
