/*
 * The image file: what all processes of this image have in common, written by the first of them. May make system calls
 * only.
 */
#include "image_file.h"
#include "file_identity.h"
#include "machine.h"
#include "syscall.h"

#include <errno.h>
#include <string.h>

/* "i-", a user number, "-", a key, "-", a nonce, 0 */
#define IMAGE_NAME_SIZE (2 + 20 + 1 + 32 + 1 + 16 + 1)

#define MANY_RECORDS 1000

static void key_add_bytes(struct pgofs_image_key *key, const void *from, size_t size) {
  const unsigned char *at = from;
  uint64_t words[2];
  for (; size >= sizeof words; at += sizeof words, size -= sizeof words) {
    memcpy(words, at, sizeof words);
    pgofs_key_add(key, words[0], words[1]);
  }
  memset(words, 0, sizeof words);
  if (size != 0) { /* an absent range begins nowhere, of which memcpy must not be asked for nothing either */
    memcpy(words, at, size);
  }
  pgofs_key_add(key, words[0], words[1]);
}

static uint64_t scramble(uint64_t word) {
  word = (word ^ word >> 32) * UINT64_C(0xd6e8feb86659fd93);
  word = (word ^ word >> 32) * UINT64_C(0xd6e8feb86659fd93);
  return word ^ word >> 32;
}

static uint64_t area_set(struct pgofs_area *area, uint64_t offset, uint64_t size) {
  *area = (struct pgofs_area){size == 0 ? 0 : offset, size};
  return offset + ((size + 7) & ~UINT64_C(7));
}

static void header_fill(struct pgofs_image *image) {
  const struct pgofs_sections *sections = image->sections;
  size_t build_id_size = pgofs_range_size(image->self->build_id);
  struct pgofs_image_header *header = &image->header;
  *header = (struct pgofs_image_header){
      .magic = PGOFS_IMAGE_MAGIC,
      .version = PGOFS_FORMAT_VERSION,
      .header_size = sizeof *header | (uint32_t)PGOFS_MACHINE << 16,
      .raw_version = image->records.raw_version,
      .counters_size = pgofs_range_size(sections->counters),
      .bitmaps_size = pgofs_range_size(sections->bitmaps),
      .value_sites = image->records.value_places,
  };
  uint64_t end = sizeof *header;
  end = area_set(&header->binary_ids, end, build_id_size == 0 ? 0 : 8 + ((build_id_size + 7) & ~UINT64_C(7)));
  end = area_set(&header->records, end, image->records.count * sizeof(struct pgofs_record));
  end = area_set(&header->names, end, pgofs_range_size(sections->names));
  end = area_set(&header->vtables, end, pgofs_vtables_count(sections) * sizeof(struct pgofs_vtable));
  header->file_size = area_set(&header->vtable_names, end, pgofs_range_size(sections->vtable_names));
}

static size_t vtable_count(const struct pgofs_image *image) {
  return image->header.vtables.size / sizeof(struct pgofs_vtable);
}

/* What is in any key of an image. */
static struct pgofs_image_key key_begin(const struct pgofs_image *image) {
  struct pgofs_image_key key = {{0, 0}};
  key_add_bytes(&key, &image->header, sizeof image->header);
  key_add_bytes(&key, image->self->build_id.begin, pgofs_range_size(image->self->build_id));
  return key;
}

static void key_finish(struct pgofs_image_key *key) {
  uint64_t both = scramble(key->word[0] ^ (key->word[1] << 32 | key->word[1] >> 32));
  *key = (struct pgofs_image_key){{both, scramble(key->word[1] + both)}};
}

/* Checks every record, and finds the key of the content. Returns a reason. */
static int content_check(const struct pgofs_image *image, struct pgofs_image_key *key) {
  *key = key_begin(image);
  int reason = pgofs_records_check(&image->records, image->sections, image->self, key);
  for (size_t i = 0; reason == 0 && i < vtable_count(image); i++) {
    struct pgofs_vtable vtable;
    pgofs_vtable_get(&vtable, &image->records, i, image->sections, image->self);
    key_add_bytes(key, &vtable, sizeof vtable);
  }
  key_finish(key);
  return reason;
}

/*
 * Finds the key of an image whose records were found. To ask which file it was loaded from takes as long as to check some
 * 500 records; where there are many, that is enough, since most starts of a program find its image file. Returns a reason.
 */
