/*
 * What PGOFS_VERBOSE=1 lets the runtime say.
 */
#ifndef PGOFS_SAY_H
#define PGOFS_SAY_H

#include "elf_self.h"

void pgofs_say(const struct pgofs_self *self, const char *what, const char *detail);

#endif
