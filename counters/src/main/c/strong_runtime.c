/*
 * The symbol for which the compiler's driver asks, for mold alone: it prefers a strong definition in any archive to a
 * weak one in an earlier archive, and so would take the symbol of the compiler's own runtime. An archive member of its
 * own, behind the one of entry_points.c: GNU ld and lld stop at that one, and none of the linkers takes this one beside
 * a symbol of the program's own. Calls nothing.
 */
#include "entry_points.h"

#pragma GCC visibility push(hidden)

int *pgofs_strong_runtime = &pgofs_runtime; /* brings in the rest of the runtime */
extern int *__llvm_profile_runtime __attribute__((alias("pgofs_strong_runtime")));

#pragma GCC visibility pop
