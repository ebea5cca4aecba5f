/*
 * A program that has functions of the C library itself, as tracers, sandboxes and allocators have, or (-DPRELOADED) a
 * library that is preloaded for its functions. HOW is what one does:
 *
 *   LATE    calls the real one, which is not known before a constructor has looked it up: until then it crashes
 *   FAILS   returns an error
 *   LOGS    says its name, and fails
 *
 * With -DPLAIN there are none.
 *
 * The program says nothing, has no use for any of them, and calls tick() three times, and twice in a child. It is built
 * without the C library's headers, whose declarations these do not have; all arguments are words.
 */
#define LATE 1
#define FAILS 2
#define LOGS 3

/* What can be asked of libc is asked by one of these, or of memory. */
#define FILES(X)                                                                                                    \
  X(open) X(open64) X(openat) X(openat64) X(close) X(read) X(write) X(pread) X(pread64) X(pwrite) X(pwrite64)       \
  X(readlink) X(readlinkat) X(stat) X(fstat) X(fstat64) X(fstatat) X(fstatat64) X(statx) X(fstatfs) X(fstatfs64)    \
  X(statfs) X(ftruncate) X(ftruncate64) X(fallocate) X(fallocate64) X(posix_fallocate) X(fchmod) X(fcntl)           \
  X(fcntl64) X(rename) X(renameat) X(renameat2) X(unlink) X(unlinkat) X(mknod) X(mknodat) X(dprintf) X(vdprintf)
#define PROCESS(X)                                                                                                  \
  X(mmap) X(mmap64) X(munmap) X(mprotect) X(madvise) X(getpid) X(getuid) X(geteuid) X(prctl) X(getrandom)           \
  X(getentropy) X(clock_gettime) X(gettimeofday) X(time) X(getrlimit) X(getrlimit64) X(prlimit) X(prlimit64)        \
  X(syscall) X(sysconf) X(getpagesize) X(sigprocmask) X(pthread_sigmask) X(sigfillset) X(sigemptyset) X(sigaction)  \
  X(sigpending) X(sigtimedwait)
#define OTHERS(X)                                                                                                   \
  X(getenv) X(secure_getenv) X(getauxval) X(dl_iterate_phdr) X(dladdr) X(dlinfo) X(pthread_atfork)                  \
  X(pthread_setcancelstate) X(snprintf) X(vsnprintf) X(sscanf)
#define MEMORY(X) X(memcpy) X(memmove) X(memset) X(memcmp) X(bcmp) X(strlen) X(strnlen) X(strcmp) X(strncmp) X(strchr)

#ifdef PLAIN
#define ALL(X)
#elif defined(STATIC) /* there the C library is one program with this, and calls most of these itself */
#define ALL(X) X(open) X(close) X(ftruncate) X(renameat) X(pwrite) X(getpid) X(mmap) X(readlink) X(prctl) X(getrandom)
#elif HOW == LATE
#define ALL(X) FILES(X) PROCESS(X) OTHERS(X) MEMORY(X)
#else
#define ALL(X) FILES(X) PROCESS(X) OTHERS(X)
#endif

typedef long function(long, long, long, long, long, long);

__attribute__((unused)) static long call(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}

#if HOW == LATE
void *dlsym(void *, const char *);
#define RTLD_NEXT ((void *)-1)
#define WRAPPER(name)                                                    \
  static function *real_##name;                                          \
  long name(long a, long b, long c, long d, long e, long f);             \
  long name(long a, long b, long c, long d, long e, long f) {            \
    return real_##name(a, b, c, d, e, f);                                \
  }
#define LOOK_UP(name) real_##name = (function *)dlsym(RTLD_NEXT, #name);
ALL(WRAPPER)
__attribute__((constructor)) static void look_up(void) {
  ALL(LOOK_UP)
}
#else
#define WRAPPER(name)                                                                    \
  long name(long a, long b, long c, long d, long e, long f);                             \
  long name(long a, long b, long c, long d, long e, long f) {                            \
    (void)a, (void)b, (void)c, (void)d, (void)e, (void)f;                                \
    return HOW == FAILS ? -1 : call(1, 2, (long)(#name "\n"), sizeof(#name)) < 0 ? -2 : -1; \
  }
ALL(WRAPPER)
#endif

#ifndef PRELOADED
void tick(void);
int fork(void);
int waitpid(int, int *, int);
void _exit(int);

int main(void) {
  int status = 1;
  int child = fork();
  if (child == 0) {
    tick();
    tick();
    _exit(0);
  }
  waitpid(child, &status, 0);
  tick();
  tick();
  tick();
  return status == 0 ? 42 : 1;
}
#endif
