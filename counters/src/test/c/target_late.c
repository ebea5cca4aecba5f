/* A shared library with a value site that is reached once more when its destructors with no priority are through. */
#include <unistd.h>

__attribute__((visibility("default"))) void tock(void);

static pid_t (*volatile target)(void) = getppid;

__attribute__((destructor(200))) void tock(void) {
  target();
}
