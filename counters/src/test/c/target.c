/*
 * Does what its argument says, letter by letter. Not instrumented itself.
 *   p (first) tick before the constructors
 *   t tick     f fork: the child goes on, and then its parent     v vfork: the child ticks once
 *   o open the library and tock   c close it   u become user 65534   e print errno as the constructors left it
 *   x exercise value sites, if they are linked in   s stop: write a line, and wait for one
 *   w ask for the profile to be written, as programs with the compiler's own runtime do
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

void tick(void);
__attribute__((weak)) void exercise(void);
int __llvm_profile_write_file(void);
int __llvm_profile_dump(void);
void __llvm_profile_reset_counters(void);
void __llvm_profile_set_filename(const char *name);
const char *__llvm_profile_get_filename(void);
void __llvm_profile_initialize_file(void);
__attribute__((weak)) int __llvm_profile_register_write_file_atexit(void);

static void *library;
static int errno_seen;

static void start(int count, char **arguments) {
  if (count > 1 && arguments[1][0] == 'p') {
    tick();
  }
  errno = 77;
}

__attribute__((section(".preinit_array"), used)) static void (*const before_constructors)(int, char **) = start;

__attribute__((constructor(102))) static void errno_get(void) {
  errno_seen = errno;
}

static void fail(const char *what) {
  perror(what);
  _exit(1);
}

static int wait_for(pid_t child) {
  int status;
  if (waitpid(child, &status, 0) != child || status != 0) {
    fail("child");
  }
  return 0;
}

static void library_open(void) {
  library = dlopen(getenv("TARGET_LIBRARY"), RTLD_NOW);
  void (*tock)(void) = library == NULL ? NULL : (void (*)(void))dlsym(library, "tock");
  if (tock == NULL) {
    fail("library");
  }
  tock();
}

static void stop(void) {
  char byte;
  if (write(STDOUT_FILENO, "\n", 1) != 1 || read(STDIN_FILENO, &byte, 1) != 1) {
    fail("stop");
  }
}

static void write_file(void) {
  __llvm_profile_initialize_file();
  __llvm_profile_set_filename("/nowhere/at.all");
  if (__llvm_profile_write_file() != 0 || __llvm_profile_dump() != 0 || __llvm_profile_get_filename() == NULL ||
      __llvm_profile_register_write_file_atexit == NULL || __llvm_profile_register_write_file_atexit() != 0) {
    fail("write_file");
  }
  __llvm_profile_reset_counters();
}

int main(int count, char **arguments) {
  pid_t child;
  for (const char *letter = count > 1 ? arguments[1] : ""; *letter != 0; letter++) {
    switch (*letter) {
      case 'p':
        break;
      case 't':
        tick();
        break;
      case 'f':
        errno = 0;
        child = fork();
        if (child < 0 || errno != 0) {
          fail("fork");
        }
        child == 0 ? 0 : wait_for(child);
        break;
      case 'v':
        child = vfork();
        if (child == 0) {
          tick();
          _exit(0);
        }
        wait_for(child);
        break;
      case 'o':
        library_open();
        break;
      case 'c':
        dlclose(library) == 0 ? (void)0 : fail("dlclose");
        break;
      case 'u':
        setuid(65534) == 0 ? (void)0 : fail("setuid");
        break;
      case 'e':
        printf("%d\n", errno_seen);
        break;
      case 'x':
        exercise();
        break;
      case 's':
        stop();
        break;
      case 'w':
        write_file();
        break;
      default:
        return 2;
    }
  }
  return 0;
}
