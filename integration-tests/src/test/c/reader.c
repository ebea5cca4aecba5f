/*
 * Copies a file in one of the ways in which programs read: reader WAY SOURCE TARGET. It fails if the file does not end
 * where it was said to end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PIECE = 1 << 16, LARGE = 1 << 24 };

static const char *source;
static int target;

static void require(int ok, const char *what) {
  if (!ok) {
    perror(what);
    exit(1);
  }
}

static int opened(void) {
  int fd = open(source, O_RDONLY);
  require(fd >= 0, source);
  return fd;
}

static void put(const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t written = write(target, bytes, size);
    require(written > 0, "write");
    bytes += written;
    size -= (size_t)written;
  }
}

static void by_sendfile(void) {
  int fd = opened();
  ssize_t sent;
  while ((sent = sendfile(target, fd, NULL, LARGE)) > 0) {
  }
  require(sent == 0, "sendfile");
}

static void by_splice(void) {
  int fd = opened();
  int ends[2];
  require(pipe(ends) == 0, "pipe");
  ssize_t in;
  while ((in = splice(fd, NULL, ends[1], NULL, PIECE, 0)) > 0) {
    while (in > 0) {
      ssize_t out = splice(ends[0], NULL, target, NULL, (size_t)in, 0);
      require(out > 0, "splice to the target");
      in -= out;
    }
  }
  require(in == 0, "splice");
}

/* Where the kernel cannot, as between two file systems, programs copy in another way. */
static void by_copy_file_range(void) {
  int fd = opened();
  ssize_t copied;
  while ((copied = copy_file_range(fd, NULL, target, NULL, LARGE, 0)) > 0) {
  }
  if (copied < 0) {
    require(errno == EXDEV || errno == EINVAL, "copy_file_range");
    by_sendfile();
  }
}

/* Exactly as much as was told, and then nothing. */
static void read_exactly(int fd, off_t size) {
  char *bytes = malloc((size_t)size + 1);
  off_t all = 0;
  while (all < size) {
    ssize_t got = read(fd, bytes + all, (size_t)(size - all));
    require(got >= 0, "read");
    if (got == 0) {
      fprintf(stderr, "ends after %lld of %lld bytes\n", (long long)all, (long long)size);
      exit(1);
    }
    all += got;
  }
  if (read(fd, bytes + size, 1) != 0) {
    fprintf(stderr, "goes on after %lld bytes\n", (long long)size);
    exit(1);
  }
  put(bytes, (size_t)size);
}

static void by_size_of_path(void) {
  struct stat status;
  require(stat(source, &status) == 0, "stat");
  read_exactly(opened(), status.st_size);
}

static void by_mapping(void) {
  int fd = opened();
  struct stat status;
  require(fstat(fd, &status) == 0, "fstat");
  char *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  require(bytes != MAP_FAILED, "mmap");
  put(bytes, (size_t)status.st_size);
}

/* As runtimes with threads of their own do: any of them makes any of the calls. */
static int shared_fd;
static off_t shared_size;

static void *open_it(void *unused) {
  shared_fd = opened();
  return unused;
}

static void *ask_it(void *unused) {
  struct stat status;
  require(fstat(shared_fd, &status) == 0, "fstat");
  shared_size = status.st_size;
  return unused;
}

static void *read_it(void *unused) {
  read_exactly(shared_fd, shared_size);
  return unused;
}

static void by_threads(void) {
  void *(*steps[])(void *) = {open_it, ask_it, read_it};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    pthread_t thread;
    require(pthread_create(&thread, NULL, steps[i], NULL) == 0, "pthread_create");
    require(pthread_join(thread, NULL) == 0, "pthread_join");
  }
}

static void *mapped(int ring, size_t size, off_t what) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, what);
  require(memory != MAP_FAILED, "mmap of a ring");
  return memory;
}

static void by_io_uring(void) {
  struct io_uring_params params = {0};
  int ring = (int)syscall(__NR_io_uring_setup, 1, &params);
  if (ring < 0 && (errno == ENOSYS || errno == EPERM)) {
    by_threads(); /* this kernel has none, or does not allow it */
    return;
  }
  require(ring >= 0, "io_uring_setup");
  char *submit = mapped(ring, params.sq_off.array + params.sq_entries * sizeof(uint32_t), IORING_OFF_SQ_RING);
  char *complete =
      mapped(ring, params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
  struct io_uring_sqe *entry = mapped(ring, params.sq_entries * sizeof *entry, IORING_OFF_SQES);
  struct io_uring_cqe *results = (struct io_uring_cqe *)(complete + params.cq_off.cqes);
  uint32_t mask = *(uint32_t *)(complete + params.cq_off.ring_mask);
  static char bytes[PIECE];
  int fd = opened();
  struct stat status;
  require(fstat(fd, &status) == 0, "fstat");
  uint64_t size = (uint64_t)status.st_size;
  /* Not past the end: there Linux 6.18 reads a direct_io file of FUSE anew from where it has begun. */
  for (uint64_t at = 0; at < size;) {
    uint32_t piece = size - at < PIECE ? (uint32_t)(size - at) : PIECE;
    *entry = (struct io_uring_sqe){.opcode = IORING_OP_READ, .fd = fd, .len = piece, .off = at};
    entry->addr = (uint64_t)(uintptr_t)bytes;
    *(uint32_t *)(submit + params.sq_off.array) = 0;
    atomic_fetch_add((_Atomic uint32_t *)(submit + params.sq_off.tail), 1);
    require(syscall(__NR_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1, "io_uring_enter");
    int result = results[atomic_fetch_add((_Atomic uint32_t *)(complete + params.cq_off.head), 1) & mask].res;
    errno = result < 0 ? -result : 0;
    require(result > 0, "IORING_OP_READ");
    put(bytes, (size_t)result);
    at += (uint64_t)result;
  }
}

int main(int count, char **arguments) {
  static const struct {
    const char *name;
    void (*copy)(void);
  } ways[] = {
      {"sendfile", by_sendfile}, {"splice", by_splice},   {"copy_file_range", by_copy_file_range},
      {"stat", by_size_of_path}, {"mmap", by_mapping},    {"threads", by_threads},
      {"io_uring", by_io_uring},
  };
  if (count != 4) {
    return 2;
  }
  source = arguments[2];
  target = open(arguments[3], O_WRONLY | O_CREAT | O_TRUNC, 0600);
  require(target >= 0, arguments[3]);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    if (strcmp(arguments[1], ways[i].name) == 0) {
      ways[i].copy();
      return 0;
    }
  }
  return 2;
}
