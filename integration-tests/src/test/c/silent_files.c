/*
 * A file system of a user that answers everything but reads: silent_files DIRECTORY USER. It has one file, "pages", of 1 MiB.
 * It prints a line when it is mounted. It ends, and all reads fail, when its standard input does.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_NODE = 2, SIZE = 1 << 20 };

static int device;
static unsigned user;

static void answer(const struct fuse_in_header *to, int error, const void *data, size_t size) {
  static char message[1 << 13];
  struct fuse_out_header header = {(unsigned)(sizeof header + size), -error, to->unique};
  memcpy(message, &header, sizeof header);
  if (size) memcpy(message + sizeof header, data, size);
  if (write(device, message, sizeof header + size) < 0 && errno != ENOENT) perror("write");
}

static struct fuse_attr attributes(unsigned long node) {
  int is_file = node == FILE_NODE;
  return (struct fuse_attr){.ino = node,
                            .size = is_file ? SIZE : 0,
                            .mode = is_file ? S_IFREG | 0644 : S_IFDIR | 0755,
                            .nlink = 1,
                            .uid = user,
                            .blksize = 4096};
}

static void serve(const char *request) {
  const struct fuse_in_header *in = (const void *)request;
  switch (in->opcode) {
    case FUSE_INIT: {
      struct fuse_init_out out = {.major = 7, .minor = 31, .max_readahead = 0, .max_write = 4096};
      answer(in, 0, &out, sizeof out);
      break;
    }
    case FUSE_LOOKUP: {
      struct fuse_entry_out out = {.nodeid = FILE_NODE, .attr_valid = 60, .entry_valid = 60, .attr = attributes(FILE_NODE)};
      int is_there = strcmp(request + sizeof *in, "pages") == 0;
      answer(in, is_there ? 0 : ENOENT, &out, is_there ? sizeof out : 0);
      break;
    }
    case FUSE_GETATTR: {
      struct fuse_attr_out out = {.attr_valid = 60, .attr = attributes(in->nodeid)};
      answer(in, 0, &out, sizeof out);
      break;
    }
    case FUSE_OPEN:
    case FUSE_OPENDIR: {
      struct fuse_open_out out = {.open_flags = FOPEN_KEEP_CACHE}; // or the next open would wait for the pages
      answer(in, 0, &out, sizeof out);
      break;
    }
    case FUSE_READ:
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
      break;
    case FUSE_FLUSH:
    case FUSE_RELEASE:
    case FUSE_RELEASEDIR:
      answer(in, 0, NULL, 0);
      break;
    default:
      answer(in, ENOSYS, NULL, 0);
  }
}

int main(int argc, char **argv) {
  static char request[1 << 17], options[100];
  if (argc != 3) return 2;
  setvbuf(stdout, NULL, _IONBF, 0);
  user = (unsigned)atoi(argv[2]);
  device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%u,group_id=0,allow_other", device, user);
  if (device < 0 || mount("silent", argv[1], "fuse", MS_NOSUID | MS_NODEV, options)) return perror(argv[1]), 1;
  puts("mounted");
  for (;;) {
    struct pollfd ready[] = {{device, POLLIN, 0}, {0, POLLIN, 0}};
    poll(ready, 2, -1);
    if (ready[1].revents) break;
    if (read(device, request, sizeof request) > 0) serve(request);
  }
  return umount2(argv[1], MNT_DETACH);
}
