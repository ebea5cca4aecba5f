/*
 * calls KIND ROUNDS CALLS C-FILE PGOFS-FILE: the time of calls on one file and on another, in turns. Prints the median of a
 * call of each in us, and the median of the ratios of turns beside each other. KIND is stat; begin (open, read 64 bytes,
 * close); bytes (1-byte reads one after another of an open file); whole (open, read to the end, close).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { READ = 1 << 20 };
static char buffer[READ];

static void fail(const char *path) {
  perror(path);
  exit(1);
}

static void call_stat(const char *path, int fd) {
  struct stat status;
  (void)fd;
  if (stat(path, &status) != 0) fail(path);
}

static int open_file(const char *path) {
  int fd = open(path, O_RDONLY);
  if (fd < 0) fail(path);
  return fd;
}

static void call_begin(const char *path, int unused) {
  (void)unused;
  int fd = open_file(path);
  if (read(fd, buffer, 64) != 64) fail(path);
  close(fd);
}

static void call_byte(const char *path, int fd) {
  if (read(fd, buffer, 1) != 1) fail(path);
}

static void call_whole(const char *path, int unused) {
  (void)unused;
  int fd = open_file(path);
  ssize_t count;
  while ((count = read(fd, buffer, READ)) > 0) {
  }
  if (count < 0) fail(path);
  close(fd);
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

/* In us a call. */
static double turn(void (*call)(const char *, int), int calls, const char *path) {
  int fd = call == call_byte ? open_file(path) : -1;
  double start = now();
  for (int i = 0; i < calls; i++) call(path, fd);
  double took = (now() - start) / calls;
  if (fd >= 0) close(fd);
  return took;
}

static int compare(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

static double median(double *numbers, int count) {
  qsort(numbers, (size_t)count, sizeof *numbers, compare);
  return numbers[count / 2];
}

int main(int count, char **arguments) {
  static const struct {
    const char *name;
    void (*call)(const char *, int);
  } kinds[] = {{"stat", call_stat}, {"begin", call_begin}, {"bytes", call_byte}, {"whole", call_whole}};
  void (*call)(const char *, int) = NULL;
  for (size_t i = 0; count == 6 && i < sizeof kinds / sizeof kinds[0]; i++) {
    if (strcmp(kinds[i].name, arguments[1]) == 0) call = kinds[i].call;
  }
  int rounds = call == NULL ? 0 : atoi(arguments[2]);
  if (rounds <= 0) return fprintf(stderr, "usage: calls KIND ROUNDS CALLS C-FILE PGOFS-FILE\n"), 2;
  double *of[3];
  for (int i = 0; i < 3; i++) of[i] = malloc((size_t)rounds * sizeof *of[i]);
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < 2; i++) of[i][round] = turn(call, atoi(arguments[3]), arguments[4 + i]);
    of[2][round] = of[1][round] / of[0][round];
  }
  printf("%.1f %.1f %.2f\n", median(of[0], rounds), median(of[1], rounds), median(of[2], rounds));
  return 0;
}
