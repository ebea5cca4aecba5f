/*
 * May make system calls only.
 */
#include "file_identity.h"
#include "mapping.h"
#include "syscall.h"

#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

/* In seconds: coarser than any clock by which a file system notes a change. Two changes within it may have one time. */
#define SETTLED 2

/* Where the kernel itself notes the time of each change, and a number and a device belong to one file. */
static bool is_told_of_changes(int fd) {
  struct statfs system;
  if (pgofs_sys_fstatfs(fd, &system) != 0 || (system.f_flags & ST_RDONLY) != 0) {
    return false; /* what is written elsewhere may come with any times */
  }
  switch (system.f_type) {
    case EXT4_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC:
    case TMPFS_MAGIC:
    case XFS_SUPER_MAGIC:
      return true;
    default:
      return false;
  }
}

static bool is_settled(const struct timespec *changed) {
  struct timespec now;
  return pgofs_sys_clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec - changed->tv_sec > SETTLED;
}

/* Whether it was found, and says enough: its path may lead to another file by now. */
bool pgofs_file_identify(struct pgofs_file_identity *identity, const struct pgofs_self *self) {
  struct pgofs_mapping mapping;
  struct stat status;
  if (self->file == NULL || !pgofs_mapping_find(&mapping, self->header) || mapping.inode == 0) {
    return false;
  }
  int fd = pgofs_sys_openat(AT_FDCWD, self->file, O_PATH | O_CLOEXEC, 0);
  if (fd < 0) {
    return false;
  }
  bool same = is_told_of_changes(fd) && pgofs_sys_fstat(fd, &status) == 0 && status.st_ino == mapping.inode &&
              major(status.st_dev) == mapping.device_major && minor(status.st_dev) == mapping.device_minor &&
              is_settled(&status.st_ctim);
  pgofs_sys_close(fd);
  if (same) {
    *identity = (struct pgofs_file_identity){
        .device = status.st_dev,
        .inode = status.st_ino,
        .size = (uint64_t)status.st_size,
        .changed_s = (uint64_t)status.st_ctim.tv_sec,
        .changed_ns = (uint64_t)status.st_ctim.tv_nsec,
    };
  }
  return same;
}
