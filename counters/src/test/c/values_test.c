/* Values in sites: buckets, slots and the rule by which they are replaced, epochs, bounds, threads. */
#include "check.h"
#include "values.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SITES = 3, FIELD = 40, RECORD = 64, SLOTS = PGOFS_VALUE_SLOTS, THREADS = 4, OBSERVATIONS = 400 * 1000 };

void __llvm_profile_instrument_target(uint64_t value, void *record, uint32_t site);
void __llvm_profile_instrument_memop(uint64_t size, void *record, uint32_t site);

static struct pgofs_control control;
static struct pgofs_value_site *sites; /* exactly sized, so that the address sanitizer sees a slot too far */
static unsigned char *record;
static const uint64_t places = 0x7000; /* where __llvm_prf_vals would be: it is never read */

static void record_points_to(uint64_t address) {
  memcpy(record + FIELD, &address, sizeof address);
}

static void fresh(void) {
  memset(sites, 0, SITES * sizeof *sites);
  control.reset_epoch = 0;
  record_points_to(places);
  pgofs_values = (struct pgofs_values){SITES, places, FIELD, &control, sites};
}

static uint64_t total(const struct pgofs_value_site *site) {
  uint64_t sum = 0;
  for (size_t i = 0; i < SLOTS; i++) {
    sum += site->slot[i].count;
  }
  return sum;
}

static void observe(uint64_t value, unsigned times) {
  for (unsigned i = 0; i < times; i++) {
    __llvm_profile_instrument_target(value, record, 0);
  }
}

static bool slot_is(size_t slot, uint64_t value, uint64_t count) {
  return sites[0].slot[slot].value == value && sites[0].slot[slot].count == count;
}

static void should_tell_sizes_apart(void) {
  static const uint64_t table[][2] = {
      {0, 0},     {1, 1},     {7, 7},     {8, 8},     {9, 9},     {10, 9},    {15, 9},
      {16, 16},   {17, 17},   {18, 17},   {31, 17},   {32, 32},   {33, 33},   {63, 33},
      {64, 64},   {65, 65},   {127, 65},  {128, 128}, {129, 129}, {255, 129}, {256, 256},
      {257, 257}, {511, 257}, {512, 512}, {513, 513}, {514, 513}, {1024, 513}, {UINT64_MAX, 513},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    fresh();
    __llvm_profile_instrument_memop(table[i][0], record, 0);
    CHECK(slot_is(0, table[i][1], 1));
  }
}

static void should_keep_the_order_of_first_observations(void) {
  fresh();
  observe(7, 1);
  observe(0, 2);
  observe(5, 1);
  observe(7, 3);
  observe(UINT64_MAX, 1);
  CHECK(slot_is(0, 7, 4) && slot_is(1, 0, 2) && slot_is(2, 5, 1) && slot_is(3, UINT64_MAX, 1) && slot_is(4, 0, 0));
}

static void should_replace_what_is_rare(void) {
  fresh();
  for (uint64_t i = 0; i < SLOTS; i++) {
    observe(100 + i, i == 3 || i == 5 ? 3 : 4);
  }
  observe(200, 2); /* the first of the smallest goes to 2, and then to 1 */
  CHECK(slot_is(3, 103, 1) && slot_is(5, 105, 3));
  observe(201, 1); /* and gives way */
  CHECK(slot_is(3, 201, 1));
  observe(201, 3);
  observe(202, 1);
  CHECK(slot_is(3, 201, 4) && slot_is(5, 105, 2) && slot_is(0, 100, 4));
}

static void should_clear_a_site_of_another_epoch(void) {
  fresh();
  observe(1, 5);
  observe(2, 6);
  __llvm_profile_instrument_target(3, record, 1);
  control.reset_epoch = UINT64_MAX;
  observe(2, 1);
  CHECK(slot_is(0, 2, 1) && total(&sites[0]) == 1 && sites[0].epoch == UINT64_MAX);
  CHECK(sites[1].epoch == 0 && sites[1].slot[0].count == 1);
  control.reset_epoch = 1; /* any other epoch is another one */
  observe(1, 1);
  CHECK(slot_is(0, 1, 1) && slot_is(1, 0, 0) && sites[0].epoch == 1);
}

static void should_stay_inside_the_sites(void) {
  fresh();
  __llvm_profile_instrument_target(9, record, SITES - 1);
  CHECK(sites[SITES - 1].slot[0].value == 9 && sites[SITES - 1].slot[0].count == 1);
  fresh();
  __llvm_profile_instrument_target(9, record, SITES);
  __llvm_profile_instrument_target(9, record, UINT32_MAX);
  static const uint64_t wrong[] = {0, places - 8, places + 1, places + 8 * SITES - 1, places + 8 * SITES, UINT64_MAX};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    record_points_to(wrong[i]);
    __llvm_profile_instrument_target(9, record, 0);
  }
  record_points_to(places + 8);
  __llvm_profile_instrument_target(9, record, SITES - 1);
  CHECK(total(&sites[0]) + total(&sites[1]) + total(&sites[2]) == 0);
}

static void should_return_at_once_when_unshared(void) {
  pgofs_values = (struct pgofs_values){0, 0, 0, NULL, NULL};
  record_points_to(0);
  __llvm_profile_instrument_target(9, record, 0);
  __llvm_profile_instrument_memop(9, record, 0);
  CHECK(pgofs_values.sites == 0);
}

static void *observe_much(void *seed) {
  uint32_t state = (uint32_t)(uintptr_t)seed;
  for (unsigned i = 0; i < OBSERVATIONS; i++) {
    state = state * 1664525 + 1013904223;
    __llvm_profile_instrument_target(1000 + (state >> 16) % 40, record, 0);
    if (i % 1000 == 0 && seed == (void *)1) {
      __atomic_fetch_add(&control.reset_epoch, 1, __ATOMIC_RELAXED);
    }
  }
  return NULL;
}

/* What a race may lose is not to be foreseen; what it must not invent is. */
static void should_bear_threads(void) {
  pthread_t threads[THREADS];
  fresh();
  for (uintptr_t i = 0; i < THREADS; i++) {
    CHECK(pthread_create(&threads[i], NULL, observe_much, (void *)(i + 1)) == 0);
  }
  for (size_t i = 0; i < THREADS; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0);
  }
  CHECK(total(&sites[0]) > 0 && total(&sites[0]) <= (uint64_t)THREADS * OBSERVATIONS);
  for (size_t i = 0; i < SLOTS; i++) {
    const struct pgofs_value_slot *slot = &sites[0].slot[i];
    /* 0 is what a slot has when it was cleared while another thread was about to count in it. */
    CHECK(slot->count == 0 || slot->value == 0 || slot->value - 1000 < 40);
  }
  CHECK(total(&sites[1]) + total(&sites[2]) == 0);
}

int main(void) {
  sites = malloc(SITES * sizeof *sites);
  record = calloc(1, RECORD);
  should_tell_sizes_apart();
  should_keep_the_order_of_first_observations();
  should_replace_what_is_rare();
  should_clear_a_site_of_another_epoch();
  should_stay_inside_the_sites();
  should_return_at_once_when_unshared();
  should_bear_threads();
  free(sites);
  free(record);
  return check_failures != 0;
}
