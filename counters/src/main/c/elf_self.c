/*
 * What this image is: where it is loaded, its build id, its path, and what lies beside its counters. May call libc, but
 * nothing that allocates.
 */
#include "pgofs_rt.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

struct search {
  uintptr_t address;
  struct pgofs_self *self;
};

static bool is_loaded(const struct dl_phdr_info *info, uint64_t from, uint64_t size) {
  for (size_t i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
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

static int examine(struct dl_phdr_info *info, size_t info_size, void *data) {
  (void)info_size;
  struct search *search = data;
  struct pgofs_self *self = search->self;
  if (!is_loaded(info, search->address - info->dlpi_addr, 1)) {
    return 0;
  }
  self->load_bias = info->dlpi_addr;
  self->link_begin = UINT64_MAX;
  self->file = info->dlpi_name;
  for (size_t i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    if (part->p_type == PT_LOAD) {
      uint64_t end = part->p_vaddr + part->p_memsz;
      self->link_begin = part->p_vaddr < self->link_begin ? part->p_vaddr : self->link_begin;
      self->link_end = end > self->link_end ? end : self->link_end;
    } else if (part->p_type == PT_NOTE && is_loaded(info, part->p_vaddr, part->p_filesz)) {
      build_id_find(self, (const unsigned char *)(uintptr_t)(info->dlpi_addr + part->p_vaddr), part->p_filesz,
                    part->p_align);
    }
  }
  return 1;
}

/* Of an overlong path the end tells more. */
static void path_set(struct pgofs_self *self, const char *path, size_t size) {
  size_t skipped = size > PGOFS_PATH_MAX ? size - PGOFS_PATH_MAX : 0;
  self->path_size = (uint32_t)(size - skipped);
  memcpy(self->path, path + skipped, self->path_size);
}

static void program_path(struct pgofs_self *self) {
  char path[4096];
  ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  const char *started = (const char *)getauxval(AT_EXECFN);
  self->file = "/proc/self/exe";
  if (size > 0) {
    path_set(self, path, (size_t)size);
  } else if (started != NULL) {
    self->file = started;
    path_set(self, started, strlen(started));
  }
}

/* glibc has no name for the program, musl the one that it was started by or, in a static one, a link. */
static bool is_program(const char *file) {
  const char *started = (const char *)getauxval(AT_EXECFN);
  return file == NULL || file[0] == 0 || strcmp(file, "/proc/self/exe") == 0 ||
         (started != NULL && strcmp(file, started) == 0);
}

/* Fills self for the image that has this address; false if there is none. */
bool pgofs_self_find(struct pgofs_self *self, const void *inside) {
  struct search search = {(uintptr_t)inside, self};
  memset(self, 0, sizeof *self);
  if (dl_iterate_phdr(examine, &search) == 0) {
    return false;
  }
  if (is_program(self->file)) {
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
  if (pread(fd, &header, sizeof header, 0) != (ssize_t)sizeof header ||
      memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_shentsize != sizeof(ElfW(Shdr))) {
    return false;
  }
  bool found = false;
  for (size_t done = 0; done < header.e_shnum;) {
    ElfW(Shdr) part[64];
    size_t count = header.e_shnum - done < 64 ? header.e_shnum - done : 64;
    ssize_t size = (ssize_t)(count * sizeof part[0]);
    if (pread(fd, part, (size_t)size, (off_t)(header.e_shoff + done * sizeof part[0])) != size) {
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
  int fd = open(self->file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return false;
  }
  bool proved = headers_prove(fd, self, sections, range, page_end);
  (void)close(fd);
  return proved;
}
