#!/bin/sh
# Whatever happens to a program, with the runtime it does and prints what it does and prints without; and its calls are
# counted, once each. Usage: undisturbed.sh ARCHIVE DIRECTORY COMPILER LINKER, as targets.sh has them.
set -eu
. "$(dirname "$0")/targets.sh"

build() { # NAME FLAGS...: NAME with tick() alone instrumented, NAME-all, and NAME-plain, which knows nothing of pgofs
  name=$1
  shift
  set -- -Qunused-arguments "$@"
  "$compiler" -O2 -fPIC -Wall -Wextra -Werror "$@" -c "$tests/target_scenes.c" -o "$work/scenes.o"
  "$compiler" -O2 -fPIC "$@" -c "$tests/target_tick.c" -o "$work/tick.o"
  "$compiler" -fuse-ld="$linker" "$@" "$work/scenes.o" "$work/tick.o" -pthread -o "$work/$name-plain"
  compile "$work/tick.o" "$@"
  link_target "$work/$name" "$@" "$work/scenes.o" "$work/tick.o" -pthread
  link_target "$work/$name-all" -O2 "$@" "$tests/target_scenes.c" "$tests/target_tick.c" -pthread
}

# What a command prints and how it ends; numbers of processes and addresses differ each time.
says() {
  status=0
  "$@" > "$work/said" 2>&1 || status=$?
  sed -E 's/process [0-9]+|==[0-9]+==/PROCESS/g; s/0x[0-9a-f]+/ADDRESS/g; s/(scenes|early)(-[a-z]+)*/SCENES/g' "$work/said"
  echo "status $status"
}

# The number of segments, and the sum of their counts.
counted() {
  totals | awk '{ for (i = 1; i <= NF; i++) sum += $i; print NF + 0, sum + 0 }'
}

same() { # SCENE SEGMENTS-AND-COUNTS COMMAND...: COMMAND runs the program and the scene, which it is given
  scene=$1 expected=$2
  shift 2
  plain=$(says "$@" "$work/$build-plain" "$scene")
  fresh
  is "$build $scene $*" "$plain" "$(says "$@" "$work/$build" "$scene")"
  is "$build $scene $*: counts" "$expected" "$(counted)"
  is "$build $scene $*: left behind" 0 "$(files t-)"
  fresh
  is "$build-all $scene $*" "$plain" "$(says "$@" "$work/$build-all" "$scene")"
}

refusals() {
  printf '%s%s' "$(refused)" "$(find "$segments" -name 'r-*' -printf '%f ' | sed -E 's/(r-.)-[0-9a-f]{30}/\1/g')"
}

should_behave_as_without() {
  same plain "2 11"
  same forks "1001 1000"
  same bomb "64 64"
  same handler "11 110"
  same spawn "3 12"
  same locked "2 11"
  same no_descriptors "1 111"
  same no_file_size "1 11"
  same no_address_space "1 11"
  same filtered "1 11"
  same jailed "1 11"
  same another_user "1 11"
  same plain "2 11" setpriv --bounding-set -all --inh-caps -all
  same plain "2 11" env LD_BIND_NOW=1
}

# Each child of the many has one call; the threads' calls are in one segment.
should_fork_while_others_count() {
  fresh
  is "$build threads" "$(says "$work/$build-plain" threads)" "$(says "$work/$build" threads)"
  is "$build threads: children" 50 "$(totals | tr ' ' '\n' | grep -c '^1$')"
  is "$build threads: segments" 51 "$(files s-)"
}

should_not_be_where_a_thread_is_cancelled() {
  link_target "$work/library.so" -shared -fPIC -O2 "$tests/target_library.c"
  link_target "$work/cancelled" -O2 "$tests/target_cancelled.c" "$tests/target_tick.c" -pthread
  for what in fork open; do
    fresh
    is "cancelled $what" "status 42" "$(says "$work/cancelled" $what)"
    is "cancelled $what: segments" 2 "$(files s-)"
  done
}

should_keep_off_the_standard_descriptors() {
  fresh
  strace -f -o "$work/trace" "$work/scenes" plain <&- >&- 2>&- || true
  is "closed descriptors: counts" "2 11" "$(counted)"
  is "closed descriptors: written through" yes "$(grep -q 'pwrite64([3-9],' "$work/trace" && echo yes)"
  is "closed descriptors: written through low ones" 0 "$(grep -c 'pwrite64([012],' "$work/trace" || true)"
}

# SCENE SEGMENTS-AND-COUNTS CHANGE: lets the program wait while CHANGE is done to its surroundings.
while_waiting() {
  rm -f "$work/in" "$work/out" "$work/status"
  mkfifo "$work/in" "$work/out"
  (PGOFS_SEGMENT_DIR=$directory "$work/scenes" wait < "$work/in" > "$work/out" 2>&1 ||
    echo "status $?" > "$work/status") &
  exec 8> "$work/in" 9< "$work/out"
  read -r line <&9
  is "$2: waits" waiting "$line"
  eval "$1"
  echo >&8
  is "$2" "wait: 10 calls" "$(cat <&9)"
  exec 8>&- 9<&-
  wait
  is "$2: status" "status 42" "$(cat "$work/status")"
}

