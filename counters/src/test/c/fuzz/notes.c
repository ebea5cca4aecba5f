/* A note segment that is anything: a build id that is found lies inside it. The first byte is the alignment. */
#include "../../../main/c/elf_self.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
  if (size == 0) {
    return 0;
  }
  unsigned char *notes = malloc(size - 1); /* so that the address sanitizer sees a byte too far */
  memcpy(notes, input + 1, size - 1);
  struct pgofs_self self = {.path_size = 0};
  build_id_find(&self, notes, size - 1, input[0]);
  if (self.build_id.begin != NULL &&
      (self.build_id.begin < notes || self.build_id.end > notes + size - 1 ||
       pgofs_range_size(self.build_id) > PGOFS_BUILD_ID_MAX)) {
    abort();
  }
  free(notes);
  return 0;
}
