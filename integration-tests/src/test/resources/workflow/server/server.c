/* Answers lines with their number of words, on a socket in the working directory; one client after another. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

__attribute__((noinline)) static int words(const char *line, int size) {
  int words = 0;
  for (int i = 0, inside = 0; i < size; i++) {
    int letter = line[i] > ' ';
    words += letter && !inside;
    inside = letter;
  }
  return words;
}

__attribute__((noinline)) static void answer(int client, const char *line, int size) {
  char text[16];
  int length = snprintf(text, sizeof text, "%d\n", words(line, size));
  (void)!write(client, text, (size_t)length);
}

int main(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "server.socket"};
  char line[4096];
  int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  unlink(address.sun_path);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1) != 0) {
    perror("server");
    return EXIT_FAILURE;
  }
  for (;;) {
    int client = accept(listener, NULL, NULL);
    for (ssize_t size; (size = read(client, line, sizeof line)) > 0;) {
      answer(client, line, (int)size);
    }
    close(client);
  }
}