int pgofs_image_describe(struct pgofs_image *image, const struct pgofs_sections *sections,
                         const struct pgofs_self *self) {
  image->sections = sections;
  image->self = self;
  header_fill(image);
  struct pgofs_file_identity identity;
  image->checked = image->records.count < MANY_RECORDS || !pgofs_file_identify(&identity, self);
  if (image->checked) {
    return content_check(image, &image->key);
  }
  image->key = key_begin(image);
  key_add_bytes(&image->key, &identity, sizeof identity);
  key_finish(&image->key);
  return 0;
}

/* Gathers small pieces into large writes. One image is written at a time, so the buffer can be static. */
struct output {
  int fd;
  int reason;
  uint64_t written;
  size_t held;
  unsigned char *buffer;
};

#define OUTPUT_SIZE (16 * 1024)
static unsigned char output_buffer[OUTPUT_SIZE];

static void output_flush(struct output *output) {
  if (output->reason == 0) {
    output->reason = pgofs_file_write(output->fd, output->buffer, output->held, output->written);
  }
  output->written += output->held;
  output->held = 0;
}

static void output_add(struct output *output, const void *from, size_t size) {
  const unsigned char *at = from;
  while (size > 0) {
    size_t part = size < OUTPUT_SIZE - output->held ? size : OUTPUT_SIZE - output->held;
    memcpy(output->buffer + output->held, at, part);
    output->held += part;
    at += part;
    size -= part;
    if (output->held == OUTPUT_SIZE) {
      output_flush(output);
    }
  }
}

/* Pads to a multiple of 8, where the next area begins. */
static void output_range(struct output *output, struct pgofs_range range) {
  static const unsigned char zero[8];
  size_t size = pgofs_range_size(range);
  output_add(output, range.begin, size);
  output_add(output, zero, -size & 7);
}

static int content_write(const struct pgofs_image *image, int fd) {
  struct output output = {.fd = fd, .buffer = output_buffer};
  const struct pgofs_sections *sections = image->sections;
  uint64_t build_id_size = pgofs_range_size(image->self->build_id);
  struct pgofs_image_header header = image->header;
  /* The same in all files of one content, however they are named: the daemon knows an image by the digest of its file. */
  int wrong = 0;
  if (image->checked) {
    header.key = image->key;
  } else {
    wrong = content_check(image, &header.key);
  }
  if (wrong != 0) {
    return wrong;
  }
  output_add(&output, &header, sizeof header);
  if (build_id_size != 0) {
    output_add(&output, &build_id_size, sizeof build_id_size);
    output_range(&output, image->self->build_id);
  }
  for (size_t i = 0; i < image->records.count; i++) {
    struct pgofs_record record;
    int reason = pgofs_record_get(&record, &image->records, i, sections, image->self);
    if (reason != 0) {
      return reason;
    }
    output_add(&output, &record, sizeof record);
  }
  output_range(&output, sections->names);
  for (size_t i = 0; i < vtable_count(image); i++) {
    struct pgofs_vtable vtable;
    pgofs_vtable_get(&vtable, &image->records, i, sections, image->self);
    output_add(&output, &vtable, sizeof vtable);
  }
  output_range(&output, sections->vtable_names);
  output_flush(&output);
  return output.reason;
}

/* These return where what they wrote ends. */
static char *decimal_add(char *to, uint64_t number) {
  char digits[20];
  size_t count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (count > 0) {
    *to++ = digits[--count];
  }
  return to;
}

static char *hexadecimal_add(char *to, uint64_t number) {
  for (int shift = 60; shift >= 0; shift -= 4) {
    *to++ = "0123456789abcdef"[number >> shift & 15];
  }
  return to;
}

static void name_make(char name[IMAGE_NAME_SIZE], uid_t owner, const struct pgofs_image_key *key, uint64_t nonce) {
  char *end = name;
  *end++ = PGOFS_IMAGE_PREFIX[0];
  *end++ = PGOFS_IMAGE_PREFIX[1];
  end = decimal_add(end, owner);
  *end++ = '-';
  end = hexadecimal_add(end, key->word[0]);
  end = hexadecimal_add(end, key->word[1]);
  if (nonce != 0) {
    *end++ = '-';
    end = hexadecimal_add(end, nonce);
  }
  *end = 0;
}

/* Tells a file of user PGOFS_NOBODY from those of users who have no number here. */
static bool can_read(const struct pgofs_directory *directory, const char *name) {
  int fd = pgofs_file_open(directory, name, O_RDONLY | O_NONBLOCK, 0);
  if (fd < 0) {
    return false;
  }
  pgofs_sys_close(fd);
  return true;
}

enum found { FOUND_NONE, FOUND_OURS, FOUND_ANOTHER };

