/*
 * The segment directory, and new files in it. May call system calls only: it runs in the child of a fork too. (statx by
 * its number, since musl has no function of that name.)
 */
#include "pgofs_rt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static bool in_user_namespace(void) {
  static const char initial[] = "         0          0 4294967295\n";
  char map[sizeof initial];
  int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return false;
  }
  ssize_t size = read(fd, map, sizeof map);
  (void)close(fd);
  return size > 0 && ((size_t)size != sizeof initial - 1 || memcmp(map, initial, sizeof initial - 1) != 0);
}

/*
 * Whether the directory is root's. In a container root of the machine may have no number, and look like anybody of
 * outside. Then the directory must be where something is mounted: only who sets up the container can have done that, and
 * he has power over the programs in it anyway.
 */
static bool is_roots(int fd, const struct stat *status) {
  struct statx more;
  return status->st_uid == 0 ||
         (status->st_uid == PGOFS_NOBODY && in_user_namespace() &&
          syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0, &more) == 0 && (more.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0);
}

/* NULL, or why the directory cannot be used: then there is nothing to close. */
const char *pgofs_directory_open(struct pgofs_directory *directory, const char *path) {
  /* O_PATH: anyone may add files, nobody but root may read the directory itself. */
  int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    return errno == ENOENT || errno == ENOTDIR ? "no segment directory" : "the segment directory cannot be opened";
  }
  struct stat status;
  struct statfs system;
  const char *wrong = NULL;
  if (fstat(fd, &status) != 0 || fstatfs(fd, &system) != 0) {
    wrong = "the segment directory cannot be examined";
  } else if (!is_roots(fd, &status) || (status.st_mode & S_ISVTX) == 0) {
    wrong = "the segment directory is not root's or not sticky";
  } else if (system.f_type != TMPFS_MAGIC) {
    wrong = "the segment directory is not on a tmpfs";
  }
  if (wrong != NULL) {
    (void)close(fd);
    return wrong;
  }
  directory->fd = fd;
  directory->device = status.st_dev;
  directory->inode = status.st_ino;
  directory->root = status.st_uid;
  directory->limited = system.f_blocks != 0;
  return NULL;
}

int pgofs_reason_of(int error) {
  switch (error) {
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

/* 0, or -1 with errno. Does not wait for the kernel's pool: a program of the early boot must not hang here. */
int pgofs_random(void *to, size_t size) {
  return getrandom(to, size, GRND_NONBLOCK) == (ssize_t)size ? 0 : -1;
}

/* A temporary name, which need not be secret, only new. */
void pgofs_name_new(char name[PGOFS_NAME_SIZE]) {
  unsigned char bytes[16];
  if (pgofs_random(bytes, sizeof bytes) != 0) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    uint64_t words[2] = {(uint64_t)now.tv_sec << 32 ^ (uint64_t)now.tv_nsec,
                         (uint64_t)getpid() << 48 ^ (uintptr_t)name};
    memcpy(bytes, words, sizeof bytes);
  }
  memcpy(name, PGOFS_TEMPORARY_PREFIX, 2);
  for (size_t i = 0; i < sizeof bytes; i++) {
    name[2 + 2 * i] = "0123456789abcdef"[bytes[i] >> 4];
    name[3 + 2 * i] = "0123456789abcdef"[bytes[i] & 15];
  }
  name[PGOFS_NAME_SIZE - 1] = 0;
}

/* A signal ends it on Linux 6.1, and a timer's would each time: they are held back. 0, or -1 with errno. */
static int allocate(int fd, uint64_t size) {
  sigset_t all;
  sigset_t before;
  (void)sigfillset(&all);
  if (pthread_sigmask(SIG_BLOCK, &all, &before) != 0) {
    return -1;
  }
  int result;
  do {
    result = fallocate(fd, 0, 0, (off_t)size);
  } while (result != 0 && errno == EINTR);
  int error = errno;
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return result;
}

/* 0, or -1 with errno. */
static int file_prepare(struct pgofs_file *file, const struct pgofs_directory *directory, uint64_t size) {
  struct stat status;
  if (fstat(file->fd, &status) != 0) {
    return -1;
  }
  file->owner = status.st_uid;
  if ((status.st_mode & 07777) != PGOFS_FILE_MODE && fchmod(file->fd, PGOFS_FILE_MODE) != 0) {
    return -1;
  }
  /* A page that a full tmpfs cannot provide kills whoever touches it: take them all now, or none. */
  return directory->limited ? allocate(file->fd, size) : ftruncate(file->fd, (off_t)size);
}

/*
 * A descriptor that the program does not take for its standard output, where that is closed: a thread or a signal
 * handler that prints meanwhile would print into our file. Returns a descriptor, or -1 with errno.
 */
static int above_standard(int fd) {
  if (fd < 0 || fd > STDERR_FILENO) {
    return fd;
  }
  int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  int error = errno;
  (void)close(fd);
  errno = error;
  return moved;
}

/* As openat. */
int pgofs_file_open(const struct pgofs_directory *directory, const char *name, int flags, mode_t mode) {
  return above_standard(openat(directory->fd, name, flags | O_NOFOLLOW | O_CLOEXEC, mode));
}

/* A new file of that size under a temporary name, open for reading and writing. Returns a reason. */
int pgofs_file_create(struct pgofs_file *file, const struct pgofs_directory *directory, uint64_t size) {
  struct rlimit limit;
  /* Growing a file past this limit would raise SIGXFSZ. */
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || size > limit.rlim_cur) {
    return PGOFS_REFUSED_FILE_LIMIT;
  }
  pgofs_name_new(file->name);
  /* The mode does not bind this descriptor. It keeps the program's own user from a slip: a file that is truncated
   * under the program kills it. */
  file->fd = pgofs_file_open(directory, file->name, O_RDWR | O_CREAT | O_EXCL, PGOFS_FILE_MODE);
  if (file->fd < 0) {
    return pgofs_reason_of(errno);
  }
  if (file_prepare(file, directory, size) != 0) {
    int reason = pgofs_reason_of(errno);
    pgofs_file_discard(file, directory);
    return reason;
  }
  return 0;
}

/* Returns a reason. */
int pgofs_file_write(int fd, const void *from, size_t size, uint64_t offset) {
  const char *at = from;
  while (size > 0) {
    ssize_t written = pwrite(fd, at, size, (off_t)offset);
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return written < 0 ? pgofs_reason_of(errno) : PGOFS_REFUSED_IO;
    }
    at += written;
    offset += (uint64_t)written;
    size -= (size_t)written;
  }
  return 0;
}

void pgofs_file_discard(const struct pgofs_file *file, const struct pgofs_directory *directory) {
  (void)unlinkat(directory->fd, file->name, 0);
  (void)close(file->fd);
}
