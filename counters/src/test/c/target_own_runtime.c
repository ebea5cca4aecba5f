/*
 * A program that has the symbol by which the compiler's driver asks for a runtime, as LLVM's documentation tells those that
 * write their profile themselves. tick() is called 2 times before it first does, 3 times before the second; 5 times after
 * that, which are in no profile; and of the child once before and once after.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int __llvm_profile_runtime;

void tick(void);

#ifdef ONLY_DEFINED
int main(void) {
  tick();
  return 0;
}
#else
int __llvm_profile_write_file(void);
int __llvm_profile_dump(void);

static void count(int times) {
  for (int i = 0; i < times; i++) {
    tick();
  }
}

int main(void) {
  int status = -1;
  count(2);
  if (__llvm_profile_write_file() != 0) {
    return 1;
  }
  count(3);
  if (__llvm_profile_dump() != 0) {
    return 2;
  }
  count(5);
  pid_t child = fork();
  if (child == 0) {
    count(1);
    status = __llvm_profile_write_file();
    count(1);
    _exit(status);
  }
  return child < 0 || waitpid(child, &status, 0) != child || status != 0 ? 3 : 0;
}
#endif