/*
 * The owner's file under that name is what it should be, since it got the name when it was complete; what he did with
 * it afterwards is found out by the daemon, and is the loss of his own processes alone. So nothing is read here.
 */
static enum found look(const struct pgofs_image *image, const struct pgofs_directory *directory, const char *name,
                       uid_t owner) {
  struct stat status;
  int result = pgofs_sys_fstatat(directory->fd, name, &status, AT_SYMLINK_NOFOLLOW);
  if (result != 0) {
    return result == -ENOENT ? FOUND_NONE : FOUND_ANOTHER;
  }
  bool ours = status.st_mode == (S_IFREG | PGOFS_FILE_MODE) && status.st_uid == owner && status.st_nlink == 1 &&
              (uint64_t)status.st_size == image->header.file_size &&
              (owner != PGOFS_NOBODY || can_read(directory, name));
  return ours ? FOUND_OURS : FOUND_ANOTHER;
}

/* Checks the records, unless that was done, or was done when the owner's file of this image was written. Returns a reason. */
int pgofs_image_check(const struct pgofs_image *image, const struct pgofs_directory *directory, uid_t owner) {
  char name[IMAGE_NAME_SIZE];
  struct pgofs_image_key unused;
  if (image->checked) {
    return 0;
  }
  name_make(name, owner, &image->key, 0);
  return look(image, directory, name, owner) == FOUND_OURS ? 0 : content_check(image, &unused);
}

static int image_write(const struct pgofs_image *image, const struct pgofs_directory *directory, const char *name) {
  struct pgofs_file file;
  int reason = pgofs_file_create(&file, directory, image->header.file_size);
  if (reason != 0) {
    return reason;
  }
  reason = content_write(image, file.fd);
  if (reason == 0) {
    int result = pgofs_sys_rename(directory->fd, file.name, name);
    reason = result == 0 ? 0 : pgofs_reason_of(result);
  }
  if (reason != 0) {
    pgofs_file_discard(&file, directory);
    return reason;
  }
  pgofs_sys_close(file.fd);
  return 0;
}

/* The next number of a line, in decimal digits. It stays where there is none. */
static bool number_read(const char **at, uint32_t *number) {
  const char *digit = *at;
  while (*digit == ' ') {
    digit++;
  }
  if (*digit < '0' || *digit > '9') {
    return false;
  }
  for (*number = 0; *digit >= '0' && *digit <= '9'; digit++) {
    *number = *number * 10 + (uint32_t)(*digit - '0');
  }
  *at = digit;
  return true;
}

/* Not 0, and told by the number that the user has outside of this user namespace, if that can be found out. */
static uint64_t usual_nonce(uid_t user) {
  char map[4096];
  uint64_t nonce = 1;
  int fd = pgofs_sys_openat(AT_FDCWD, "/proc/self/uid_map", O_RDONLY | O_CLOEXEC, 0);
  ssize_t size = fd < 0 ? 0 : pgofs_sys_read(fd, map, sizeof map - 1);
  if (fd >= 0) {
    pgofs_sys_close(fd);
  }
  map[size < 0 ? 0 : size] = 0;
  for (const char *at = map; *at != 0;) {
    uint32_t inside, outside, count;
    if (number_read(&at, &inside) && number_read(&at, &outside) && number_read(&at, &count) && user >= inside &&
        user - inside < count) {
      nonce = UINT64_C(1) + outside + (user - inside);
    }
    while (*at != 0 && *at++ != '\n') {
    }
  }
  return nonce;
}

/*
 * Makes sure that the owner has a file of this image; its nonce is 0 if it has its usual name. That may be another's:
 * user namespaces give several users one number. Then all processes of the user share a second name; if somebody took
 * that one too, this process has a file of its own. Returns a reason.
 */
int pgofs_image_publish(const struct pgofs_image *image, const struct pgofs_directory *directory, uid_t owner,
                        uint64_t *nonce) {
  char name[IMAGE_NAME_SIZE];
  *nonce = 0;
  name_make(name, owner, &image->key, *nonce);
  enum found found = look(image, directory, name, owner);
  if (found == FOUND_ANOTHER) {
    *nonce = usual_nonce(owner);
    name_make(name, owner, &image->key, *nonce);
    found = look(image, directory, name, owner);
  }
  if (found == FOUND_ANOTHER) {
    if (!pgofs_random(nonce, sizeof *nonce) || *nonce == 0) {
      return PGOFS_REFUSED_IO;
    }
    name_make(name, owner, &image->key, *nonce);
  }
  return found == FOUND_OURS ? 0 : image_write(image, directory, name);
}