segments_in() { # DIRECTORY
  find "$1" -name 's-*' | wc -l
}

should_run_on_when_its_surroundings_change() {
  directory=$segments
  fresh
  while_waiting 'rm "$segments"/s-*' "segment deleted"
  is "segment deleted: the child's" "1 100" "$(counted)"
  fresh
  while_waiting 'chmod 0755 "$segments"' "directory not sticky"
  chmod 1733 "$segments"
  is "directory not sticky" "1 110" "$(counted)"
  directory=$work/other
  mkdir -p "$directory"
  mount -t tmpfs -o size=32k,mode=1733 pgofs-test "$directory"
  while_waiting 'dd if=/dev/zero of="$directory/fill" 2> /dev/null || true' "full at fork"
  is "full at fork: segments" 1 "$(segments_in "$directory")"
  is "full at fork: counts" 110 "$("$work/dump" "$directory"/s-* | cut -d " " -f 1)"
  rm "$directory"/*
  while_waiting 'is "remounted smaller: refused" 1 "$(mount -o remount,size=4k "$directory" 2> /dev/null || echo 1)"' \
    "remounted smaller"
  rm "$directory"/*
  while_waiting 'is "read-only: refused" 1 "$(mount -o remount,ro "$directory" 2> /dev/null || echo 1)"' \
    "remounted read-only"
  umount "$directory"
  mount -t tmpfs -o size=0,mode=1733 pgofs-test "$directory"
  while_waiting 'umount -l "$directory"' "unmounted lazily"
  is "unmounted lazily: left behind" 0 "$(segments_in "$directory")"
  mount -t tmpfs -o size=0,mode=1733 pgofs-test "$directory"
  while_waiting 'umount -l "$directory"; mount -t tmpfs -o size=0,mode=1733 pgofs-test "$directory"' "replaced"
  is "replaced: left behind" 0 "$(segments_in "$directory")"
  while_waiting 'umount -l "$directory"; rmdir "$directory"' "removed"
  mkdir "$directory"
  if mount -t tmpfs -o size=0,huge=always,mode=1733 pgofs-test "$directory" 2> /dev/null; then
    while_waiting : "huge pages"
    is "huge pages" "10 100 " \
      "$(for file in "$directory"/s-*; do "$work/dump" "$file"; done | cut -d " " -f 1 | sort -n | tr "\n" " ")"
    umount "$directory"
  fi
}

# The file is made with a mode by which its own user does not open it for writing without meaning to.
should_keep_a_user_from_truncating_by_a_slip() {
  fresh
  (cd / && setpriv --reuid 65534 --clear-groups "$work/scenes" once > /dev/null) || true
  segment=$(echo "$segments"/s-*)
  for user in 65534 65533; do
    is "user $user" refused \
      "$(setpriv --reuid $user --clear-groups sh -c 'true > "$0" || echo refused' "$segment" 2> /dev/null)"
  done
  is "own user: counts" "1 1" "$(counted)"
}

# What cannot publish prints what it prints, and its reason is counted.
refused_same() { # REASONS SCENE COMMAND...
  expected=$1 scene=$2
  shift 2
  plain=$(says "$@" "$work/scenes-plain" "$scene")
  fresh
  is "refused $expected: $*" "$plain" "$(says "$@" "$work/scenes" "$scene")"
  is "refused $expected: $*: reasons" "$expected" "$(refusals)"
  is "refused $expected: $*: left behind" 0 "$(find "$segments" -name '[st]-*' | wc -l)"
}

failing() { # CALL-AND-ERROR: what prefixes a command to let its own system calls of that kind fail
  echo "strace -qq -f -o /dev/null -e trace=${1%%:*} -e inject=$1"
}

should_count_each_refusal() {
  refused_same "r-2 " plain sh -c 'ulimit -f 0; exec "$0" "$@"'
  refused_same "2" plain sh -c 'ulimit -f 1; exec "$0" "$@"'
  refused_same "r-2 " plain prlimit --nofile=4:4
  refused_same "7" no_address_space_at_start
  refused_same "7" no_locked_memory_at_start setpriv --reuid 65534 --clear-groups
  # shellcheck disable=SC2046 # a list of words
  {
    refused_same "1" plain $(failing ftruncate:error=ENOSPC)
    refused_same "3" plain $(failing renameat:error=EROFS)
    refused_same "8" plain $(failing pwrite64:error=EIO)
  }
  fresh
  link_target "$work/damaged" "$work/scenes.o" "$tests/target_damaged.c" -pthread
  is "damaged" "$(says "$work/scenes-plain" plain)" "$(says "$work/damaged" plain | sed 's/damaged/SCENES/g')"
  is "damaged: reason" 6 "$(refusals)"
}

should_bear_tools() {
  same plain "2 11" strace -qq -f -o /dev/null
  same plain "2 11" valgrind -q --error-exitcode=9
  same plain "2 11" gdb -q -nx -batch -ex run -ex "print 1" --args
}

should_publish_a_library_in_a_program_without() {
  link_target "$work/library.so" -shared -fPIC -O2 "$tests/target_library.c"
  fresh
  is "preloaded" "hello" "$(LD_PRELOAD=$work/library.so /bin/echo hello 2>&1)"
  is "preloaded: path" "$work/library.so" "$(field 3)"
}

# The calls of a kind that docs/reliability.md lists.
documented() { # KIND
  sed -n "s/^| $1 | \(.*\) |/\1/p" "$tests/../../../../docs/reliability.md" | grep -o '`[a-z0-9_]*`' | tr -d '`'
}

# From the first call that names the segment directory on, to the first that the program makes itself.
should_make_the_documented_system_calls() {
  fresh
  "$work/scenes-all" once > /dev/null || true
  for kind in start fork; do
    strace -f -o "$work/trace" "$work/scenes-all" plain > /dev/null || true
    awk -v kind=$kind -v directory="$segments" '
      $2 ~ /^fcntl/ { started = 1 }
      kind == "start" && !started && (index($0, directory) || calls) { calls = 1 }
      kind == "fork" && $2 ~ /^set_robust_list/ && started { child = $1 }
      $2 ~ /^exit_group/ && $1 == child { child = "" }
      { name = $2; sub(/\(.*/, "", name) }
      (calls && !started) || (child != "" && $1 == child && name != "set_robust_list" && name != "exit_group") {
        if (name ~ /^[a-z]/) print name
      }' "$work/trace" | sort -u > "$work/calls"
    is "calls at $kind" "$(documented $kind | sort -u | tr '\n' ' ')" "$(tr '\n' ' ' < "$work/calls")"
  done
  for program in scenes-plain scenes-all; do
    PGOFS_DISABLE=1 strace -f -o "$work/trace" "$work/$program" once > /dev/null || true
    sed 's/^[0-9]* *//; s/(.*//' "$work/trace" | sort > "$work/$program.calls"
  done
  is "calls when disabled" "$(cat "$work/scenes-plain.calls")" "$(cat "$work/scenes-all.calls")"
  # Of a library that is closed: those of the loader, and ours.
  link_target "$work/ending.so" -shared -fPIC -O2 -DLIBRARY "$tests/target_ending.c"
  fresh
  strace -f -o "$work/trace" python3 -c '
