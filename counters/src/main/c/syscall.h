/*
 * The system calls that the runtime makes, by which it asks the kernel itself: a program may define any function of the
 * C library, wrap it, or find the real one only later. These return what the kernel does, the negative number of an
 * error among it, never touch errno, and are no place where a thread can be cancelled.
 */
#ifndef PGOFS_SYSCALL_H
#define PGOFS_SYSCALL_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <time.h>

#define PGOFS_MREMAP_DONTUNMAP 4 /* not in all headers */

/* All arguments are words. Those that a call does not have are 0. */
static inline long pgofs_call(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
#else
#error "x86-64 and AArch64 only"
#endif
}

#define PGOFS_CALL(name, ...) PGOFS_CALL_WORDS(SYS_##name, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define PGOFS_CALL_WORDS(number, a, b, c, d, e, f, ...) \
  pgofs_call(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static inline int pgofs_sys_openat(int directory, const char *path, int flags, mode_t mode) {
  return (int)PGOFS_CALL(openat, directory, path, flags, mode);
}

static inline void pgofs_sys_close(int fd) {
  (void)PGOFS_CALL(close, fd);
}

static inline ssize_t pgofs_sys_read(int fd, void *to, size_t size) {
  return PGOFS_CALL(read, fd, to, size);
}

static inline ssize_t pgofs_sys_pread(int fd, void *to, size_t size, uint64_t offset) {
  return PGOFS_CALL(pread64, fd, to, size, offset);
}

static inline ssize_t pgofs_sys_write(int fd, const void *from, size_t size) {
  return PGOFS_CALL(write, fd, from, size);
}

static inline ssize_t pgofs_sys_pwrite(int fd, const void *from, size_t size, uint64_t offset) {
  return PGOFS_CALL(pwrite64, fd, from, size, offset);
}

static inline ssize_t pgofs_sys_readlink(const char *path, char *to, size_t size) {
#ifdef SYS_readlink
  return PGOFS_CALL(readlink, path, to, size);
#else
  return PGOFS_CALL(readlinkat, AT_FDCWD, path, to, size);
#endif
}

/* The C library's structure is the kernel's. */
static inline int pgofs_sys_fstatat(int directory, const char *name, struct stat *status, int flags) {
  return (int)PGOFS_CALL(newfstatat, directory, name, status, flags);
}

static inline int pgofs_sys_fstat(int fd, struct stat *status) {
  return pgofs_sys_fstatat(fd, "", status, AT_EMPTY_PATH);
}

static inline int pgofs_sys_fstatfs(int fd, struct statfs *system) {
  return (int)PGOFS_CALL(fstatfs, fd, system);
}

static inline int pgofs_sys_statx(int fd, struct statx *status) {
  return (int)PGOFS_CALL(statx, fd, "", AT_EMPTY_PATH, 0, status);
}

static inline int pgofs_sys_ftruncate(int fd, uint64_t size) {
  return (int)PGOFS_CALL(ftruncate, fd, size);
}

static inline int pgofs_sys_fallocate(int fd, uint64_t size) {
  return (int)PGOFS_CALL(fallocate, fd, 0, 0, size);
}

static inline int pgofs_sys_fchmod(int fd, mode_t mode) {
  return (int)PGOFS_CALL(fchmod, fd, mode);
}

static inline int pgofs_sys_fcntl(int fd, int command, long argument) {
  return (int)PGOFS_CALL(fcntl, fd, command, argument);
}

/* Within one directory. */
static inline int pgofs_sys_rename(int directory, const char *from, const char *to) {
#ifdef SYS_renameat
  return (int)PGOFS_CALL(renameat, directory, from, directory, to);
#else
  return (int)PGOFS_CALL(renameat2, directory, from, directory, to, 0);
#endif
}

static inline int pgofs_sys_unlinkat(int directory, const char *name) {
  return (int)PGOFS_CALL(unlinkat, directory, name, 0);
}

static inline int pgofs_sys_mknodat(int directory, const char *name, mode_t mode) {
  return (int)PGOFS_CALL(mknodat, directory, name, mode, 0);
}

/* The address, or the negative number of an error: see pgofs_sys_failed. */
static inline void *pgofs_sys_mmap(void *at, size_t size, int protection, int flags, int fd, uint64_t offset) {
  return (void *)PGOFS_CALL(mmap, at, size, protection, flags, fd, offset);
}

static inline bool pgofs_sys_failed(const void *mapped) {
  return (uintptr_t)mapped > (uintptr_t)-4096;
}

static inline int pgofs_sys_mprotect(const void *at, size_t size, int protection) {
  return (int)PGOFS_CALL(mprotect, at, size, protection);
}

/* Moves pages elsewhere and leaves empty ones. As mmap. */
static inline void *pgofs_sys_move_pages(const void *from, size_t size) {
  return (void *)PGOFS_CALL(mremap, from, size, size, MREMAP_MAYMOVE | PGOFS_MREMAP_DONTUNMAP, 0);
}

static inline void pgofs_sys_munmap(const void *at, size_t size) {
  (void)PGOFS_CALL(munmap, at, size);
}

static inline uid_t pgofs_sys_getuid(void) {
  return (uid_t)PGOFS_CALL(getuid, 0);
}

static inline int pgofs_sys_getpid(void) {
  return (int)PGOFS_CALL(getpid, 0);
}

static inline ssize_t pgofs_sys_getrandom(void *to, size_t size, unsigned flags) {
  return PGOFS_CALL(getrandom, to, size, flags);
}

static inline int pgofs_sys_clock_gettime(clockid_t clock, struct timespec *now) {
  return (int)PGOFS_CALL(clock_gettime, clock, now);
}

static inline int pgofs_sys_prctl(int option, unsigned long a, unsigned long b) {
  return (int)PGOFS_CALL(prctl, option, a, b);
}

/* Of this process. It has two words: what counts, and what may be raised to. */
static inline int pgofs_sys_limit(int resource, uint64_t limit[2]) {
  return (int)PGOFS_CALL(prlimit64, 0, resource, 0, limit);
}

/* The kernel's sets of signals have a bit for each. */
static inline int pgofs_sys_sigprocmask(int how, const uint64_t *set, uint64_t *before) {
  return (int)PGOFS_CALL(rt_sigprocmask, how, set, before, sizeof *set);
}

static inline int pgofs_sys_sigpending(uint64_t *set) {
  return (int)PGOFS_CALL(rt_sigpending, set, sizeof *set);
}

/* Takes one signal that is pending, and does not wait. */
static inline int pgofs_sys_sigtake(const uint64_t *set) {
  static const struct timespec none;
  return (int)PGOFS_CALL(rt_sigtimedwait, set, 0, &none, sizeof *set);
}

#endif
