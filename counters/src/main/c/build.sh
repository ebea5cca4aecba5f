#!/bin/sh
# Builds the target runtime for one machine. Usage: build.sh ARCHIVE; the compiler is ${CC:-cc}, the other tools are
# ${OBJCOPY:-objcopy} and ${AR:-ar}.
# All that a program needs is the first archive member: whatever brings in a part brings in the constructor and the
# sections. The last one is for mold (strong_runtime.c), and has to be the last: other linkers take what comes first.
# Beside it: libpgofs_none.a, for programs without a C library; in running/, for a kernel that can be read while it runs, pgofs.o
# for vmlinux and module.o for each of its modules, with the linker scripts for both. For x86-64 also, in um/, for user-mode
# Linux, modules.o for the kernel and module.o for each of its modules.
set -eu
source=$(CDPATH="" cd "$(dirname "$0")" && pwd)
archive=$1
objects=$archive.objects
compiler=${CC:-cc}
machine=$($compiler -dumpmachine)
machine=${machine%%-*}

rm -rf "$archive" "$objects"
mkdir -p "$objects"

case $machine in
  # Atomic operations are instructions, not calls of the compiler's library; code for programs with BTI and PAC, which
  # others do not notice.
  aarch64) flags="-mno-outline-atomics -mbranch-protection=standard" ;;
  *) flags= ;;
esac

compile() { # OBJECT SOURCE FLAG...
  object=$1 file=$2
  shift 2
  # shellcheck disable=SC2086 # CC may have arguments
  $compiler -std=c11 -D_GNU_SOURCE -U_FORTIFY_SOURCE -O2 -g0 -fvisibility=hidden -fno-stack-protector -fno-lto \
    -fno-asynchronous-unwind-tables -Wall -Wextra -Werror $flags "$@" -c "$file" -o "$object"
}

# The names of memory.c, in the place of the C library's.
keep_from_libc() { # OBJECT
  ${OBJCOPY:-objcopy} --redefine-sym memcpy=pgofs_memcpy --redefine-sym memset=pgofs_memset \
    --redefine-sym memcmp=pgofs_memcmp --redefine-sym strlen=pgofs_strlen "$1"
}

join() { # OBJECT PART...
  object=$1
  shift
  # shellcheck disable=SC2086
  $compiler -r -nostdlib -Wl,--build-id=none "$@" -o "$object"
}

for file in "$source"/*.c "$source"/*.S; do
  case ${file##*/} in internal.c | strong_runtime.c | no_libc.c) continue ;; esac
  compile "$objects/$(basename "$file").o" "$file" -fPIC -ffunction-sections
  keep_from_libc "$object"
done
join "$objects/pgofs.o" "$objects"/*.o
compile "$objects/internal.o" "$source/internal.c" -fPIC
compile "$objects/strong_runtime.o" "$source/strong_runtime.c" -fPIC
${AR:-ar} rcs "$archive" "$objects/pgofs.o" "$objects/internal.o" "$objects/strong_runtime.o"

beside=$(dirname "$archive")
compile "$objects/no_libc.o" "$source/no_libc.c" -fPIC -ffreestanding
${AR:-ar} rcs "$beside/libpgofs_none.a" "$objects/no_libc.o"

user_mode_linux() {
  mkdir -p "$beside/um"
  for file in modules.c export.S; do
    compile "$objects/um-$file.o" "$source/kernel/um/$file" -fno-pic
    keep_from_libc "$object"
  done
  join "$beside/um/modules.o" "$objects"/um-*.o
  # A module may be far from the kernel, and is no user of the C library.
  for file in kernel/um/module.c kernel/um/import.S values.c; do
    compile "$objects/um_module-$(basename "$file").o" "$source/$file" -fno-pic -mcmodel=large -ffreestanding -fcf-protection=none
  done
  join "$beside/um/module.o" "$objects"/um_module-*.o
}

# Code of a kernel: its addresses, no registers but the general ones, and a landing at each function. For x86-64 its stack, for
# AArch64 the register that it may have for another stack.
running() { # OBJECT FLAG...
  part=$1
  shift
  for name in values.c note.S; do
    # shellcheck disable=SC2086
    compile "$objects/running-$part-$name.o" "$source/kernel/running/$name" -fno-pic -ffreestanding -mgeneral-regs-only \
      -fno-tree-vectorize $kernel_flags "$@"
  done
  join "$beside/running/$part.o" "$objects/running-$part"-*.o
}

case $machine in
  x86_64)
    user_mode_linux
    kernel_flags="-mcmodel=kernel -mno-red-zone -fcf-protection=branch"
    scripts=$source/kernel/running
    ;;
  aarch64)
    kernel_flags="-ffixed-x18 -mbranch-protection=bti"
    scripts=$source/kernel/running/arm64
    ;;
esac
mkdir -p "$beside/running"
cp "$source/kernel/running/pgofs.sections.lds" "$source/kernel/running/module.lds" "$scripts/pgofs.lds" "$beside/running"
running pgofs
running module -DMODULE
rm -r "$objects"
