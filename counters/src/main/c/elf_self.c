/*
 * What this image is: where it is loaded, its build id, its path, and what lies beside its counters. May make system
 * calls only, and reads what the linker and the dynamic linker have left in memory: a program may have functions of its
 * own by which one would ask for it.
 */
#include "pgofs_rt.h"

#include <elf.h>
#include <link.h>
#include <string.h>

/* The linker's: the header of this image, and what it has for the dynamic linker, if anything. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((weak, visibility("hidden")));
extern ElfW(Dyn) _DYNAMIC[] __attribute__((weak, visibility("hidden")));

/* The dynamic linker's list of what it has loaded, as debuggers read it: that of glibc, that of musl. */
#pragma weak _r_debug
extern const struct r_debug *const _dl_debug_addr __attribute__((weak));

/* As glibc has it from r_version 2 on: one for each name space. */
struct debug {
  struct r_debug loaded;
  const struct debug *next;
};

/* Where the program headers are, or NULL. They lie in the first page, which is there if the header is. */
static const ElfW(Phdr) *program_headers(void) {
  const ElfW(Ehdr) *header = &__ehdr_start;
  if (header == NULL || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_phentsize != sizeof(ElfW(Phdr)) ||
      header->e_phoff % 8 != 0 || header->e_phoff > PGOFS_ALIGNMENT ||
      header->e_phnum > (PGOFS_ALIGNMENT - header->e_phoff) / sizeof(ElfW(Phdr))) {
    return NULL;
  }
  return (const ElfW(Phdr) *)((uintptr_t)header + header->e_phoff);
}

/* What is added to link-time addresses: known from the part that begins with the header. Whether there is one. */
static bool load_bias_find(struct pgofs_self *self, const ElfW(Phdr) *parts) {
  for (size_t i = 0; i < __ehdr_start.e_phnum; i++) {
    if (parts[i].p_type == PT_LOAD && parts[i].p_offset < PGOFS_ALIGNMENT && parts[i].p_filesz != 0) {
      self->load_bias = (uintptr_t)&__ehdr_start - (parts[i].p_vaddr - parts[i].p_offset);
      return true;
    }
  }
  return false;
}

static bool is_loaded(const ElfW(Phdr) *parts, uint64_t from, uint64_t size) {
  for (size_t i = 0; i < __ehdr_start.e_phnum; i++) {
    const ElfW(Phdr) *part = &parts[i];
    if (part->p_type == PT_LOAD && from >= part->p_vaddr && size <= part->p_filesz &&
        from - part->p_vaddr <= part->p_filesz - size) {
      return true;
    }
  }
  return false;
}

static void build_id_find(struct pgofs_self *self, const unsigned char *at, uint64_t size, uint64_t align) {
  align = align == 8 ? 8 : 4;
  ElfW(Nhdr) note;
  while (size >= sizeof note) {
    memcpy(&note, at, sizeof note);
    uint64_t description = (sizeof note + note.n_namesz + align - 1) & ~(align - 1);
    uint64_t next = (description + note.n_descsz + align - 1) & ~(align - 1);
    if (description + note.n_descsz > size) {
      return;
    }
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(at + sizeof note, "GNU", 4) == 0 &&
        note.n_descsz <= PGOFS_BUILD_ID_MAX) {
      self->build_id = (struct pgofs_range){at + description, at + description + note.n_descsz};
      return;
    }
    next = next < size ? next : size;
    at += next;
    size -= next;
  }
}

static void parts_examine(struct pgofs_self *self, const ElfW(Phdr) *parts) {
  self->link_begin = UINT64_MAX;
  for (size_t i = 0; i < __ehdr_start.e_phnum; i++) {
    const ElfW(Phdr) *part = &parts[i];
    if (part->p_type == PT_LOAD) {
      uint64_t end = part->p_vaddr + part->p_memsz;
      self->link_begin = part->p_vaddr < self->link_begin ? part->p_vaddr : self->link_begin;
      self->link_end = end > self->link_end ? end : self->link_end;
    } else if (part->p_type == PT_NOTE && is_loaded(parts, part->p_vaddr, part->p_filesz)) {
      build_id_find(self, (const unsigned char *)(uintptr_t)(self->load_bias + part->p_vaddr), part->p_filesz,
                    part->p_align);
    }
  }
}

/* An executable says itself where the list is; in a library it is the dynamic linker's own symbol. */
static const struct debug *debug_find(void) {
  for (const ElfW(Dyn) *entry = _DYNAMIC; entry != NULL && entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag == DT_DEBUG) {
      return (const struct debug *)entry->d_un.d_ptr;
    }
  }
  const struct r_debug *glibc = &_r_debug;
  const struct r_debug *const *musl = &_dl_debug_addr;
  return (const struct debug *)(glibc != NULL ? glibc : musl != NULL ? *musl : NULL);
}

