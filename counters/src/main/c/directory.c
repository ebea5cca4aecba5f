/*
 * The segment directory, and new files in it. May make system calls only: it runs in the child of a fork too.
 */
#include "directory.h"
#include "pgofs_format.h"
#include "syscall.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

static bool in_user_namespace(void) {
  static const char initial[] = "         0          0 4294967295\n";
  char map[sizeof initial];
  int fd = pgofs_sys_openat(AT_FDCWD, "/proc/self/uid_map", O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) {
    return false;
  }
  ssize_t size = pgofs_sys_read(fd, map, sizeof map);
  pgofs_sys_close(fd);
  return size > 0 && ((size_t)size != sizeof initial - 1 || memcmp(map, initial, sizeof initial - 1) != 0);
}

/*
 * Whether the directory is root's. In a container root of the machine may have no number, and look like anybody of
 * outside; where pgofs record runs a command for its caller, the directory is the caller's. Then the directory must be where
 * something is mounted: only who sets up the container can have done that, and he has power over the programs in it anyway.
 */
static bool is_roots(int fd, const struct stat *status) {
  struct statx more;
  return status->st_uid == 0 ||
         ((status->st_uid == PGOFS_NOBODY || status->st_uid == pgofs_sys_getuid()) && in_user_namespace() &&
          pgofs_sys_statx(fd, &more) == 0 && (more.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0);
}

/* Whether a daemon runs. The lock ends with its holder. */
static bool is_served(const struct pgofs_directory *directory) {
  struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  int fd = pgofs_file_open(directory, PGOFS_SERVING_NAME, O_RDONLY | O_NONBLOCK, 0);
  if (fd < 0) {
    return false;
  }
  bool served = pgofs_sys_fcntl(fd, F_GETLK, (long)&lock) == 0 && lock.l_type != F_UNLCK;
  pgofs_sys_close(fd);
  return served;
}

/* NULL, or why the directory cannot be used: then there is nothing to close. */
const char *pgofs_directory_open(struct pgofs_directory *directory, const char *path) {
  /* O_PATH: anyone may add files, nobody but root may read the directory itself. */
  int fd = pgofs_sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0) {
    return fd == -ENOENT || fd == -ENOTDIR ? "no segment directory" : "the segment directory cannot be opened";
  }
  struct stat status;
  struct statfs system;
  const char *wrong = NULL;
  if (pgofs_sys_fstat(fd, &status) != 0 || pgofs_sys_fstatfs(fd, &system) != 0) {
    wrong = "the segment directory cannot be examined";
  } else if (!is_roots(fd, &status) || (status.st_mode & S_ISVTX) == 0) {
    wrong = "the segment directory is not root's or not sticky";
  } else if (system.f_type != TMPFS_MAGIC) {
    wrong = "the segment directory is not on a tmpfs";
  }
  if (wrong != NULL) {
    pgofs_sys_close(fd);
    return wrong;
  }
  directory->fd = fd;
  directory->device = status.st_dev;
  directory->inode = status.st_ino;
  directory->root = status.st_uid;
  uint64_t block = (uint64_t)system.f_bsize;
  uint64_t held = (system.f_blocks - system.f_bfree) * block;
  directory->limited = system.f_blocks != 0 && system.f_blocks < PGOFS_UNLIMITED / block;
  directory->full = !directory->limited && held > PGOFS_HELD_MAX && !is_served(directory);
  return NULL;
}

/* Of what a system call returned. */
int pgofs_reason_of(long result) {
  switch (-result) {
    case ENOSPC:
    case EDQUOT:
      return PGOFS_REFUSED_NO_SPACE;
    case EFBIG:
    case EMFILE:
    case ENFILE:
      return PGOFS_REFUSED_FILE_LIMIT;
    case EACCES:
    case EPERM:
    case EROFS:
      return PGOFS_REFUSED_NO_ACCESS;
    default:
      return PGOFS_REFUSED_IO;
  }
}

/* Does not wait for the kernel's pool: a program of the early boot must not hang here. */
bool pgofs_random(void *to, size_t size) {
  return pgofs_sys_getrandom(to, size, GRND_NONBLOCK) == (ssize_t)size;
}

