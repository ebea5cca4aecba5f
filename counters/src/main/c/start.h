/*
 * What the start of the program has published, for all that comes later.
 */
#ifndef PGOFS_START_H
#define PGOFS_START_H

#include <stdbool.h>

#include "directory.h"

bool pgofs_published(struct pgofs_directory *directory);
int pgofs_dump(void);
int pgofs_dump_at_exit(void);

#endif
