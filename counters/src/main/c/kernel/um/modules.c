/*
 * Linked into user-mode Linux: publishes its modules, each as an image of its own, like a shared library of a program.
 * Runs when a module is loaded, on the stack of the process that loads it, which has 16 KiB. May make system calls, and call
 * the kernel's functions below.
 */
#include "modules.h"

#include "../../publish.h"
#include "../../refused.h"
#include "../../start.h"
#include "../../syscall.h"

#include <elf.h>
#include <string.h>

/*
 * The kernel's. User-mode Linux maps a page of a module again, from the file that is its memory, whenever the kernel
 * flushes addresses around it, for as long as the entry in the page table says that it has not been mapped yet; and for
 * pages of modules nothing ever takes that back. A segment would be mapped away. These bits say it.
 */
int apply_to_page_range(void *mm, unsigned long address, unsigned long size,
                        int (*function)(unsigned long *entry, unsigned long address, void *data), void *data);
extern char init_mm[];
#define PAGE_NOT_MAPPED_YET 0x6ul

/* Filled here, not on the stack. Modules are loaded one at a time: nothing below waits. */
static struct pgofs_self self;
static struct pgofs_segment segment;

static void describe_self(const struct pgofs_module *module) {
  Elf64_Nhdr note;
  memset(&self, 0, sizeof self);
  self.load_bias = (uintptr_t)module->code.begin;
  self.link_end = pgofs_range_size(module->code);
  size_t size = strlen(module->name);
  size = size < PGOFS_PATH_MAX - 3 ? size : PGOFS_PATH_MAX - 3;
  memcpy(self.path, module->name, size);
  memcpy(self.path + size, ".ko", 3);
  self.path_size = (uint32_t)size + 3;
  size = pgofs_range_size(module->build_id_note);
  if (size > sizeof note) {
    memcpy(&note, module->build_id_note.begin, sizeof note);
    size_t name_size = (note.n_namesz + 3u) & ~3u;
    const unsigned char *id = module->build_id_note.begin + sizeof note + name_size;
    if (note.n_descsz <= PGOFS_BUILD_ID_MAX && sizeof note + name_size + note.n_descsz <= size) {
      self.build_id = (struct pgofs_range){id, id + note.n_descsz};
    }
  }
}

static int mark_mapped(unsigned long *entry, unsigned long address, void *data) {
  (void)address;
  (void)data;
  *entry &= ~PAGE_NOT_MAPPED_YET;
  return 0;
}

static bool keep_mapped(struct pgofs_range pages) {
  return apply_to_page_range(init_mm, (uintptr_t)pages.begin, pgofs_range_size(pages), mark_mapped, NULL) == 0;
}

/* Returns a reason. */
static int publish(const struct pgofs_module *module, const struct pgofs_directory *directory) {
  struct pgofs_image image;
  describe_self(module);
  memset(&image.relocations, 0, sizeof image.relocations); /* a module has all its addresses from the kernel's loader */
  memset(&segment, 0, sizeof segment);
  segment.values = module->values;
  int reason = pgofs_records_find(&image.records, &module->sections);
  if (reason == 0) {
    reason = pgofs_publish_describe(&segment, &image, &module->sections, &self);
  }
  if (reason != 0) {
    return reason;
  }
  if (segment.header.file_size - segment.header.page_size > pgofs_range_size(module->room)) {
    return PGOFS_REFUSED_BAD_SECTIONS;
  }
  if (segment.header.value_sites.size != 0) {
    segment.shared = (unsigned char *)(uintptr_t)module->room.begin;
  }
  if (!keep_mapped(module->sections.counters) || !keep_mapped(module->room)) {
    return PGOFS_REFUSED_NOT_MAPPED;
  }
  struct pgofs_file file;
  return pgofs_publish(&segment, &image, directory, &file);
}

int pgofs_module_publish(const struct pgofs_module *module) {
  struct pgofs_directory directory;
  if (module->version != PGOFS_FORMAT_VERSION || module->size != sizeof *module || !pgofs_published(&directory)) {
    return PGOFS_REFUSED_VARIANT;
  }
  int reason = publish(module, &directory);
  if (reason != 0) {
    pgofs_refused_count(&directory, reason);
  }
  pgofs_sys_close(directory.fd);
  return reason;
}
