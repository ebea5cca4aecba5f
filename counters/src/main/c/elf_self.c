/*
 * What this image is: where it is loaded, its build id, its path, and what lies beside its counters. May make system
 * calls only, and reads what the linker and the dynamic linker have left in memory: a program may have functions of its
 * own by which one would ask for it.
 */
#include "elf_self.h"
#include "environment.h"
#include "machine.h"
#include "mapping.h"
#include "syscall.h"

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
      header->e_phoff % 8 != 0 || header->e_phoff > PGOFS_LEAST_PAGE ||
      header->e_phnum > (PGOFS_LEAST_PAGE - header->e_phoff) / sizeof(ElfW(Phdr))) {
    return NULL;
  }
  return (const ElfW(Phdr) *)((uintptr_t)header + header->e_phoff);
}

/* What is added to link-time addresses: known from the part that begins with the header. Whether there is one. */
static bool load_bias_find(struct pgofs_self *self, const ElfW(Phdr) *parts) {
  for (size_t i = 0; i < __ehdr_start.e_phnum; i++) {
    if (parts[i].p_type == PT_LOAD && parts[i].p_offset < PGOFS_LEAST_PAGE && parts[i].p_filesz != 0) {
      self->header = (uintptr_t)&__ehdr_start;
      self->load_bias = self->header - (parts[i].p_vaddr - parts[i].p_offset);
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

/* Whether a range is in memory that the program may write from its start to its end. */
bool pgofs_self_may_write(struct pgofs_range range) {
  const ElfW(Phdr) *parts = program_headers();
  struct pgofs_self self;
  bool writable = false;
  if (parts == NULL || !load_bias_find(&self, parts)) {
    return false;
  }
  uint64_t from = (uintptr_t)range.begin - self.load_bias;
  for (size_t i = 0; i < __ehdr_start.e_phnum; i++) {
    const ElfW(Phdr) *part = &parts[i];
    bool has = from >= part->p_vaddr && from - part->p_vaddr < part->p_memsz;
    if (has && part->p_type == PT_GNU_RELRO) {
      return false;
    }
    writable = writable || (has && part->p_type == PT_LOAD && (part->p_flags & PF_W) != 0);
  }
  return writable;
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
  self->path[self->path_size] = 0;
}

static const char *find(const char *from, const char *end, char wanted) {
  while (from != end && *from != wanted) {
    from++;
  }
  return from;
}

/* By what is mapped: a program that was started as an argument of the dynamic linker is not what the process executes. */
static void mapped_path(struct pgofs_self *self) {
  struct pgofs_mapping mapping;
  if (pgofs_mapping_find(&mapping, self->header)) {
    path_set(self, mapping.path, mapping.path_size);
    self->file = self->path;
  }
}

/* Dynamic linkers have it in their names: those of glibc, and musl's, which is its libc.so. */
static bool is_library(const char *path, size_t size) {
  const char *end = path + size;
  const char *name = path;
  for (const char *slash = find(path, end, '/'); slash != end; slash = find(name, end, '/')) {
    name = slash + 1;
  }
  for (; end - name >= 3; name++) {
    if (memcmp(name, ".so", 3) == 0) {
      return true;
    }
  }
  return false;
}

static void program_path(struct pgofs_self *self) {
  char path[4096];
  ssize_t size = pgofs_sys_readlink("/proc/self/exe", path, sizeof path);
  uint64_t started;
  self->file = "/proc/self/exe";
  if (size > 0) {
    path_set(self, path, (size_t)size);
    if (is_library(path, (size_t)size)) {
      mapped_path(self);
    }
  } else if (pgofs_auxiliary(AT_EXECFN, &started)) {
    self->file = (const char *)(uintptr_t)started;
    path_set(self, self->file, strlen(self->file));
  }
}

/* Fills self for this image; false if it has no header in memory. */
bool pgofs_self_find(struct pgofs_self *self) {
  memset(self, 0, sizeof *self);
  self->dynamic = _DYNAMIC;
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

#define QUIET 5

/* Where nobody writes: the runtime has its own places for values, and a record is complete when the program starts. */
struct quiet {
  struct pgofs_range range;
  uintptr_t alignment; /* at most; what it leaves free is less */
};

static void quiet_list(struct quiet list[QUIET], const struct pgofs_sections *sections) {
  list[0] = (struct quiet){sections->data, 8};
  list[1] = (struct quiet){sections->values, 8};
  list[2] = (struct quiet){sections->value_nodes, 16}; /* directly behind one of those */
  list[3] = (struct quiet){sections->counters_end, 1};
  list[4] = (struct quiet){sections->bitmaps_end, 1};
}

static bool is_quiet(const ElfW(Shdr) *section, uint64_t bias, const struct pgofs_sections *sections) {
  struct quiet list[QUIET];
  quiet_list(list, sections);
  for (size_t i = 0; i < QUIET; i++) {
    if (is_range(section, bias, list[i].range)) {
      return true;
    }
  }
  return false;
}

/* Whether such sections, with nothing between them, reach from one address to another. */
static bool are_quiet(uintptr_t from, uintptr_t to, const struct pgofs_sections *sections) {
  struct quiet list[QUIET];
  quiet_list(list, sections);
  for (size_t i = 0; i < QUIET && from < to;) {
    bool follows = pgofs_range_size(list[i].range) != 0 && (uintptr_t)list[i].range.begin - from < list[i].alignment;
    from = follows ? (uintptr_t)list[i].range.end : from;
    i = follows ? 0 : i + 1;
  }
  return from >= to;
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
  size_t sections_count = header.e_shnum;
  ElfW(Shdr) first;
  if (sections_count == 0 && header.e_shoff != 0) { /* more than fit into the field */
    if (pgofs_sys_pread(fd, &first, sizeof first, header.e_shoff) != (ssize_t)sizeof first) {
      return false;
    }
    sections_count = first.sh_size;
  }
  for (size_t done = 0; done < sections_count;) {
    ElfW(Shdr) part[64];
    size_t count = sections_count - done < 64 ? sections_count - done : 64;
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
      } else if (!is_quiet(&part[i], self->load_bias, sections)) {
        return false;
      }
    }
    done += count;
  }
  return found;
}

/*
 * Whether nothing that the program writes lies between the end of a section and the end of its last page. As anchor.S has
 * it, the bounds of sections show that, unless sections of the program are between them: then only the section headers of
 * the file tell which.
 */
bool pgofs_self_has_last_page(const struct pgofs_self *self, const struct pgofs_sections *sections,
                              struct pgofs_range range, uintptr_t page_end) {
  if (are_quiet((uintptr_t)range.end, page_end, sections)) {
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
