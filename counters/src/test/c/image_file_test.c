/* An image file has what its header says; it is reused, and not trusted when it is not what it should be.
 * Usage: image_file_test [DIRECTORY], a segment directory. Without one it prints the key of the image. */
#include "check.h"
#include "image_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FUNCTIONS = 1000, RECORD = 64, NAMES = 13, VTABLES = 2, VTABLE_NAMES = 5, BUILD_ID = 20 };

static unsigned char data[FUNCTIONS * RECORD];
static unsigned char counters[FUNCTIONS * 8];
static unsigned char vtables[VTABLES * 24];
static uint64_t sites[FUNCTIONS];
static const unsigned char names[NAMES + 1] = "the names ...";
static const unsigned char vtable_names[VTABLE_NAMES + 1] = "vname";
static const unsigned char build_id[BUILD_ID + 1] = "01234567890123456789";

static const struct pgofs_sections sections = {
    .counters = {counters, counters + sizeof counters},
    .data = {data, data + sizeof data},
    .values = {(unsigned char *)sites, (unsigned char *)(sites + FUNCTIONS)},
    .names = {names, names + NAMES},
    .vtables = {vtables, vtables + sizeof vtables},
    .vtable_names = {vtable_names, vtable_names + VTABLE_NAMES},
    .raw_version = 10,
};

static struct pgofs_self self = {.load_bias = 0x1000, .link_end = 0x1000, .build_id = {build_id, build_id + BUILD_ID}};

static void put(unsigned char *at, uint64_t value, size_t size) {
  memcpy(at, &value, size);
}

static void fill(void) {
  for (size_t i = 0; i < FUNCTIONS; i++) {
    unsigned char *record = data + i * RECORD;
    put(record, i + 1, 8);
    put(record + 16, (uintptr_t)(counters + 8 * i) - (uintptr_t)record, 8);
    put(record + 32, 0x1000 + i, 8);
    put(record + 40, (uintptr_t)(sites + i), 8);
    put(record + 48, 1, 4);
    put(record + 52, 1, 2);
  }
  for (size_t i = 0; i < VTABLES; i++) {
    put(vtables + 24 * i, 70 + i, 8);
    put(vtables + 24 * i + 8, 0x1080 + i, 8);
    put(vtables + 24 * i + 16, 90 + i, 4);
  }
}

static void file_name(char *name, size_t size, const struct pgofs_image *image, uint64_t nonce) {
  int length = snprintf(name, size, "i-%u-%016lx%016lx", (unsigned)geteuid(), (unsigned long)image->key.word[0],
                        (unsigned long)image->key.word[1]);
  if (nonce != 0) {
    snprintf(name + length, size - (size_t)length, "-%016lx", (unsigned long)nonce);
  }
}

static unsigned char *content(const struct pgofs_directory *directory, const char *name, uint64_t size) {
  int fd = openat(directory->fd, name, O_RDONLY);
  struct stat status = {.st_size = 0};
  unsigned char *bytes = calloc(1, size);
  CHECK(fd >= 0 && fstat(fd, &status) == 0 && (uint64_t)status.st_size == size);
  CHECK((status.st_mode & 07777) == PGOFS_FILE_MODE);
  CHECK(read(fd, bytes, size) == (ssize_t)size);
  close(fd);
  return bytes;
}

static void should_write_everything(const struct pgofs_image *image, const struct pgofs_directory *directory,
                                    uint64_t nonce) {
  char name[100];
  file_name(name, sizeof name, image, nonce);
  unsigned char *bytes = content(directory, name, image->header.file_size);
  const struct pgofs_image_header *header = (const struct pgofs_image_header *)bytes;
  CHECK(header->magic == PGOFS_IMAGE_MAGIC && header->counters_size == sizeof counters);
  CHECK(bytes[header->binary_ids.offset] == BUILD_ID && header->binary_ids.size == 8 + 24);
  CHECK(memcmp(bytes + header->binary_ids.offset + 8, build_id, BUILD_ID) == 0);
  CHECK(header->names.size == NAMES && memcmp(bytes + header->names.offset, names, NAMES) == 0);
  CHECK(header->vtable_names.size == VTABLE_NAMES);
  CHECK(memcmp(bytes + header->vtable_names.offset, vtable_names, VTABLE_NAMES) == 0);
  CHECK(header->records.size == FUNCTIONS * sizeof(struct pgofs_record));
  const struct pgofs_record *records = (const struct pgofs_record *)(bytes + header->records.offset);
  for (size_t i = 0; i < FUNCTIONS; i++) {
    CHECK(records[i].name_ref == i + 1 && records[i].counters_offset == 8 * i);
  }
  CHECK(header->vtables.size == VTABLES * sizeof(struct pgofs_vtable));
  const struct pgofs_vtable *tables = (const struct pgofs_vtable *)(bytes + header->vtables.offset);
  for (size_t i = 0; i < VTABLES; i++) {
    CHECK(tables[i].name_hash == 70 + i && tables[i].address == 0x80 + i && tables[i].size == 90 + i);
  }
  free(bytes);
}

