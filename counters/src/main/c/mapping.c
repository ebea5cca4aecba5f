/*
 * Reads /proc/self/maps. May make system calls only.
 */
#include "mapping.h"
#include "syscall.h"

#include <fcntl.h>

/* A number of either base; it is 0 where there is none. Returns where it ends. */
static const char *number_read(const char *at, unsigned base, uint64_t *number) {
  *number = 0;
  for (;; at++) {
    unsigned digit = *at >= '0' && *at <= '9' ? (unsigned)(*at - '0') : *at >= 'a' && *at <= 'f' ? (unsigned)(*at - 'a' + 10) : base;
    if (digit >= base) {
      return at;
    }
    *number = *number * base + digit;
  }
}

/* From one field to the next. */
static const char *skip(const char *at) {
  while (*at != ' ' && *at != '\n') {
    at++;
  }
  while (*at == ' ') {
    at++;
  }
  return at;
}

/* Whether a line, which is "BEGIN-END RIGHTS OFFSET MAJOR:MINOR INODE PATH" and may lack the path, has the address. */
static bool line_read(struct pgofs_mapping *mapping, const char *line, const char *end, uintptr_t address) {
  uint64_t from;
  uint64_t to;
  const char *at = number_read(line, 16, &from);
  at = number_read(at + (*at == '-'), 16, &to);
  if (address < from || address >= to) {
    return false;
  }
  at = skip(skip(skip(at)));
  at = number_read(at, 16, &mapping->device_major);
  at = number_read(at + (*at == ':'), 16, &mapping->device_minor);
  at = skip(number_read(skip(at), 10, &mapping->inode));
  mapping->path = at;
  mapping->path_size = (size_t)(end - at);
  return true;
}

/* Whether something is mapped there that can be told. The kernel gives whole lines. */
bool pgofs_mapping_find(struct pgofs_mapping *mapping, uintptr_t address) {
  int fd = pgofs_sys_openat(AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);
  bool found = false;
  ssize_t size = fd < 0 ? 0 : 1;
  while (size > 0 && !found) {
    size = pgofs_sys_read(fd, mapping->lines, sizeof mapping->lines - 1);
    mapping->lines[size < 0 ? 0 : size] = '\n';
    const char *end = mapping->lines + (size < 0 ? 0 : size);
    for (const char *line = mapping->lines, *next; line < end && !found; line = next + 1) {
      for (next = line; *next != '\n'; next++) {
      }
      found = line_read(mapping, line, next, address);
    }
  }
  if (fd >= 0) {
    pgofs_sys_close(fd);
  }
  return found;
}
