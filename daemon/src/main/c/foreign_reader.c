/*
 * Reads files of processes for the daemon, which asks through standard input and is answered through standard output. The
 * kernel may keep whoever reads another process's memory waiting for as long as a file system of that process's user likes,
 * and such a reader cannot even be killed. So it is not the daemon that reads.
 *
 * A request is a struct request, and the path if a file is to be opened. An answer is a struct answer, and what was read.
 * ForeignReader.java is the other side.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { OPEN = 1, READ = 2, CLOSE = 3, IDENTIFY = 4, MOST = 1 << 20 };

struct request {
  uint32_t kind;
  uint32_t size; // of what is to be read, or of the path; at most MOST
  int64_t file;
  uint64_t offset;
};

struct answer {
  int64_t result;        // a file, or how many bytes follow; less than 0 is an error of errno.h
  uint64_t processor_ns; // for how long this process has had a processor
};

struct identity {
  uint64_t device, inode, size;
  int64_t changed_s, changed_ns;
};

_Static_assert(sizeof(struct request) == 24, "ForeignReader.java has it");
_Static_assert(sizeof(struct answer) == 16, "ForeignReader.java has it");
_Static_assert(sizeof(struct identity) == 40, "ForeignReader.java has it");

static char data[MOST];

static void receive(void *target, size_t size) {
  for (size_t at = 0; at < size;) {
    ssize_t count = read(0, (char *)target + at, size - at);
    if (count == 0) exit(0); // the daemon has ended
    if (count < 0 && errno != EINTR) exit(1);
    if (count > 0) at += (size_t)count;
  }
}

static void send(const void *source, size_t size) {
  for (size_t at = 0; at < size;) {
    ssize_t count = write(1, (const char *)source + at, size - at);
    if (count < 0 && errno != EINTR) exit(1);
    if (count > 0) at += (size_t)count;
  }
}

// A regular file and nothing else: to open a device may do something.
static int64_t open_file(const char *path) {
  char name[40];
  struct stat status;
  int named = open(path, O_PATH | O_CLOEXEC);
  if (named < 0) return -errno;
  int file = -1, error = EINVAL;
  if (fstat(named, &status)) {
    error = errno;
  } else if (S_ISREG(status.st_mode)) {
    snprintf(name, sizeof name, "/proc/self/fd/%d", named);
    file = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    error = errno;
  }
  close(named);
  return file < 0 ? -error : file;
}

// As much as there is.
static int64_t read_file(int file, uint64_t offset, size_t size) {
  size_t at = 0;
  while (at < size) {
    ssize_t count = pread(file, data + at, size - at, (off_t)(offset + at));
    if (count == 0) break;
    if (count < 0 && errno != EINTR) return at ? (int64_t)at : -errno;
    if (count > 0) at += (size_t)count;
  }
  return (int64_t)at;
}

static int64_t identify(int file) {
  struct stat status;
  if (fstat(file, &status)) return -errno;
  struct identity identity = {status.st_dev, status.st_ino, (uint64_t)status.st_size, status.st_ctim.tv_sec,
                              status.st_ctim.tv_nsec};
  memcpy(data, &identity, sizeof identity);
  return sizeof identity;
}

static int64_t serve(const struct request *request) {
  switch (request->kind) {
    case OPEN:
      receive(data, request->size);
      data[request->size] = 0;
      return open_file(data);
    case READ:
      return read_file((int)request->file, request->offset, request->size);
    case IDENTIFY:
      return identify((int)request->file);
    default:
      return close((int)request->file) ? -errno : 0;
  }
}

int main(void) {
  prctl(PR_SET_NAME, "pgofs-reader");
  // What ends the daemon must not end its last look. When it has ended, there is nothing more to receive.
  int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
  for (int i = 0; i < 4; i++) signal(signals[i], SIG_IGN);
  for (;;) {
    struct request request;
    struct timespec time;
    receive(&request, sizeof request);
    if (request.size > MOST - (request.kind == OPEN)) return 2;
    struct answer answer = {serve(&request), 0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    answer.processor_ns = (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
    send(&answer, sizeof answer);
    if ((request.kind == READ || request.kind == IDENTIFY) && answer.result > 0) send(data, (size_t)answer.result);
  }
}
