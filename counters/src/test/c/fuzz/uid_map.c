/* A /proc/self/uid_map that is anything: the nonce is not 0. */
#include "image_file.h"
#include "syscall.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int map_fd = -1;

/* The runtime closes what it opened. */
static int map_open(int directory, const char *path, int flags, mode_t mode) {
  (void)directory;
  (void)path;
  (void)flags;
  (void)mode;
  return map_fd < 0 || lseek(map_fd, 0, SEEK_SET) != 0 ? -1 : dup(map_fd);
}

#define pgofs_sys_openat map_open
#include "../../../main/c/image_file.c"
#undef pgofs_sys_openat

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
  if (map_fd < 0) {
    map_fd = memfd_create("uid_map", 0);
  }
  if (ftruncate(map_fd, 0) != 0 || pwrite(map_fd, input, size, 0) != (ssize_t)size) {
    abort();
  }
  static const uid_t users[] = {0, 1000, 65534, UINT32_MAX};
  for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
    if (usual_nonce(users[i]) == 0) {
      abort();
    }
  }
  return 0;
}
