/*
 * A program with the compiler's own runtime, which does what it is told and writes its profile when asked: what is read
 * out of its memory must be what it writes. Commands are lines on standard input; each is answered by a line.
 *
 *   work N        calls, copies and dispatches N times, with values that differ
 *   turn A B      calls each of the functions A to B, of 40, at one place
 *   dump FILE     writes its profile into a file
 *   forget        sets its counters to 0, as the compiler's runtime does
 *   open FILE     opens a shared library, and calls its library_counted()
 *   close         closes it
 *   fork N        a child by fork() waits for the file "go", works N times, makes "gone", and ends with this process
 *   split N       a child by fork() works N times and ends, as its parent waits
 *   write         writes its profile where it will write it at its end
 *   vfork         a child that shares its memory waits, until it ends
 *   exec PROGRAM  becomes another program
 *   user N        gives up the rights of root
 *   endless       makes one of its lists of values endless; to be compiled by clang 14
 */
#include <dlfcn.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

extern "C" {
void __llvm_profile_set_filename(const char *);
int __llvm_profile_write_file(void);
void __llvm_profile_reset_counters(void);
}

#define NEVER_INLINED __attribute__((noinline))

struct Shape {
  virtual long sides(long n) const = 0;
  virtual ~Shape() = default;
};
struct Triangle : Shape {
  NEVER_INLINED long sides(long n) const override { return n + 3; }
};
struct Square : Shape {
  NEVER_INLINED long sides(long n) const override { return n + 4; }
};
struct Circle : Shape {
  NEVER_INLINED long sides(long n) const override { return n; }
};

NEVER_INLINED static long add(long n) { return n + 1; }
NEVER_INLINED static long twice(long n) { return 2 * n; }
NEVER_INLINED static long odd(long n) { return n % 2; }

static long (*const functions[])(long) = {add, twice, odd, add, labs};
static char from[1024], to[1024];

template <typename T>
NEVER_INLINED T sum(T n) {
  T all = 0;
  for (T i = 0; i < n; i++) all += i;
  return all;
}

template <int N>
NEVER_INLINED long turned(long n) {
  return n ^ N;
}

using Function = long (*)(long);

template <int... N>
static const Function *forty(std::integer_sequence<int, N...>) {
  static const Function all[] = {turned<N>...};
  return all;
}

NEVER_INLINED static void turn(long from_function, long to_function) {
  const Function *all = forty(std::make_integer_sequence<int, 40>());
  volatile long kept = 0;
  for (long i = from_function; i < to_function; i++) kept = kept + all[i](i);
}

extern "C" NEVER_INLINED void counted(void) { __asm__ volatile(""); }

NEVER_INLINED static void work(long n, const Shape *const *shapes) {
  volatile long kept = 0;
  for (long i = 0; i < n; i++) {
    counted();
    kept = kept + functions[i % 5](i) + shapes[i % 7 % 3]->sides(i) + sum<long>(i % 3) + sum<int>(2);
    memcpy(to, from, (size_t)(i * i % 700));
    __asm__ volatile("" : : : "memory");
  }
}

static void *library;

static int waiting(void *) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) pause();
}

static char stack[1 << 16];

struct Node {
  unsigned long value, count;
  Node *next;
};

// As clang 14 lays it out.
struct Record {
  unsigned long name, hash, counters, function;
  Node **values;
  unsigned counts;
  unsigned short sites[2];
};

extern "C" {
extern const Record __start___llvm_prf_data[] __attribute__((visibility("hidden")));
extern const Record __stop___llvm_prf_data[] __attribute__((visibility("hidden")));
}

// Without counters: who counts values looks for the end of the list.
__attribute__((no_profile_instrument_function)) static bool endless() {
  for (const Record *record = __start___llvm_prf_data; record < __stop___llvm_prf_data; record++) {
    if (record->values && record->sites[0] && record->values[0]) {
      Node *last = record->values[0];
      while (last->next) last = last->next;
      last->next = record->values[0];
      return true;
    }
  }
  return false;
}

// Without counters, which would count on after the profile is written.
__attribute__((no_profile_instrument_function)) int main() {
  const Triangle triangle;
  const Square square;
  const Circle circle;
  const Shape *const shapes[] = {&triangle, &square, &circle};
  char line[600], name[512];
  long n, end;
  setvbuf(stdout, nullptr, _IONBF, 0);
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "work %ld", &n) == 1) {
      work(n, shapes);
    } else if (sscanf(line, "turn %ld %ld", &n, &end) == 2) {
      turn(n, end);
    } else if (sscanf(line, "dump %511s", name) == 1) {
      __llvm_profile_set_filename(name);
      if (__llvm_profile_write_file()) return 1;
    } else if (strcmp(line, "forget\n") == 0) {
      __llvm_profile_reset_counters();
    } else if (sscanf(line, "open %511s", name) == 1) {
      library = dlopen(name, RTLD_NOW);
      auto function = library ? (void (*)())dlsym(library, "library_counted") : nullptr;
      if (!function) return 2;
      function();
    } else if (strcmp(line, "close\n") == 0) {
      if (dlclose(library)) return 3;
    } else if (sscanf(line, "fork %ld", &n) == 1) {
      int done[2];
      char byte;
      if (pipe(done)) return 4;
      if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(done[0]);
        if (write(done[1], "", 1) != 1) _exit(1);
        while (access("go", F_OK)) usleep(1000); // made by the test when it has seen the child
        work(n, shapes);
        fclose(fopen("gone", "w"));
        for (;;) pause();
      }
      if (read(done[0], &byte, 1) != 1) return 5;
      close(done[0]);
      close(done[1]);
    } else if (sscanf(line, "split %ld", &n) == 1) {
      pid_t child = fork();
      if (child == 0) {
        work(n, shapes);
        exit(0);
      }
      if (waitpid(child, nullptr, 0) != child) return 9;
    } else if (strcmp(line, "write\n") == 0) {
      if (__llvm_profile_write_file()) return 10;
    } else if (strcmp(line, "vfork\n") == 0) {
      if (clone(waiting, stack + sizeof stack, CLONE_VM | SIGCHLD, nullptr) < 0) return 6;
    } else if (sscanf(line, "exec %511s", name) == 1) {
      puts("done");
      execl(name, name, (char *)nullptr);
      return 7;
    } else if (sscanf(line, "user %ld", &n) == 1) {
      if (setuid((uid_t)n)) return 11;
    } else if (strcmp(line, "endless\n") == 0) {
      if (!endless()) return 12;
    } else {
      return 8;
    }
    puts("done");
  }
  return 0;
}