/*
 * The name of this image if it is a library, or NULL. The list does not change meanwhile: constructors run in the thread
 * that loads, and while it may not be disturbed. The first that was loaded is the program; static ones have no list.
 */
static const char *library_name(void) {
  const struct debug *first = debug_find();
  for (const struct debug *debug = first; debug != NULL;
       debug = first->loaded.r_version >= 2 ? debug->next : NULL) {
    for (const struct link_map *map = debug->loaded.r_map; map != NULL; map = map->l_next) {
      if (map->l_ld == _DYNAMIC) {
        return map == first->loaded.r_map ? NULL : map->l_name;
      }
    }
  }
  return NULL;
}

/* Of an overlong path the end tells more. */
static void path_set(struct pgofs_self *self, const char *path, size_t size) {
  size_t skipped = size > PGOFS_PATH_MAX ? size - PGOFS_PATH_MAX : 0;
  self->path_size = (uint32_t)(size - skipped);
  memcpy(self->path, path + skipped, self->path_size);
}

static void program_path(struct pgofs_self *self) {
  char path[4096];
  ssize_t size = pgofs_sys_readlink("/proc/self/exe", path, sizeof path);
  uint64_t started;
  self->file = "/proc/self/exe";
  if (size > 0) {
    path_set(self, path, (size_t)size);
  } else if (pgofs_auxiliary(AT_EXECFN, &started)) {
    self->file = (const char *)(uintptr_t)started;
    path_set(self, self->file, strlen(self->file));
  }
}

/* Fills self for this image; false if it has no header in memory. */
bool pgofs_self_find(struct pgofs_self *self) {
  memset(self, 0, sizeof *self);
  const ElfW(Phdr) *parts = program_headers();
  if (parts == NULL || !load_bias_find(self, parts)) {
    return false;
  }
  parts_examine(self, parts);
  self->file = library_name();
  if (self->file == NULL) {
    program_path(self);
  } else {
    path_set(self, self->file, strlen(self->file));
  }
  return true;
}

static bool is_range(const ElfW(Shdr) *section, uint64_t bias, struct pgofs_range range) {
  return section->sh_addr + bias == (uintptr_t)range.begin && section->sh_size == pgofs_range_size(range);
}

/* Takes no room in memory, or room of its own for each thread. */
static bool is_elsewhere(const ElfW(Shdr) *section) {
  return (section->sh_flags & SHF_ALLOC) == 0 || section->sh_size == 0 ||
         ((section->sh_flags & SHF_TLS) != 0 && section->sh_type == SHT_NOBITS);
}

static bool headers_prove(int fd, const struct pgofs_self *self, const struct pgofs_sections *sections,
                          struct pgofs_range range, uintptr_t page_end) {
  ElfW(Ehdr) header;
  if (pgofs_sys_pread(fd, &header, sizeof header, 0) != (ssize_t)sizeof header ||
      memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_shentsize != sizeof(ElfW(Shdr))) {
    return false;
  }
  bool found = false;
  for (size_t done = 0; done < header.e_shnum;) {
    ElfW(Shdr) part[64];
    size_t count = header.e_shnum - done < 64 ? header.e_shnum - done : 64;
    ssize_t size = (ssize_t)(count * sizeof part[0]);
    if (pgofs_sys_pread(fd, part, (size_t)size, header.e_shoff + done * sizeof part[0]) != size) {
      return false;
    }
    for (size_t i = 0; i < count; i++) {
      uint64_t address = part[i].sh_addr + self->load_bias;
      if (is_elsewhere(&part[i]) || address >= page_end ||
          address + part[i].sh_size <= (uintptr_t)range.begin) {
        continue;
      }
      if (is_range(&part[i], self->load_bias, range)) {
        found = true; /* so this is the file that was loaded */
      } else if (!is_range(&part[i], self->load_bias, sections->values) &&
                 !is_range(&part[i], self->load_bias, sections->value_nodes)) {
        return false;
      }
    }
    done += count;
  }
  return found;
}

/*
 * Whether nothing that the program uses lies between the end of a section and the end of its last page. GNU ld
 * puts the aligned section of anchor.S last, which pads the counters to whole pages. lld puts it first: another section
 * may follow in the same page, and only the section headers of the file tell which. The two that may are zero from
 * beginning to end, as this runtime writes neither.
 */
bool pgofs_self_has_last_page(const struct pgofs_self *self, const struct pgofs_sections *sections,
                              struct pgofs_range range, uintptr_t page_end) {
  if ((uintptr_t)range.end == page_end) {
    return true;
  }
  int fd = pgofs_sys_openat(AT_FDCWD, self->file, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) {
    return false;
  }
  bool proved = headers_prove(fd, self, sections, range, page_end);
  pgofs_sys_close(fd);
  return proved;
}
