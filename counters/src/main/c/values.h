/*
 * Where a program records values.
 */
#ifndef PGOFS_VALUES_H
#define PGOFS_VALUES_H

#include "value_site.h"

extern struct pgofs_values pgofs_values;

#endif
