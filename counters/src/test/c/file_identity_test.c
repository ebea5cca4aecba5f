/* A file is known again only if it is the one that is mapped, and has not changed lately. Usage: file_identity_test, which
 * was linked some seconds ago, on a file system that is told of changes. */
#include "../../main/c/file_identity.c"
#include "check.h"

extern const char __ehdr_start[];

static bool is_settled_after(long seconds) {
  struct timespec changed;
  CHECK(pgofs_sys_clock_gettime(CLOCK_REALTIME, &changed) == 0);
  changed.tv_sec -= seconds;
  return is_settled(&changed);
}

static void should_wait_until_no_change_can_have_the_same_time(void) {
  CHECK(!is_settled_after(-1000) && !is_settled_after(-1) && !is_settled_after(0) && !is_settled_after(SETTLED));
  CHECK(is_settled_after(SETTLED + 1) && is_settled_after(1000000));
}

static void should_tell_the_mapped_file_from_others(void) {
  struct pgofs_self self = {.header = (uintptr_t)__ehdr_start, .file = "/proc/self/exe"};
  struct pgofs_file_identity identity;
  struct stat status;
  CHECK(stat("/proc/self/exe", &status) == 0 && pgofs_file_identify(&identity, &self));
  CHECK(identity.device == status.st_dev && identity.inode == status.st_ino && identity.size == (uint64_t)status.st_size);
  CHECK(identity.changed_s == (uint64_t)status.st_ctim.tv_sec && identity.changed_ns == (uint64_t)status.st_ctim.tv_nsec);
  self.file = "/bin/sh"; /* as if it had been replaced */
  CHECK(!pgofs_file_identify(&identity, &self));
  self.file = "/nowhere/at/all";
  CHECK(!pgofs_file_identify(&identity, &self));
  self.file = NULL;
  CHECK(!pgofs_file_identify(&identity, &self));
  self = (struct pgofs_self){.header = (uintptr_t)&self, .file = "/proc/self/exe"}; /* where no file is mapped */
  CHECK(!pgofs_file_identify(&identity, &self));
}

int main(void) {
  should_wait_until_no_change_can_have_the_same_time();
  should_tell_the_mapped_file_from_others();
  return check_failures != 0;
}
