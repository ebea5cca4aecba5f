/*
 * The segment directory, and new files in it.
 */
#ifndef PGOFS_DIRECTORY_H
#define PGOFS_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A prefix, 32 hexadecimal digits, 0. */
#define PGOFS_NAME_SIZE 35

#define PGOFS_FILE_MODE 0400

/* As whom users appear who have no number in this user namespace. */
#define PGOFS_NOBODY 65534

struct pgofs_directory {
  int fd;
  dev_t device;
  ino_t inode;
  uid_t root;   /* as whom root of the machine appears */
  bool limited; /* its tmpfs can run full */
  bool full;    /* holds as much as it may without a daemon */
};

struct pgofs_file {
  int fd;
  uid_t owner;
  uint64_t made_ns; /* since 1970 */
  char name[PGOFS_NAME_SIZE]; /* temporary until published */
};

const char *pgofs_directory_open(struct pgofs_directory *directory, const char *path);
bool pgofs_random(void *to, size_t size);
int pgofs_reason_of(long result);
void pgofs_name_new(char name[PGOFS_NAME_SIZE]);
int pgofs_file_open(const struct pgofs_directory *directory, const char *name, int flags, mode_t mode);
int pgofs_file_create(struct pgofs_file *file, const struct pgofs_directory *directory, uint64_t size);
int pgofs_file_write(int fd, const void *from, size_t size, uint64_t offset);
void pgofs_file_discard(const struct pgofs_file *file, const struct pgofs_directory *directory);

#endif
