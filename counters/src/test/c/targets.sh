# Sourced by the tests of the runtime in real programs, with the arguments ARCHIVE DIRECTORY COMPILER LINKER; DIRECTORY
# has "dump", and "segments", an unlimited tmpfs.
# shellcheck shell=sh
tests=$(cd "$(dirname "$0")" && pwd)
archive=$1
work=$2
compiler=$3
linker=$4
segments=$work/segments
failures=0
export PGOFS_SEGMENT_DIR="$segments" TARGET_LIBRARY="$work/library.so"

is() { # WHAT EXPECTED FOUND
  if [ "$2" != "$3" ]; then
    echo "$compiler $linker: $1: expected '$2', found '$3'" >&2
    failures=$((failures + 1))
  fi
}

fresh() {
  rm -rf "$segments"/* "$segments"/.refused
  install -m 0622 /dev/null "$segments/.refused"
}

# The totals of all segments, in order.
totals() {
  for segment in "$segments"/s-*; do
    [ ! -e "$segment" ] || "$work/dump" "$segment"
  done | cut -d ' ' -f 1 | sort -n | tr '\n' ' '
}

field() { # NUMBER, of the only segment
  "$work/dump" "$segments"/s-* | cut -d ' ' -f "$1"
}

files() { # PREFIX
  find "$segments" -name "$1*" | wc -l
}

refused() {
  od -An -tu1 "$segments/.refused" | tr -d ' \n'
}

compile() { # OUTPUT FLAGS...
  output=$1
  shift
  "$compiler" -O2 -fPIC -fprofile-generate "$@" -c "$tests/target_tick.c" -o "$output"
}

link_target() { # OUTPUT FLAGS AND FILES...
  output=$1
  shift
  "$compiler" -fuse-ld="$linker" -fprofile-generate -Wl,--fatal-warnings "$@" "$archive" -o "$output"
}
