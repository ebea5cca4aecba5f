/* A file of its own that is anything, of which the section headers are read. */
#include "../../../main/c/elf_self.c"

#include <stdlib.h>
#include <sys/mman.h>

static unsigned char counters[8192];

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
  static int fd = -1;
  if (fd < 0) {
    fd = memfd_create("program", 0);
  }
  if (ftruncate(fd, 0) != 0 || pwrite(fd, input, size, 0) != (ssize_t)size) {
    abort();
  }
  struct pgofs_range range = {counters, counters + 4104};
  struct pgofs_sections sections = {.counters = range};
  struct pgofs_self self = {.load_bias = (uintptr_t)counters - 0x4000};
  (void)headers_prove(fd, &self, &sections, range, (uintptr_t)counters + sizeof counters);
  return 0;
}