import ctypes, os, sys
library = ctypes.CDLL(sys.argv[1])
library.spin(2)
os.write(1, b"opened")
import _ctypes
_ctypes.dlclose(library._handle)
os.write(1, b"closed")' "$work/ending.so" > /dev/null
  is "opened in a program without" 1 "$(files s-)"
  is "calls at dlclose" "$(documented dlclose) munmap" \
    "$(sed '1,/"opened/d; /"closed/,$d' "$work/trace" | awk '{ sub(/\(.*/, "", $2); print $2 }' | sort -u | xargs)"
}

# With another C library than the one that the runtime was built with.
should_publish_with_musl() {
  fresh
  compile "$work/tick.o"
  echo 'void tick(void); int main(void) { tick(); return 42; }' > "$work/musl.c"
  for flags in -no-pie -static; do
    musl-gcc "$flags" "$work/musl.c" "$work/tick.o" -u__llvm_profile_runtime "$archive" -o "$work/musl$flags"
    is "musl $flags" "status 42" "$(says "$work/musl$flags")"
  done
  is "musl: counts" "2 2" "$(counted)"
  is "musl: paths" "$work/musl-no-pie $work/musl-static" \
    "$(for segment in "$segments"/s-*; do "$work/dump" "$segment"; done | cut -d " " -f 3 | sort | paste -s -d " ")"
}

build=early
build early -DEARLY
same early "1 112"
build=scenes
build scenes
should_behave_as_without
should_fork_while_others_count
should_not_be_where_a_thread_is_cancelled
should_keep_off_the_standard_descriptors
should_run_on_when_its_surroundings_change
should_keep_a_user_from_truncating_by_a_slip
should_count_each_refusal
should_bear_tools
should_publish_a_library_in_a_program_without
should_publish_with_musl
should_make_the_documented_system_calls
for flags in -static -static-pie -fsanitize=address,undefined; do
  build=scenes$(echo "$flags" | tr -c 'a-z\n' -)
  build "$build" "$flags"
  same plain "2 11"
  same spawn "3 12"
  same handler "11 110"
done
build=scenes-threads
build "$build" -fsanitize=thread
same plain "2 11"
should_fork_while_others_count
[ "$failures" = 0 ]
