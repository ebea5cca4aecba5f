// A program that has what its library calls; without PROGRAM_HAS_THEM it has nothing of it. With IN_A_CHILD a child calls.
#include "interposed.h"

#include <sys/wait.h>
#include <unistd.h>

int main() {
#ifdef IN_A_CHILD
  if (fork() != 0) {
    return wait(nullptr) == 0;
  }
#endif
  int sum = in_library(50);
#ifdef PROGRAM_HAS_THEM
  sum += work(20);
#endif
  return sum == 0;
}
