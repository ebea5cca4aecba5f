#!/bin/sh
# Tests the target runtime. Usage: run.sh ARCHIVE. Needs root (it mounts a tmpfs, in a mount namespace of its own), a C
# compiler with sanitizers, clang-14 and clang-19 with lld, mold, musl-gcc, strace, valgrind and gdb; for AArch64 a cross
# compiler and QEMU's user mode.
set -eu
if [ "${PGOFS_TEST_NAMESPACE:-}" != 1 ]; then
  PGOFS_TEST_NAMESPACE=1 exec unshare -m "$0" "$@"
fi
tests=$(cd "$(dirname "$0")" && pwd)
main=$tests/../../main/c
archive=$1
work=$archive.tests
rm -rf "$work"
mkdir -p "$work/segments"
"$tests/includes.sh" "$main"
mount -t tmpfs -o size=0,nr_inodes=0,mode=1733,nosuid,nodev,noexec pgofs-test "$work/segments"

flags="-std=c11 -D_GNU_SOURCE -g -Wall -Wextra -Werror -I$main"
sanitized="$flags -fsanitize=address,undefined -fno-sanitize-recover=all"
# shellcheck disable=SC2086 # lists of flags
{
  ${CC:-cc} $flags "$tests/pgofs_layout.c" -o "$work/layout"
  ${CC:-cc} $flags "$tests/pgofs_dump.c" -o "$work/dump"
  ${CC:-cc} $sanitized "$tests/records_test.c" "$main/records.c" -o "$work/records_test"
  ${CC:-cc} $sanitized "$tests/file_identity_test.c" "$main/mapping.c" -o "$work/file_identity_test"
  ${CC:-cc} $sanitized -pthread "$tests/values_test.c" "$main/values.c" -o "$work/values_test"
  ${CC:-cc} $sanitized "$tests/image_file_test.c" "$main/records.c" "$main/image_file.c" "$main/file_identity.c" \
    "$main/mapping.c" "$main/directory.c" -o "$work/image_file_test"
  aarch64-linux-gnu-gcc $flags -static "$tests/image_file_test.c" "$main/records.c" "$main/image_file.c" \
    "$main/file_identity.c" "$main/mapping.c" "$main/directory.c" -o "$work/image_file_test.aarch64"
}
# The Java side compares its own constants with these.
"$work/layout" > "$(dirname "$archive")/layout.properties"
"$work/records_test"
"$work/values_test"
while [ $(($(date +%s) - $(stat -c %Z "$work/file_identity_test"))) -lt 4 ]; do sleep 0.1; done
"$work/file_identity_test"
"$work/image_file_test" "$work/segments"
# The same records for two machines are two images.
case $("$work/image_file_test") in
  "$(qemu-aarch64 "$work/image_file_test.aarch64")")
    echo "an image of AArch64 has the key of one of this machine" >&2
    exit 1
    ;;
esac
for test in behaviour interface values wrapped; do
  for linker in bfd lld-14 mold; do
    "$tests/$test.sh" "$archive" "$work" clang-14 "$linker"
  done
  "$tests/$test.sh" "$archive" "$work" clang-19 lld-19
done
"$tests/undisturbed.sh" "$archive" "$work" clang-14 bfd
