#!/bin/sh
# Checks that the parts of the target runtime include one another in one direction only: NAME.c and NAME.h are one part,
# and tsort finds no order if a part includes one that is above it. Usage: includes.sh DIRECTORY, that of the runtime.
set -eu
cd "$1"
parts() { # of each part, and of what it includes: two names a line
  find . -name '*.[chS]' | while read -r file; do
    sed -n 's/^ *# *include "\(.*\)".*/\1/p' "$file" | while read -r included; do
      from=${file%.*}
      to=$(realpath --relative-to=. "$(dirname "$file")/${included%.*}")
      echo "${from#./} $to"
    done
  done
}
if ! circle=$(parts | sort -u | tsort 2>&1 > /dev/null); then
  echo "parts of the runtime include one another in a circle:" >&2
  echo "$circle" >&2
  exit 1
fi
