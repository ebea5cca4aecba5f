// A library that calls what the program has too.
#include "interposed.h"

extern "C" __attribute__((noinline)) int in_library(int rounds) { return work(rounds); }
