/*
 * Plays the scene that its argument names, and prints what a program sees of its surroundings. It is built without
 * anything, with the runtime and tick() instrumented, and all instrumented: they must behave alike.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { DONE = 42 };

static long calls;

void tick(void);

static void fail(const char *what) {
  perror(what);
  exit(3);
}

static void count(long times) {
  for (long i = 0; i < times; i++) {
    tick();
  }
  calls += times;
}

/* Forks, lets the child count, and says how it ended. */
static void fork_once(long times) {
  errno = 77;
  pid_t child = fork();
  if (child == 0) {
    count(times);
    _exit(errno == 77 ? 0 : 4);
  }
  int status = -1;
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
    printf("child: fork %d, status %x\n", child > 0, status);
  }
}

static void descriptors(void) {
  for (int fd = 0; fd < 64; fd++) {
    if (fcntl(fd, F_GETFD) >= 0) {
      printf("%d ", fd);
    }
  }
  printf("are open\n");
}

static void limit(int what, rlim_t to) {
  struct rlimit limits = {to, to};
  if (setrlimit(what, &limits) != 0) {
    fail("setrlimit");
  }
}

static void plain(void) {
  count(1);
  descriptors();
  fork_once(10);
}

static void forks(void) {
  for (int i = 0; i < 1000; i++) {
    fork_once(1);
  }
}

static void bomb(void) {
  for (int depth = 0; depth < 6; depth++) {
    if (fork() < 0) {
      fail("fork");
    }
  }
  count(1);
  while (wait(NULL) > 0) {
  }
  if (errno != ECHILD) {
    fail("wait");
  }
}

static void on_signal(int signal) {
  (void)signal;
  int error = errno;
  if (fork() == 0) {
    count(10);
    _exit(0);
  }
  errno = error;
}

static void handler(void) {
  if (signal(SIGUSR1, on_signal) == SIG_ERR) {
    fail("signal");
  }
  for (int i = 0; i < 10; i++) {
    count(1);
    raise(SIGUSR1);
    int status;
    if (wait(&status) < 0 || status != 0) {
      fail("wait");
    }
  }
}

static atomic_bool stop;

static void *count_on(void *made) {
  while (!stop) {
    tick();
    ++*(long *)made;
  }
  return made;
}

static void threads(void) {
  pthread_t thread[3];
  long made[3] = {0};
  for (int i = 0; i < 3; i++) {
    if (pthread_create(&thread[i], NULL, count_on, &made[i]) != 0) {
      fail("pthread_create");
    }
  }
  for (int i = 0; i < 50; i++) {
    fork_once(1);
  }
  stop = true;
  for (int i = 0; i < 3; i++) {
    pthread_join(thread[i], NULL);
  }
}

/* The child of a vfork or posix_spawn becomes this program anew. */
static void spawn(void) {
  char *arguments[] = {"/proc/self/exe", "once", NULL};
  pid_t child = vfork();
  if (child == 0) {
    execv(arguments[0], arguments);
    _exit(5);
  }
  int status = -1;
  if (waitpid(child, &status, 0) != child || WEXITSTATUS(status) != DONE) {
    fail("vfork");
  }
  if (posix_spawn(&child, arguments[0], NULL, NULL, arguments, environ) != 0 ||
      waitpid(child, &status, 0) != child || WEXITSTATUS(status) != DONE) {
    fail("posix_spawn");
  }
  count(10);
}

static void once(void) {
  count(1);
}

/* No more descriptors than are open already. */
static void no_descriptors(void) {
  limit(RLIMIT_NOFILE, 3);
  count(1);
  fork_once(10);
  limit(RLIMIT_NOFILE, 0);
  fork_once(100);
}

static void no_file_size(void) {
  limit(RLIMIT_FSIZE, 0);
  count(1);
  fork_once(10);
}

/* Nothing new fits in. */
static void no_address_space(void) {
  limit(RLIMIT_AS, 1);
  count(1);
  fork_once(10);
}

static void locked(void) {
  if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0) {
    fail("mlockall");
  }
  count(1);
  fork_once(10);
}

/* Kills for everything but what this program itself needs from here on. */
static void filtered(void) {
  static const int allowed[] = {SYS_clone, SYS_set_robust_list, SYS_wait4, SYS_write, SYS_exit, SYS_exit_group,
                                SYS_newfstatat, SYS_prctl, SYS_rt_sigprocmask, SYS_gettid, SYS_munmap};
  enum { ALLOWED = sizeof allowed / sizeof allowed[0] };
  struct sock_filter filter[1 + 2 * ALLOWED + 1];
  size_t size = 0;
  filter[size++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  for (size_t i = 0; i < ALLOWED; i++) {
    filter[size++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)allowed[i], 0, 1);
    filter[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  }
  filter[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
  struct sock_fprog program = {(unsigned short)size, filter};
  printf("filtered\n");
  (void)fflush(stdout);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    fail("seccomp");
  }
  count(1);
  fork_once(10);
}

static void jailed(void) {
  if (chroot("/dev") != 0 || chdir("/") != 0) {
    fail("chroot");
  }
  count(1);
  fork_once(10);
}

static void another_user(void) {
  if (setgid(65534) != 0 || setuid(65534) != 0) {
    fail("setuid");
  }
  count(1);
  fork_once(10);
}

/* Writes a line, and waits for one: meanwhile its surroundings change. Its counters are touched only after that. */
static void wait_for_change(void) {
  char byte;
  printf("waiting\n");
  (void)fflush(stdout);
  if (read(STDIN_FILENO, &byte, 1) != 1) {
    fail("read");
  }
  count(10);
  fork_once(100);
}

#ifdef EARLY
/* A resolver runs before its image is relocated. */
__attribute__((used)) static void (*resolved(void))(void) {
  tick();
  return once;
}

static void indirect(void) __attribute__((ifunc("resolved")));

static void early(void) {
  indirect();
  count(10);
}
#else
static void early(void) {
  count(10);
}
#endif

/* Runs before all constructors. */
static void prepare(int arguments, char **argument) {
  if (arguments > 1 && strcmp(argument[1], "early") == 0) {
    count(100);
  }
  if (arguments > 1 && strcmp(argument[1], "no_address_space_at_start") == 0) {
    limit(RLIMIT_AS, 1);
  }
  if (arguments > 1 && strcmp(argument[1], "no_locked_memory_at_start") == 0) {
    limit(RLIMIT_MEMLOCK, 1);
    if (mlockall(MCL_FUTURE) != 0) {
      fail("mlockall");
    }
  }
}

__attribute__((section(".preinit_array"), used)) static void (*const preinit)(int, char **) = prepare;

static const struct {
  const char *name;
  void (*play)(void);
} scenes[] = {
    {"plain", plain},         {"forks", forks},
    {"bomb", bomb},           {"handler", handler},
    {"threads", threads},     {"spawn", spawn},
    {"once", once},           {"no_descriptors", no_descriptors},
    {"no_file_size", no_file_size}, {"no_address_space", no_address_space},
    {"locked", locked},       {"filtered", filtered},
    {"jailed", jailed},       {"another_user", another_user},
    {"wait", wait_for_change}, {"early", early},
    {"no_address_space_at_start", once}, {"no_locked_memory_at_start", once},
};

int main(int arguments, char **argument) {
  for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++) {
    if (arguments > 1 && strcmp(argument[1], scenes[i].name) == 0) {
      scenes[i].play();
      printf("%s: %ld calls\n", scenes[i].name, calls);
      return DONE;
    }
  }
  return 2;
}
