/*
 * A program that stands for a virtual machine: its file is the kernel's, and the memory of the machine is a file in which
 * it lies as a kernel would, with its real counters, which it counts in. Instrumented and not position independent.
 *
 * GUEST_MEMORY is the file, GUEST_LOAD where the kernel is loaded, in MiB. Commands on standard input, each with a number
 * and answered by "done": "boot 0" loads the kernel, "work N" calls counted() N times, "reboot 0" lets it count from 0.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef RELEASE
#define RELEASE "1.0"
#endif

const char linux_banner[] = "Linux version " RELEASE " (a program)\n";

extern char __executable_start[], end[];
extern uint64_t __start___llvm_prf_cnts[] __attribute__((weak)), __stop___llvm_prf_cnts[] __attribute__((weak));

static volatile long sink;

__attribute__((noinline)) void counted(long i) { sink += i; }

#ifdef OTHER
__attribute__((noinline)) void other(long i) { sink -= i; }
#define counted other
#endif

__attribute__((noinline)) static void count(long n) {
  for (long i = 0; i < n; i++) {
    counted(i);
  }
}

static char *memory;
static int fd;
static long load;

static char *in_memory(const void *address) { return memory + load + ((const char *)address - __executable_start); }

/* The pages of the counters are then those of the memory. */
static void boot(void) {
  memcpy(in_memory(__executable_start), __executable_start, (size_t)(end - __executable_start));
  uintptr_t first = (uintptr_t)__start___llvm_prf_cnts & -(uintptr_t)4096;
  uintptr_t last = ((uintptr_t)__stop___llvm_prf_cnts + 4095) & -(uintptr_t)4096;
  if (mmap((void *)first, last - first, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
           in_memory((void *)first) - memory) == MAP_FAILED) {
    perror("guest: mmap");
    exit(1);
  }
}

int main(void) {
  size_t size = (size_t)64 << 20;
  load = strtol(getenv("GUEST_LOAD"), NULL, 10) << 20;
  fd = open(getenv("GUEST_MEMORY"), O_RDWR | O_CREAT, 0600);
  if (fd == -1 || ftruncate(fd, (off_t)size) == -1) {
    perror("guest");
    return 1;
  }
  memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  char word[16];
  long n;
  while (scanf("%15s %ld", word, &n) == 2) {
    if (strcmp(word, "work") == 0) {
      count(n);
    } else if (strcmp(word, "boot") == 0) {
      boot();
    } else if (strcmp(word, "reboot") == 0) {
      memset(__start___llvm_prf_cnts, 0, (size_t)((char *)__stop___llvm_prf_cnts - (char *)__start___llvm_prf_cnts));
    }
    puts("done");
    fflush(stdout);
  }
  return 0;
}
