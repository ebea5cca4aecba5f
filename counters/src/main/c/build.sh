#!/bin/sh
# Builds the target runtime. Usage: build.sh ARCHIVE; the compiler is ${CC:-cc}.
# All of it is one archive member: whatever brings in a part brings in the constructor and the sections.
set -eu
source=$(cd "$(dirname "$0")" && pwd)
archive=$1
objects=$archive.objects
compiler=${CC:-cc}

rm -rf "$archive" "$objects"
mkdir -p "$objects"
for file in "$source"/*.c "$source"/*.S; do
  # shellcheck disable=SC2086 # CC may have arguments
  $compiler -std=c11 -D_GNU_SOURCE -O2 -g0 -fPIC -fvisibility=hidden -ffunction-sections -fno-stack-protector -fno-lto \
    -fno-asynchronous-unwind-tables -Wall -Wextra -Werror -c "$file" -o "$objects/$(basename "$file").o"
done
# shellcheck disable=SC2086
$compiler -r -nostdlib -Wl,--build-id=none "$objects"/*.o -o "$objects/pgofs.o"
ar rcs "$archive" "$objects/pgofs.o"
rm -r "$objects"
