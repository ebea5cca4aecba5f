# shellcheck shell=bash
# For the benchmarks that compare pgofs with serve.c: an image of any size, and both servers of the same bytes.
work=$(mktemp -d)
readonly work
chmod 711 "$work"
export PGOFS_SEGMENT_DIR=$work/segments PGOFS_LOG=$work/log

clean_up() {
  trap - EXIT INT TERM
  umount -l "$work"/{pgofs,c,segments} 2>/dev/null || true
  [ -z "${publisher_PID-}" ] || kill "$publisher_PID" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

await() {
  local i
  for ((i = 0; i < 30000; i++)); do
    if "$@"; then return; fi
    read -rt 0.01 <> <(:) || true
  done
  echo "pgofs bench: waited too long for: $*" >&2
  exit 1
}

start_c() {
  "$work/serve" "$work/bytes" "$work/c" &
  serve=$!
  await test -e "$work/c/profraw"
}

stop_c() {
  umount "$work/c"
  wait "$serve"
}

start_pgofs() { pgofs mount --segment-dir "$PGOFS_SEGMENT_DIR" "$work/pgofs"; }

stop_pgofs() { pgofs umount "$work/pgofs"; }

# FUNCTIONS COUNTERS PROCESSES [IMAGES]: an image, or more, with so many functions of so many counters each, and processes.
publish_processes() {
  cc -std=gnu11 -O2 -I"$here/../../counters/src/main/c" "$here/publish.c" -o "$work/publish"
  cc -std=gnu11 -O2 -I"$here/../../counters/src/main/c" "$here/freeze.c" -o "$work/freeze"
  mkdir -p "$work"/{pgofs,c,segments}
  mount -t tmpfs -o size=0,nr_inodes=0,mode=1733 segments "$work/segments"
  coproc publisher { "$work/publish" "$@"; }
  read -ru "${publisher[0]}"
}

# KIND FILE WHAT GOAL: a line on what adds up the counters of all processes; $rounds is how often.
adds() {
  progress "$3"
  "$work/freeze" "$1" 3 "$work/segments" "$work/pgofs/pgo/$2" >/dev/null # warms up
  local c pgofs ratio least most
  read -r c pgofs ratio least most < <("$work/freeze" "$1" "$rounds" "$work/segments" "$work/pgofs/pgo/$2")
  progress
  printf '%-32s C %8.1f us   pgofs %8.1f us   pgofs/C %5.2f  [%.2f to %.2f]   (goal: at most %s)\n' "$3" \
    "$c" "$pgofs" "$ratio" "$least" "$most" "$4"
}

# KIND CALLS GOAL WHAT: a line on calls of one file of both servers; $rounds is how often.
measure() {
  progress "$4"
  "$work/calls" "$1" 5 "$2" "$work/c/profraw" "$work/pgofs/pgo/profraw" >/dev/null # warms up
  local c pgofs ratio
  read -r c pgofs ratio < <("$work/calls" "$1" "$rounds" "$2" "$work/c/profraw" "$work/pgofs/pgo/profraw")
  progress
  printf '%-32s C %8.1f us   pgofs %8.1f us   pgofs/C %5.2f   (goal: at most %s)\n' "$4" "$c" "$pgofs" "$ratio" "$3"
}

build_serve() {
  cc -std=gnu11 -O2 "$here/calls.c" -o "$work/calls"
  cc -std=gnu11 -O2 -D_FILE_OFFSET_BITS=64 -I/usr/include/fuse "$here/serve.c" -lfuse -o "$work/serve"
}

# FUNCTIONS COUNTERS: such an image with one process, and its profile as $work/bytes.
publish() {
  publish_processes "$1" "$2" 1
  build_serve
  start_pgofs
  cp "$work/pgofs/pgo/profraw" "$work/bytes"
  stop_pgofs
  [ -s "$work/bytes" ] || { echo "pgofs bench: the profile is empty; $(grep -m1 dropped "$work/log")" >&2; exit 1; }
  echo "a profile of $(stat -c %s "$work/bytes") bytes, medians"
}
