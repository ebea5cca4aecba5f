/*
 * Counts an image that did not publish, so that a thin profile is seen. May make system calls only.
 */
#include "refused.h"
#include "pgofs_format.h"
#include "syscall.h"

#include <string.h>
#include <sys/resource.h>

#define REFUSED_MAX (1024 * 1024) /* bytes: the log of a machine where everything is refused stays small */

/* Whether it is in the log, or must not be. */
static bool append(const struct pgofs_directory *directory, int fd, unsigned char reason) {
  struct stat status;
  uint64_t limit[2];
  if (pgofs_sys_fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != directory->root ||
      status.st_size >= REFUSED_MAX) {
    return true;
  }
  return pgofs_sys_limit(RLIMIT_FSIZE, limit) == 0 && (uint64_t)status.st_size < limit[0] &&
         pgofs_sys_write(fd, &reason, 1) == 1;
}

/* An empty file whose name is the reason takes neither a descriptor nor a byte. It is renamed because that is what the
 * daemon is told of. */
static void name_reason(const struct pgofs_directory *directory, int reason) {
  char temporary[PGOFS_NAME_SIZE];
  char name[PGOFS_NAME_SIZE];
  pgofs_name_new(temporary);
  memcpy(name, temporary, sizeof name);
  memcpy(name, PGOFS_REFUSED_PREFIX, 2);
  name[2] = (char)('0' + reason);
  name[3] = '-';
  if (pgofs_sys_mknodat(directory->fd, temporary, S_IFREG | PGOFS_FILE_MODE) == 0 &&
      pgofs_sys_rename(directory->fd, temporary, name) != 0) {
    (void)pgofs_sys_unlinkat(directory->fd, temporary);
  }
}

/*
 * Before there is a log, which root makes: one file for all, however many are refused. It is an empty one too.
 */
static void name_no_space(const struct pgofs_directory *directory) {
  static const char name[] = PGOFS_REFUSED_PREFIX "1-000000000000000000000000000000";
  _Static_assert(sizeof name == PGOFS_NAME_SIZE && PGOFS_REFUSED_NO_SPACE == 1, "the digit is the reason");
  (void)pgofs_sys_mknodat(directory->fd, name, S_IFREG | PGOFS_FILE_MODE);
}

/* A log that is appended to, not a mapped table of counts: whoever may write a file may truncate it, and that would
 * kill those who have it mapped. */
void pgofs_refused_count(const struct pgofs_directory *directory, int reason) {
  int fd = pgofs_file_open(directory, PGOFS_REFUSED_NAME, O_WRONLY | O_APPEND | O_NONBLOCK, 0);
  bool done = fd >= 0 && append(directory, fd, (unsigned char)reason);
  if (fd >= 0) {
    pgofs_sys_close(fd);
  }
  if (!done && reason == PGOFS_REFUSED_FILE_LIMIT) {
    name_reason(directory, reason);
  } else if (!done && reason == PGOFS_REFUSED_NO_SPACE) {
    name_no_space(directory);
  }
}
