/*
 * Linked into a kernel that can be read while it runs, and (with MODULE) into each of its modules: the functions that the
 * compiler calls with values, and a parameter by which they are reset. The sites are memory of the image, which its linker
 * script reserves. May call nothing and include nothing of the kernel: it runs wherever instrumented code runs, in
 * interrupts too, and is one object for all kernels.
 */
#include "../../value_site.h"
#include "note.h"

_Static_assert(sizeof(struct pgofs_value_site) == 392, "pgofs.lds and module.lds have this number");

#pragma GCC visibility push(hidden)

extern const unsigned char pgofs_values_begin[], pgofs_values_end[];
extern struct pgofs_value_site pgofs_sites_begin[];
extern const uint64_t __llvm_profile_raw_version __attribute__((weak));

struct pgofs_kernel_control pgofs_kernel_control = {
    .raw_version = &__llvm_profile_raw_version,
    .value_site_size = sizeof(struct pgofs_value_site),
};

/*
 * Offset of Values in a record: since raw version 9 one pointer more is before it. The weak symbol is reached by a pointer in data:
 * compilers for AArch64 take its address out of a table of which the kernel's loader of modules knows nothing.
 */
static inline size_t values_field(void) {
  const uint64_t *raw_version = pgofs_kernel_control.raw_version;
  return raw_version == NULL || (uint8_t)*raw_version < 9 ? 32 : 40;
}

/* Of addresses that the linker knows: nothing is read to find the place. */
static inline void record_value(uint64_t value, const void *record, uint32_t site) {
  const struct pgofs_values values = {
      .begin = (uintptr_t)pgofs_values_begin,
      .field = values_field(),
      .control = &pgofs_kernel_control.control,
      .site = pgofs_sites_begin,
  };
  value_record(&values, ((uintptr_t)pgofs_values_end - (uintptr_t)pgofs_values_begin) / 8, value, record, site);
}

void __llvm_profile_instrument_target(uint64_t value, void *record, uint32_t site);
void __llvm_profile_instrument_memop(uint64_t size, void *record, uint32_t site);

void __llvm_profile_instrument_target(uint64_t value, void *record, uint32_t site) {
  record_value(value, record, site);
}

void __llvm_profile_instrument_memop(uint64_t size, void *record, uint32_t site) {
  record_value(memop_bucket(size), record, site);
}

/* struct kernel_param and struct kernel_param_ops of the kernel, as they have been since Linux 4.1. */
struct parameter {
  const char *name;
  void *module;
  const struct parameter_operations *operations;
  uint16_t mode;
  int8_t level;
  uint8_t flags;
  void *argument;
};

struct parameter_operations {
  unsigned int flags;
  int (*set)(const char *text, const struct parameter *parameter);
  int (*get)(char *buffer, const struct parameter *parameter);
  void (*free)(void *argument);
};

#define INVALID (-22) /* EINVAL */

static int set_epoch(const char *text, const struct parameter *parameter) {
  (void)parameter;
  uint64_t epoch = 0;
  const char *digit = text;
  for (; *digit >= '0' && *digit <= '9'; digit++) {
    epoch = 10 * epoch + (uint64_t)(*digit - '0');
  }
  if (digit == text || (*digit != '\0' && *digit != '\n')) {
    return INVALID;
  }
  __atomic_store_n(&pgofs_kernel_control.control.reset_epoch, epoch, __ATOMIC_SEQ_CST);
  return 0;
}

/* Returns the number of bytes. The buffer is a page. */
static int get_epoch(char *buffer, const struct parameter *parameter) {
  (void)parameter;
  char digits[20];
  int count = 0, size = 0;
  uint64_t rest = __atomic_load_n(&pgofs_kernel_control.control.reset_epoch, __ATOMIC_SEQ_CST);
  do {
    digits[count++] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  while (count != 0) {
    buffer[size++] = digits[--count];
  }
  buffer[size++] = '\n';
  return size;
}

static const struct parameter_operations operations = {.set = set_epoch, .get = get_epoch};

#ifdef MODULE
extern char __this_module[]; /* struct module of the kernel */
#define THIS_MODULE __this_module
static const char name[] = "pgofs_epoch";
#else
#define THIS_MODULE NULL
static const char name[] = "pgofs.epoch"; /* of the module pgofs, which is in the kernel */
#endif

__attribute__((section("__param"), used, aligned(8))) static const struct parameter epoch = {
    .name = name,
    .module = THIS_MODULE,
    .operations = &operations,
    .mode = 0600,
    .level = -1,
};

#pragma GCC visibility pop
