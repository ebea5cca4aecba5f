/* A record that says it has more counters than there are. */
#include <stdint.h>

struct record {
  uint64_t name, hash, counters, function, values;
  uint32_t number;
  uint16_t sites[2];
};

__attribute__((section("__llvm_prf_data"), used)) static struct record damaged = {.name = 1, .number = 1u << 20};

void tick(void);

void tick(void) {}
