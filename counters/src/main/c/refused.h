/*
 * Counts images that did not publish.
 */
#ifndef PGOFS_REFUSED_H
#define PGOFS_REFUSED_H

#include "directory.h"

void pgofs_refused_count(const struct pgofs_directory *directory, int reason);

#endif
