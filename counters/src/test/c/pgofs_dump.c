/* Prints what the tests look at in a segment: "TOTAL NAME-OF-ITS-IMAGE-FILE PATH". */
#include "pgofs_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **arguments) {
  struct pgofs_segment_header header;
  FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
  if (file == NULL || fread(&header, sizeof header, 1, file) != 1 || header.magic != PGOFS_SEGMENT_MAGIC ||
      fseek(file, (long)header.counters.offset, SEEK_SET) != 0) {
    fprintf(stderr, "not a segment\n");
    return 1;
  }
  uint64_t total = 0;
  for (uint64_t done = 0; done < header.counters.size; done += 8) {
    uint64_t counter;
    if (fread(&counter, sizeof counter, 1, file) != 1) {
      return 1;
    }
    total += counter;
  }
  printf("%" PRIu64 " i-%u-%016" PRIx64 "%016" PRIx64, total, header.uid, header.image_key.word[0],
         header.image_key.word[1]);
  if (header.image_nonce != 0) {
    printf("-%016" PRIx64, header.image_nonce);
  }
  printf(" %.*s\n", (int)header.path_size, header.path);
  return 0;
}
