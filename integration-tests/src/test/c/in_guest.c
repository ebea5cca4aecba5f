/*
 * A program for a guest kernel: says "ready", waits until the host has made the file "go" in its working directory, does
 * its work, says "done", and waits for "end". The work is 10,000 times getppid or, with a file given, 1,000 times an ioctl
 * of its file system. It exits with 7.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void say(const char *line) {
  if (write(STDOUT_FILENO, line, strlen(line)) < 0) {
    exit(1);
  }
}

static void await(const char *file) {
  const struct timespec moment = {0, 20 * 1000 * 1000};
  while (access(file, F_OK) != 0) {
    (void)nanosleep(&moment, NULL);
  }
}

int main(int count, char **words) {
  int file = count > 1 ? open(words[1], O_RDONLY) : -1;
  if (count > 1 && file < 0) {
    perror(words[1]);
    return 1;
  }
  say("ready\n");
  await("go");
  for (int i = 0; file < 0 && i < 10000; i++) {
    (void)syscall(SYS_getppid);
  }
  for (int i = 0; file >= 0 && i < 1000; i++) {
    long version;
    if (ioctl(file, FS_IOC_GETVERSION, &version) != 0) {
      perror("ioctl");
      return 1;
    }
  }
  if (file >= 0) {
    (void)close(file);
  }
  say("done\n");
  await("end");
  return 7;
}