static ino_t inode(const struct pgofs_directory *directory, const char *name) {
  struct stat status = {.st_ino = 0};
  CHECK(fstatat(directory->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0);
  return status.st_ino;
}

static void should_reuse(const struct pgofs_image *image, const struct pgofs_directory *directory) {
  char name[100];
  uint64_t nonce = 1;
  file_name(name, sizeof name, image, 0);
  ino_t before = inode(directory, name);
  CHECK(pgofs_image_publish(image, directory, geteuid(), &nonce) == 0);
  CHECK(nonce == 0 && inode(directory, name) == before);
}

static void should_not_trust(const struct pgofs_image *image, const struct pgofs_directory *directory) {
  uint64_t nonce = 0;
  CHECK(pgofs_image_publish(image, directory, geteuid(), &nonce) == 0);
  CHECK(nonce != 0);
  should_write_everything(image, directory, nonce);
}

static void should_share_a_second_name(const struct pgofs_image *image, const struct pgofs_directory *directory) {
  char name[100];
  uint64_t first = 0;
  uint64_t second = 0;
  CHECK(pgofs_image_publish(image, directory, geteuid(), &first) == 0 && first != 0);
  file_name(name, sizeof name, image, first);
  ino_t before = inode(directory, name);
  CHECK(pgofs_image_publish(image, directory, geteuid(), &second) == 0 && second == first);
  CHECK(inode(directory, name) == before);
  CHECK(fchownat(directory->fd, name, 65534, (gid_t)-1, 0) == 0);
  CHECK(pgofs_image_publish(image, directory, geteuid(), &second) == 0 && second != 0 && second != first);
  should_write_everything(image, directory, second);
  CHECK(unlinkat(directory->fd, name, 0) == 0);
}

static void should_have_its_own_key(struct pgofs_image *image, unsigned char *changed) {
  struct pgofs_image_key before = image->key;
  *changed ^= 1;
  CHECK(pgofs_records_find(&image->records, &sections) == 0 && pgofs_image_describe(image, &sections, &self) == 0);
  CHECK(image->key.word[0] != before.word[0] && image->key.word[1] != before.word[1]);
  *changed ^= 1;
  CHECK(pgofs_records_find(&image->records, &sections) == 0 && pgofs_image_describe(image, &sections, &self) == 0);
  CHECK(memcmp(&image->key, &before, sizeof before) == 0);
}

/* Whatever is changed in a record: it is refused as it would be when it is written, or the image has another key. */
static void should_see_every_change(struct pgofs_image *image, size_t index) {
  unsigned char *record = data + index * RECORD;
  struct pgofs_image_key key = image->key;
  struct pgofs_record before;
  struct pgofs_record after;
  size_t refused = 0;
  size_t different = 0;
  CHECK(pgofs_record_get(&before, &image->records, index, &sections, &self) == 0);
  for (size_t bit = 0; bit < 8 * RECORD; bit++) {
    record[bit / 8] ^= (unsigned char)(1 << bit % 8);
    CHECK(pgofs_records_find(&image->records, &sections) == 0);
    int reason = pgofs_record_get(&after, &image->records, index, &sections, &self);
    CHECK(pgofs_image_describe(image, &sections, &self) == reason);
    refused += reason != 0;
    if (reason == 0 && memcmp(&before, &after, sizeof before) != 0) {
      different++;
      CHECK(memcmp(&image->key, &key, sizeof key) != 0);
    }
    record[bit / 8] ^= (unsigned char)(1 << bit % 8);
  }
  CHECK(pgofs_records_find(&image->records, &sections) == 0 && pgofs_image_describe(image, &sections, &self) == 0);
  CHECK(memcmp(&image->key, &key, sizeof key) == 0);
  CHECK(refused > 64 && different > 128);
}

int main(int count, char **arguments) {
  struct pgofs_directory directory;
  struct pgofs_image image;
  char name[100];
  uint64_t nonce = 1;
  fill();
  CHECK(pgofs_records_find(&image.records, &sections) == 0 && pgofs_image_describe(&image, &sections, &self) == 0);
  if (count == 1) {
    file_name(name, sizeof name, &image, 0);
    puts(name);
    return check_failures != 0;
  }
  if (pgofs_directory_open(&directory, arguments[1]) != NULL) {
    fprintf(stderr, "usage: image_file_test [DIRECTORY]\n");
    return 2;
  }
  should_have_its_own_key(&image, data);
  should_have_its_own_key(&image, data + sizeof data - RECORD + 8);
  should_see_every_change(&image, 0);
  should_see_every_change(&image, FUNCTIONS - 1);
  CHECK(pgofs_image_publish(&image, &directory, geteuid(), &nonce) == 0 && nonce == 0);
  should_write_everything(&image, &directory, 0);
  should_reuse(&image, &directory);

  file_name(name, sizeof name, &image, 0);
  CHECK(linkat(directory.fd, name, directory.fd, "second", 0) == 0);
  should_not_trust(&image, &directory);
  CHECK(unlinkat(directory.fd, "second", 0) == 0);
  should_reuse(&image, &directory);
  CHECK(fchownat(directory.fd, name, 65534, (gid_t)-1, 0) == 0);
  should_not_trust(&image, &directory);
  should_share_a_second_name(&image, &directory);
  CHECK(fchownat(directory.fd, name, 0, (gid_t)-1, 0) == 0);
  CHECK(fchmodat(directory.fd, name, 0644, 0) == 0);
  should_not_trust(&image, &directory);
  CHECK(fchmodat(directory.fd, name, PGOFS_FILE_MODE, 0) == 0);
  int fd = openat(directory.fd, name, O_RDWR);
  CHECK(ftruncate(fd, (off_t)image.header.file_size - 1) == 0);
  should_not_trust(&image, &directory);
  close(fd);
  CHECK(unlinkat(directory.fd, name, 0) == 0 && symlinkat("elsewhere", directory.fd, name) == 0);
  should_not_trust(&image, &directory);
  CHECK(unlinkat(directory.fd, name, 0) == 0 && mkfifoat(directory.fd, name, PGOFS_FILE_MODE) == 0);
  should_not_trust(&image, &directory);
  return check_failures != 0;
}
