/*
 * freeze KIND ROUNDS SEGMENT-DIRECTORY FILE: the time in which pgofs adds up the counters of many processes, in turns with
 * that of pread(2) of each segment's counters and 64-bit additions by one thread here. Prints the median of each in us, and
 * the median, least and greatest of the ratios of turns beside each other. KIND is first (open FILE, read 64 bytes, close),
 * last (the same with its last byte, which is there when all is frozen), whole (all of it) or reset (write to FILE).
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pgofs_format.h"

struct segment {
  int fd;
  struct pgofs_segment_header header;
};

static struct segment *segments;
static size_t segment_count;
static uint64_t *sums, *counters;
static volatile uint64_t used;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void open_segments(const char *path) {
  DIR *directory = opendir(path);
  if (directory == NULL) fail(path);
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    if (strncmp(entry->d_name, "s-", 2) != 0) continue;
    segments = realloc(segments, (segment_count + 1) * sizeof *segments);
    struct segment *segment = &segments[segment_count++];
    segment->fd = openat(dirfd(directory), entry->d_name, O_RDONLY);
    if (segment->fd < 0 || pread(segment->fd, &segment->header, sizeof segment->header, 0) < 0) fail(entry->d_name);
  }
  closedir(directory);
  if (segment_count == 0) exit(2);
  sums = malloc(segments[0].header.counters.size);
  counters = malloc(segments[0].header.counters.size);
}

static void add_up(void) {
  size_t size = segments[0].header.counters.size;
  memset(sums, 0, size);
  for (size_t i = 0; i < segment_count; i++) {
    if (pread(segments[i].fd, counters, size, (off_t)segments[i].header.counters.offset) != (ssize_t)size) fail("segment");
    for (size_t k = 0; k < size / 8; k++) sums[k] += counters[k];
  }
  used = sums[size / 16];
}

static ssize_t read_whole(int fd) {
  static char bytes[1 << 16];
  ssize_t count, all = 0;
  while ((count = read(fd, bytes, sizeof bytes)) > 0) all += count;
  return count < 0 ? count : all;
}

static void call(const char *kind, const char *path) {
  char bytes[64];
  struct stat status;
  int fd = open(path, strcmp(kind, "reset") == 0 ? O_WRONLY : O_RDONLY);
  if (fd < 0 || fstat(fd, &status) != 0) fail(path);
  ssize_t done = strcmp(kind, "reset") == 0   ? write(fd, "1", 1)
                 : strcmp(kind, "whole") == 0 ? read_whole(fd)
                 : strcmp(kind, "last") == 0 ? pread(fd, bytes, 1, status.st_size - 1)
                                              : pread(fd, bytes, sizeof bytes, 0);
  if (done <= 0 || close(fd) != 0) fail(path);
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  const char *kind = arguments[1], *file = arguments[4];
  size_t rounds = strtoul(arguments[2], NULL, 10);
  double *c = calloc(rounds, sizeof *c), *pgofs = calloc(rounds, sizeof *pgofs), *ratios = calloc(rounds, sizeof *ratios);
  open_segments(arguments[3]);
  for (size_t round = 0; round < rounds; round++) {
    double begin = now();
    add_up();
    double middle = now();
    call(kind, file);
    c[round] = middle - begin;
    pgofs[round] = now() - middle;
    ratios[round] = pgofs[round] / c[round];
  }
  qsort(c, rounds, sizeof *c, compare);
  qsort(pgofs, rounds, sizeof *pgofs, compare);
  qsort(ratios, rounds, sizeof *ratios, compare);
  printf("%f %f %f %f %f\n", c[rounds / 2], pgofs[rounds / 2], ratios[rounds / 2], ratios[0], ratios[rounds - 1]);
  return 0;
}
