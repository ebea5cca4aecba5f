/*
 * Counts an image that did not publish, so that a thin profile is seen. May call system calls only.
 */
#include "pgofs_rt.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define REFUSED_MAX (1024 * 1024) /* bytes: the log of a machine where everything is refused stays small */

/* A log that is appended to, not a mapped table of counts: whoever may write a file may truncate it, and that would
 * kill those who have it mapped. */
void pgofs_refused_count(const struct pgofs_directory *directory, int reason) {
  int fd = openat(directory->fd, PGOFS_REFUSED_NAME, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    return;
  }
  struct stat status;
  struct rlimit limit;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == directory->root && status.st_size < REFUSED_MAX &&
      getrlimit(RLIMIT_FSIZE, &limit) == 0 && (rlim_t)status.st_size < limit.rlim_cur) {
    unsigned char byte = (unsigned char)reason;
    ssize_t written = write(fd, &byte, 1);
    (void)written;
  }
  (void)close(fd);
}
