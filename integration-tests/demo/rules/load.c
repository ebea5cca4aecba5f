/*
 * The load: load SOCKET REQUESTS
 *
 * Sends a fixed mix of requests in batches and prints the processor time that the server used for one request, in
 * nanoseconds, and how many were answered in a second. The server's own clock is what a busy machine disturbs least.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#define BATCH 64 /* requests under way at once */

static _Noreturn void die(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "the server answered wrong");
  exit(1);
}

static FILE *connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  int socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
  if (socket_ < 0 || connect(socket_, (struct sockaddr *)&address, sizeof address)) die(path);
  FILE *stream = fdopen(socket_, "r+");
  if (!stream) die(path);
  return stream;
}

static void read_answer(FILE *server, char *line, int size) {
  errno = 0;
  if (!fgets(line, size, server)) die("the connection");
}

static long long used_microseconds(FILE *server) {
  char line[128];
  long long used;
  fputs("stats\n", server);
  fflush(server);
  read_answer(server, line, sizeof line);
  if (sscanf(line, "%*u %*u %lld", &used) != 1) die("stats");
  return used;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void send_request(FILE *server, long number) {
  long zone = number % 7, weight = 3 + number % 90, items = 4 + number % 24;
  if (number % 50 == 49) {
    fprintf(server, "eval discount total=%ld.%02ld member=%ld\n", 10 + number % 500, number % 100, number % 2);
  } else if (number % 1000 == 500) {
    fprintf(server, "eval nothing weight=1\n");
  } else if (number % 8 != 1) {
    fprintf(server, "calc 490 + %ld * 120 + if %ld > 4 then max(%ld - 3, 2) * 3 else (%ld + 7) / 2 + %ld\n", zone, items,
            weight, weight, items % 10);
  } else {
    fprintf(server, "eval shipping weight=%ld zone=%ld items=%ld\n", weight, zone, items);
  }
}

static void send_batch(FILE *server, long first, long end) {
  for (long i = first; i < end; i++) send_request(server, i);
  fflush(server);
  for (long i = first; i < end; i++) {
    char line[256];
    read_answer(server, line, sizeof line);
    if (strncmp(line, "error", 5) == 0 && i % 1000 != 500) die(line);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: load SOCKET REQUESTS\n");
    return 2;
  }
  long requests = atol(argv[2]);
  FILE *server = connect_to(argv[1]);
  long long before = used_microseconds(server);
  double start = seconds();
  for (long first = 0; first < requests; first += BATCH) {
    send_batch(server, first, first + BATCH < requests ? first + BATCH : requests);
  }
  printf("%.0f %.0f\n", (double)(used_microseconds(server) - before) * 1000 / (double)requests,
         (double)requests / (seconds() - start));
}
