#!/bin/sh
# Builds the target runtime for all machines, in DIRECTORY for this one and in DIRECTORY/MACHINE for the others: of those
# for which there is a cross compiler. Usage: build_all.sh DIRECTORY
set -eu
source=$(CDPATH="" cd "$(dirname "$0")" && pwd)
directory=$1
"$source/build.sh" "$directory/libpgofs_rt.a"
for machine in x86_64 aarch64; do
  tools=$machine-linux-gnu
  rm -rf "${directory:?}/$machine"
  mkdir -p "$directory/$machine"
  if [ "$machine" = "$(uname -m)" ]; then
    ln -s ../libpgofs_rt.a ../libpgofs_none.a "$directory/$machine"
  elif command -v "$tools-gcc" >/dev/null; then
    CC=$tools-gcc OBJCOPY=$tools-objcopy AR=$tools-ar "$source/build.sh" "$directory/$machine/libpgofs_rt.a"
  else
    echo "no runtime for programs on $machine: there is no $tools-gcc (Debian's package gcc-$(echo "$tools" | tr _ -))" >&2
  fi
done
