/*
 * What PGOFS_VERBOSE=1 lets the runtime say. May make system calls only.
 */
#include "say.h"
#include "environment.h"
#include "syscall.h"

#include <string.h>
#include <unistd.h>

#define LINE_MAX (PGOFS_PATH_MAX + 256)

struct line {
  size_t size;
  char text[LINE_MAX];
};

static void add(struct line *line, const char *text, size_t size) {
  size_t room = LINE_MAX - line->size;
  size_t part = size < room ? size : room;
  memcpy(line->text + line->size, text, part);
  line->size += part;
}

static void add_text(struct line *line, const char *text) {
  add(line, text, strlen(text));
}

/*
 * To standard error, at once. Where nobody reads it any more, or it may not grow (ulimit -f), a signal would end the
 * program: it is held back, and taken if it is ours.
 */
static void write_out(const struct line *line) {
  const uint64_t ours = UINT64_C(1) << (SIGPIPE - 1) | UINT64_C(1) << (SIGXFSZ - 1);
  uint64_t before;
  uint64_t pending = ours;
  if (pgofs_sys_sigprocmask(SIG_BLOCK, &ours, &before) != 0) {
    return;
  }
  (void)pgofs_sys_sigpending(&pending);
  if (pgofs_sys_write(STDERR_FILENO, line->text, line->size) < 0) {
    const uint64_t new = ours & ~pending;
    (void)pgofs_sys_sigtake(&new);
  }
  (void)pgofs_sys_sigprocmask(SIG_SETMASK, &before, NULL);
}

void pgofs_say(const struct pgofs_self *self, const char *what, const char *detail) {
  if (!pgofs_environment_is_verbose()) {
    return;
  }
  struct line line = {.size = 0};
  add_text(&line, "pgofs: ");
  add(&line, self->path, self->path_size);
  add_text(&line, self->path_size == 0 ? "" : ": ");
  add_text(&line, what);
  add_text(&line, detail);
  add_text(&line, "\n");
  write_out(&line);
}
