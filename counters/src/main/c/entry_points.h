/*
 * The name by which the runtime comes into a link where the program has the compiler's name for that itself.
 */
#ifndef PGOFS_ENTRY_POINTS_H
#define PGOFS_ENTRY_POINTS_H

extern int pgofs_runtime __attribute__((visibility("hidden")));

#endif
