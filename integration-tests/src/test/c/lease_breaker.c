/* Opens all segments of a directory for writing and closes them, without a pause. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  DIR *directory = argc == 2 ? opendir(argv[1]) : 0;
  if (!directory) return 1;
  for (;;) {
    struct dirent *entry = readdir(directory);
    if (!entry) {
      rewinddir(directory);
    } else if (strncmp(entry->d_name, "s-", 2) == 0) {
      close(openat(dirfd(directory), entry->d_name, O_WRONLY | O_NONBLOCK));
    }
  }
}
