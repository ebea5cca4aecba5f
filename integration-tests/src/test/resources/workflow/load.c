/* load REQUESTS: waits for the server to be there, sends it lines, and checks each answer. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "server.socket"};
  int server = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  for (int tries = 0; connect(server, (struct sockaddr *)&address, sizeof address) != 0; tries++) {
    if (tries == 3000 || (errno != ENOENT && errno != ECONNREFUSED)) {
      perror("load");
      return EXIT_FAILURE;
    }
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  }
  for (int i = argc == 2 ? atoi(argv[1]) : 0; i > 0; i--) {
    char text[16];
    if (write(server, "one two three", 13) != 13 || read(server, text, sizeof text) != 2 || memcmp(text, "3\n", 2) != 0) {
      fprintf(stderr, "load: wrong answer\n");
      return EXIT_FAILURE;
    }
  }
  return EXIT_SUCCESS;
}