/* A temporary name, which need not be secret, only new. */
void pgofs_name_new(char name[PGOFS_NAME_SIZE]) {
  unsigned char bytes[16];
  if (!pgofs_random(bytes, sizeof bytes)) {
    struct timespec now;
    (void)pgofs_sys_clock_gettime(CLOCK_REALTIME, &now);
    uint64_t words[2] = {(uint64_t)now.tv_sec << 32 ^ (uint64_t)now.tv_nsec,
                         (uint64_t)pgofs_sys_getpid() << 48 ^ (uintptr_t)name};
    memcpy(bytes, words, sizeof bytes);
  }
  memcpy(name, PGOFS_TEMPORARY_PREFIX, 2);
  for (size_t i = 0; i < sizeof bytes; i++) {
    name[2 + 2 * i] = "0123456789abcdef"[bytes[i] >> 4];
    name[3 + 2 * i] = "0123456789abcdef"[bytes[i] & 15];
  }
  name[PGOFS_NAME_SIZE - 1] = 0;
}

/* A signal ends it on Linux 6.1, and a timer's would each time: they are held back. As a system call. */
static int allocate(int fd, uint64_t size) {
  const uint64_t all = UINT64_MAX;
  uint64_t before;
  int result = pgofs_sys_sigprocmask(SIG_BLOCK, &all, &before);
  if (result != 0) {
    return result;
  }
  do {
    result = pgofs_sys_fallocate(fd, size);
  } while (result == -EINTR);
  (void)pgofs_sys_sigprocmask(SIG_SETMASK, &before, NULL);
  return result;
}

/* As a system call. */
static int file_prepare(struct pgofs_file *file, const struct pgofs_directory *directory, uint64_t size) {
  struct stat status;
  int result = pgofs_sys_fstat(file->fd, &status);
  if (result != 0) {
    return result;
  }
  file->owner = status.st_uid;
  file->made_ns = (uint64_t)status.st_mtim.tv_sec * 1000000000u + (uint64_t)status.st_mtim.tv_nsec;
  if ((status.st_mode & 07777) != PGOFS_FILE_MODE) {
    result = pgofs_sys_fchmod(file->fd, PGOFS_FILE_MODE);
    if (result != 0) {
      return result;
    }
  }
  /* A page that a full tmpfs cannot provide kills whoever touches it: take them all now, or none. */
  return directory->limited ? allocate(file->fd, size) : pgofs_sys_ftruncate(file->fd, size);
}

/*
 * A descriptor that the program does not take for its standard output, where that is closed: a thread or a signal
 * handler that prints meanwhile would print into our file. As a system call.
 */
static int above_standard(int fd) {
  if (fd < 0 || fd > STDERR_FILENO) {
    return fd;
  }
  int moved = pgofs_sys_fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  pgofs_sys_close(fd);
  return moved;
}

/* As openat. */
int pgofs_file_open(const struct pgofs_directory *directory, const char *name, int flags, mode_t mode) {
  return above_standard(pgofs_sys_openat(directory->fd, name, flags | O_NOFOLLOW | O_CLOEXEC, mode));
}

/* A new file of that size under a temporary name, open for reading and writing. Returns a reason. */
int pgofs_file_create(struct pgofs_file *file, const struct pgofs_directory *directory, uint64_t size) {
  uint64_t limit[2];
  if (directory->full) {
    return PGOFS_REFUSED_NO_SPACE;
  }
  /* Growing a file past this limit would raise SIGXFSZ. */
  if (pgofs_sys_limit(RLIMIT_FSIZE, limit) != 0 || size > limit[0]) {
    return PGOFS_REFUSED_FILE_LIMIT;
  }
  pgofs_name_new(file->name);
  /* The mode does not bind this descriptor. It keeps the program's own user from a slip: a file that is truncated
   * under the program kills it. */
  file->fd = pgofs_file_open(directory, file->name, O_RDWR | O_CREAT | O_EXCL, PGOFS_FILE_MODE);
  if (file->fd < 0) {
    return pgofs_reason_of(file->fd);
  }
  int result = file_prepare(file, directory, size);
  if (result != 0) {
    pgofs_file_discard(file, directory);
    return pgofs_reason_of(result);
  }
  return 0;
}

/* Returns a reason. */
int pgofs_file_write(int fd, const void *from, size_t size, uint64_t offset) {
  const char *at = from;
  while (size > 0) {
    ssize_t written = pgofs_sys_pwrite(fd, at, size, offset);
    if (written == -EINTR) {
      continue;
    }
    if (written <= 0) {
      return pgofs_reason_of(written);
    }
    at += written;
    offset += (uint64_t)written;
    size -= (size_t)written;
  }
  return 0;
}

void pgofs_file_discard(const struct pgofs_file *file, const struct pgofs_directory *directory) {
  (void)pgofs_sys_unlinkat(directory->fd, file->name);
  pgofs_sys_close(file->fd);
}
