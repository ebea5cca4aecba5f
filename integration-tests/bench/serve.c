/*
 * serve FILE MOUNTPOINT: a file system of libfuse 2 with one file, "profraw", of the same bytes as FILE: what pgofs is
 * compared with. Mounted as pgofs is: direct_io, requests of up to 128 KiB, several threads. In the foreground.
 */
#define FUSE_USE_VERSION 26
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *bytes;
static off_t size;

static int is_file(const char *path) { return strcmp(path, "/profraw") == 0; }

static int get_attributes(const char *path, struct stat *to) {
  memset(to, 0, sizeof *to);
  if (is_file(path)) {
    to->st_mode = S_IFREG | 0600;
    to->st_nlink = 1;
    to->st_size = size;
    return 0;
  }
  to->st_mode = S_IFDIR | 0700;
  to->st_nlink = 2;
  return strcmp(path, "/") == 0 ? 0 : -ENOENT;
}

static int open_file(const char *path, struct fuse_file_info *info) {
  info->direct_io = 1;
  return is_file(path) ? 0 : -ENOENT;
}

static int read_file(const char *path, char *to, size_t count, off_t offset, struct fuse_file_info *info) {
  (void)path;
  (void)info;
  size_t left = offset < size ? (size_t)(size - offset) : 0;
  size_t served = count < left ? count : left;
  memcpy(to, bytes + offset, served);
  return (int)served;
}

int main(int count, char **arguments) {
  static const struct fuse_operations operations = {.getattr = get_attributes, .open = open_file, .read = read_file};
  struct stat status;
  if (count != 3) return 2;
  int fd = open(arguments[1], O_RDONLY);
  if (fd < 0 || fstat(fd, &status) != 0) return perror(arguments[1]), 1;
  char *copy = malloc((size_t)status.st_size);
  for (size = 0; size < status.st_size;) {
    ssize_t part = copy == NULL ? -1 : read(fd, copy + size, (size_t)(status.st_size - size));
    if (part <= 0) return perror(arguments[1]), 1;
    size += part;
  }
  bytes = copy;
  char options[] = "allow_other,default_permissions,attr_timeout=0,entry_timeout=0,big_writes,max_read=131072";
  char *fuse_arguments[] = {arguments[0], "-f", "-o", options, arguments[2], NULL};
  return fuse_main(5, fuse_arguments, &operations, NULL);
}
