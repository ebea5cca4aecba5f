/* Usage: target_stack LIBRARY: opens it in a thread, and prints how many bytes of the thread's stack were used. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { SIZE = 1 << 18, UNUSED = 0xa5 };

static void *open_library(void *path) {
  return dlopen(path, RTLD_NOW);
}

int main(int count, char **arguments) {
  pthread_t thread;
  pthread_attr_t attributes;
  void *library = NULL;
  unsigned char *stack = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (count != 2 || stack == MAP_FAILED) {
    return 2;
  }
  memset(stack, UNUSED, SIZE);
  pthread_attr_init(&attributes);
  if (pthread_attr_setstack(&attributes, stack, SIZE) != 0 ||
      pthread_create(&thread, &attributes, open_library, arguments[1]) != 0) {
    return 2;
  }
  pthread_join(thread, &library);
  size_t untouched = 0;
  while (stack[untouched] == UNUSED) {
    untouched++;
  }
  printf("%zu\n", SIZE - untouched);
  return library == NULL;
}
