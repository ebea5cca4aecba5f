/*
 * Runs in a guest kernel: works for pgofs kernel optimize, which builds kernels with and without a profile and compares
 * them. Prints "begin NAME NANOSECONDS", since the boot, and "end NAME NANOSECONDS", for each kind of work, each in one
 * write. A program of its own, linked statically; may call anything.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CALLS 40000
#define ENTRIES 32000
#define ROUNDS 80000

static void must(int done, const char *what) {
  if (!done) {
    perror(what);
    exit(1);
  }
}

static void syscalls(void) {
  char bytes[512];
  struct stat status;
  int zero = open("/dev/zero", O_RDONLY);
  int null = open("/dev/null", O_WRONLY);
  must(zero >= 0 && null >= 0, "/dev");
  for (int i = 0; i < CALLS; i++) {
    must(syscall(SYS_getppid) >= 0, "getppid");
    must(read(zero, bytes, sizeof bytes) == sizeof bytes, "read");
    must(write(null, bytes, sizeof bytes) == sizeof bytes, "write");
    must(fstat(zero, &status) == 0, "fstat");
    int file = open("/proc/self/stat", O_RDONLY);
    must(file >= 0 && read(file, bytes, sizeof bytes) > 0, "/proc/self/stat");
    (void)close(file);
    void *pages = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(pages != MAP_FAILED && munmap(pages, 16384) == 0, "mmap");
  }
}

/* Where there are no files of a host: a tree in memory, in which each fourth file has a page. */
static void make_files(void) {
  static const char bytes[2000];
  char path[40];
  if (access("/usr", F_OK) == 0) {
    return;
  }
  must(mkdir("/usr", 0755) == 0, "/usr");
  for (int i = 0; i < ENTRIES / 100; i++) {
    (void)snprintf(path, sizeof path, "/usr/%d", i);
    must(mkdir(path, 0755) == 0, path);
    for (int j = 0; j < 99; j++) {
      (void)snprintf(path, sizeof path, "/usr/%d/%d", i, j);
      int file = open(path, O_WRONLY | O_CREAT, 0644);
      must(file >= 0 && (j % 4 != 0 || write(file, bytes, sizeof bytes) == sizeof bytes) && close(file) == 0, path);
    }
  }
}

static int entries;

static int visit(const char *path, const struct stat *status, int kind, struct FTW *where) {
  char bytes[4096];
  (void)where;
  if (kind == FTW_F && S_ISREG(status->st_mode)) {
    int file = open(path, O_RDONLY);
    if (file >= 0) {
      ssize_t size = read(file, bytes, sizeof bytes);
      (void)size;
      (void)close(file);
    }
  }
  return ++entries >= ENTRIES;
}

static void tree(void) {
  entries = 0;
  must(nftw("/usr", visit, 20, FTW_PHYS) >= 0, "/usr");
}

static void pipes(void) {
  int there[2], back[2];
  char byte = 0;
  must(pipe(there) == 0 && pipe(back) == 0, "pipe");
  pid_t child = fork();
  must(child >= 0, "fork");
  if (child == 0) {
    for (int i = 0; i < ROUNDS; i++) {
      must(read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1, "pipe");
    }
    _exit(0);
  }
  for (int i = 0; i < ROUNDS; i++) {
    must(write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1, "pipe");
  }
  must(waitpid(child, NULL, 0) == child, "waitpid");
}

static int64_t now(void) {
  struct timespec time;
  must(clock_gettime(CLOCK_MONOTONIC, &time) == 0, "clock_gettime");
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void say(const char *what, const char *name, int64_t nanoseconds) {
  char line[80];
  int size = snprintf(line, sizeof line, "%s %s %lld\n", what, name, (long long)nanoseconds);
  must(write(STDOUT_FILENO, line, (size_t)size) == size, "write");
}

int main(void) {
  static const struct {
    const char *name;
    void (*prepare)(void);
    void (*work)(void);
  } all[] = {{"syscalls", NULL, syscalls}, {"tree", make_files, tree}, {"pipes", NULL, pipes}};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    if (all[i].prepare != NULL) {
      all[i].prepare();
    }
    int64_t from = now();
    say("begin", all[i].name, from);
    all[i].work();
    say("end", all[i].name, now() - from);
  }
  return 0;
}
