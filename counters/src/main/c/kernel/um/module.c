/*
 * Linked into every module, with values.c: tells the kernel's part of the runtime, when the module is loaded, where its
 * counters are. The module loader runs constructors before the module's own init function. May call nothing but that.
 *
 * The symbols come from module.lds. When the module is unloaded, the kernel unmaps its memory and with it the mapping
 * of the segment, which then has ended like that of a process. Nothing has to be done here for it.
 */
#include "modules.h"

#define BOUNDS(name) extern const unsigned char pgofs_##name##_begin[], pgofs_##name##_end[]
#define RANGE(name) {pgofs_##name##_begin, pgofs_##name##_end}

_Static_assert(sizeof(struct pgofs_value_site) == 392, "module.lds has this number");

BOUNDS(counters);
BOUNDS(data);
BOUNDS(names);
BOUNDS(values);
BOUNDS(code);
BOUNDS(build_id);
BOUNDS(room);

extern const uint64_t __llvm_profile_raw_version __attribute__((weak));

/* struct module of the kernel, which begins with its state, its place in a list of modules and its name. */
extern const char __this_module[];
#define MODULE_NAME 24

/* Exported by the kernel, if the runtime is in it. */
int pgofs_module_publish(const struct pgofs_module *module) __attribute__((weak));

__attribute__((constructor)) static void loaded(void) {
  const struct pgofs_module module = {
      .version = PGOFS_FORMAT_VERSION,
      .size = sizeof module,
      .name = __this_module + MODULE_NAME,
      .sections =
          {
              .counters = RANGE(counters),
              .data = RANGE(data),
              .names = RANGE(names),
              .values = RANGE(values),
              .raw_version = &__llvm_profile_raw_version == NULL ? 0 : __llvm_profile_raw_version,
          },
      .code = RANGE(code),
      .build_id_note = RANGE(build_id),
      .room = RANGE(room),
      .values = &pgofs_values,
  };
  if (pgofs_module_publish != NULL && pgofs_range_size(module.sections.counters) != 0) {
    (void)pgofs_module_publish(&module);
  }
}
