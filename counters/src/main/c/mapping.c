/*
 * Reads /proc/self/maps. May make system calls only.
 */
#include "mapping.h"
#include "syscall.h"

#include <fcntl.h>

/* Not on the stack, of which a thread that loads a library may have little. One image is loaded at a time. */
static char lines[8192];

/* Of any base up to 16; 16 of what is no digit. */
static unsigned digit(char of) {
  if (of >= '0' && of <= '9') {
    return (unsigned)(of - '0');
  }
  return of >= 'a' && of <= 'f' ? (unsigned)(of - 'a' + 10) : 16;
}

/* A number; it is 0 where there is none. Returns where it ends. */
static const char *number_read(const char *at, unsigned base, uint64_t *number) {
  for (*number = 0; digit(*at) < base; at++) {
    *number = *number * base + digit(*at);
  }
  return at;
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
    size = pgofs_sys_read(fd, lines, sizeof lines - 1);
    lines[size < 0 ? 0 : size] = '\n';
    const char *end = lines + (size < 0 ? 0 : size);
    for (const char *line = lines, *next; line < end && !found; line = next + 1) {
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
