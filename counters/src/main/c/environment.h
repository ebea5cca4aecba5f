/*
 * What the environment and the kernel say to the runtime.
 */
#ifndef PGOFS_ENVIRONMENT_H
#define PGOFS_ENVIRONMENT_H

#include <stdbool.h>
#include <stdint.h>

bool pgofs_auxiliary(uint64_t type, uint64_t *value);
const char *pgofs_environment(const char *name);
bool pgofs_environment_disables(void);
bool pgofs_environment_is_verbose(void);

#endif
