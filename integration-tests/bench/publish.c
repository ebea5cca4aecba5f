/*
 * publish FUNCTIONS COUNTERS [PROCESSES [IMAGES]]: publishes an image, or so many, with so many functions of so many counters
 * each in $PGOFS_SEGMENT_DIR, as the runtime of an instrumented program does, and lives until standard input ends. So do
 * further processes, up to PROCESSES. A program of that size would take minutes to compile.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pgofs_format.h"

#define PAGE 4096u
#define KEY 0x62656e6368u
#define NAMES_HEADER 5u

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void *map_new(const char *name, uint64_t size) {
  int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
  if (fd < 0 || ftruncate(fd, (off_t)size) != 0) fail(name);
  void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) fail(name);
  close(fd);
  return at;
}

static void publish(const char *from, const char *to) {
  if (rename(from, to) != 0) fail(to);
}

static void publish_segment(uint64_t image, uint64_t counters_size) {
  char temporary[64], name[64];
  snprintf(temporary, sizeof temporary, "t-bench-%d", (int)getpid());
  snprintf(name, sizeof name, "s-bench-%d-%d", (int)getpid(), (int)image);
  uint64_t size = 2 * PAGE + ((counters_size + PAGE - 1) & ~(uint64_t)(PAGE - 1));
  struct pgofs_segment_header *header = map_new(temporary, size);
  *header = (struct pgofs_segment_header){
      .magic = PGOFS_SEGMENT_MAGIC,
      .version = PGOFS_FORMAT_VERSION,
      .page_size = PAGE,
      .file_size = size,
      .raw_version = UINT64_C(1) << 56 | 8,
      .image_key = {{0, KEY + image}},
      .counters = {2 * PAGE, counters_size},
      .pid = (uint32_t)getpid(),
      .path_size = 5,
      .path = "bench",
  };
  uint64_t *counters = (uint64_t *)((char *)header + header->counters.offset);
  for (uint64_t i = 0; i < counters_size / 8; i++) counters[i] = i + 1;
  publish(temporary, name);
}

/* One long name, not compressed: its size as ULEB128 of four bytes, 0, the name. */
static void put_names(unsigned char *at, uint64_t size) {
  for (unsigned i = 0; i < NAMES_HEADER - 1; i++) {
    at[i] = (unsigned char)((size - NAMES_HEADER) >> 7 * i & 0x7f) | (i < NAMES_HEADER - 2 ? 0x80 : 0);
  }
  at[NAMES_HEADER - 1] = 0;
  memset(at + NAMES_HEADER, 'n', size - NAMES_HEADER);
}

static void publish_segments(uint64_t images, uint64_t counters_size) {
  for (uint64_t i = 0; i < images; i++) publish_segment(i, counters_size);
}

static void publish_image(uint64_t image, uint64_t functions, uint64_t counters) {
  uint64_t records_size = functions * sizeof(struct pgofs_record);
  uint64_t names_size = NAMES_HEADER + functions * 3;
  uint64_t records_at = sizeof(struct pgofs_image_header);
  uint64_t size = (records_at + records_size + names_size + 7) & ~UINT64_C(7);
  struct pgofs_image_header *header = map_new("t-bench-image", size);
  struct pgofs_record *records = (struct pgofs_record *)((char *)header + records_at);
  *header = (struct pgofs_image_header){
      .magic = PGOFS_IMAGE_MAGIC,
      .version = PGOFS_FORMAT_VERSION,
      .header_size = sizeof *header,
      .file_size = size,
      .raw_version = UINT64_C(1) << 56 | 8,
      .key = {{0, KEY + image}},
      .counters_size = functions * counters * 8,
      .records = {records_at, records_size},
      .names = {records_at + records_size, names_size},
  };
  for (uint64_t i = 0; i < functions; i++) {
    records[i] = (struct pgofs_record){
        .name_ref = (i + 1) * UINT64_C(0x9e3779b97f4a7c15),
        .func_hash = i + image,
        .counters_offset = i * counters * 8,
        .function = 0x1000 + 16 * i,
        .counters = (uint32_t)counters,
    };
  }
  put_names((unsigned char *)header + header->names.offset, names_size);
  munmap(header, size);
  char name[64];
  snprintf(name, sizeof name, "i-0-%016d%016llx", 0, (unsigned long long)(KEY + image));
  publish("t-bench-image", name);
}

int main(int count, char **arguments) {
  const char *directory = getenv("PGOFS_SEGMENT_DIR");
  uint64_t functions = count >= 3 ? strtoull(arguments[1], NULL, 10) : 0;
  uint64_t counters = count >= 3 ? strtoull(arguments[2], NULL, 10) : 0;
  uint64_t processes = count >= 4 ? strtoull(arguments[3], NULL, 10) : 1;
  uint64_t images = count >= 5 ? strtoull(arguments[4], NULL, 10) : 1;
  char byte;
  if (functions == 0 || counters == 0 || directory == NULL) return 2;
  if (chdir(directory) != 0) fail(directory);
  int ends[2];
  if (pipe(ends) != 0) fail("pipe");
  for (uint64_t i = 1; i < processes; i++) {
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child > 0) continue;
    publish_segments(images, functions * counters * 8);
    if (write(ends[1], "", 1) != 1) fail("pipe");
    close(ends[1]);
    return read(0, &byte, 1) < 0;
  }
  publish_segments(images, functions * counters * 8);
  for (uint64_t i = 1; i < processes; i++) {
    if (read(ends[0], &byte, 1) != 1) fail("pipe");
  }
  for (uint64_t i = 0; i < images; i++) publish_image(i, functions, counters);
  puts("published");
  fflush(stdout);
  return read(0, &byte, 1) < 0;
}
