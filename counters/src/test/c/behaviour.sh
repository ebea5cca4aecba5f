#!/bin/sh
# What the runtime does in real programs, and when it leaves them alone.
# Usage: behaviour.sh ARCHIVE DIRECTORY COMPILER LINKER, as targets.sh has them.
set -eu
. "$(dirname "$0")/targets.sh"

"$compiler" -O2 -fPIC -Wall -Wextra -Werror -c "$tests/target.c" -o "$work/target.o"
compile "$work/tick.o"
link_target "$work/target" "$work/target.o" "$work/tick.o" -Wl,--gc-sections
link_target "$work/static" "$work/target.o" "$work/tick.o" -static -Wl,--no-fatal-warnings 2> /dev/null
link_target "$work/library.so" -shared -fPIC -O2 "$tests/target_library.c"

should_publish() {
  fresh
  is "output" "" "$("$work/target" ttt 2>&1)"
  is "counts" "3 " "$(totals)"
  is "image file" "$(basename "$segments"/i-*)" "$(field 2)"
  is "path" "$work/target" "$(field 3)"
  is "temporary files" 0 "$(files t-)"
  is "mode" "400 400 " "$(stat -c %a "$segments"/[si]-* | tr '\n' ' ')"
  is "verbose" 1 "$(PGOFS_VERBOSE=1 "$work/target" 2>&1 | grep -c "^pgofs: $work/target: published as s-")"
  is "one image file" 1 "$(files i-)"
  is "refused" "" "$(refused)"
}

# Where a signal would end the program that writes.
should_live_though_it_is_verbose() {
  fresh
  rm -f "$work/grown"
  is "no file may grow" "0 0" \
    "$(ulimit -f 0; PGOFS_VERBOSE=1 "$work/target" t 2> "$work/grown"; echo "$? $(stat -c %s "$work/grown")")"
  is "nobody reads" 0 "$(PGOFS_VERBOSE=1 python3 -c '
import os, subprocess, sys
ours, theirs = os.pipe()
os.close(ours)
print(subprocess.call([sys.argv[1], "t"], stderr=theirs))' "$work/target")"
  is "counts of what nobody reads" "1 " "$(totals)"
}

should_do_without_proc() {
  fresh
  unshare -m sh -c 'umount -l /proc && exec "$@"' sh "$work/target" t
  is "counts" "1 " "$(totals)"
  is "path" "$work/target" "$(field 3)"
}

should_leave_programs_alone() {
  fresh
  is "no directory" "" "$(PGOFS_SEGMENT_DIR=/nowhere/at/all "$work/target" t 2>&1)"
  is "verbose without directory" "pgofs: not published: no segment directory" \
    "$(PGOFS_VERBOSE=1 PGOFS_SEGMENT_DIR=/nowhere/at/all "$work/target" t 2>&1)"
  PGOFS_DISABLE=1 "$work/target" tft
  is "disabled" 0 "$(files s-)"
  mkdir -p "$work/no-tmpfs"
  chmod 1777 "$work/no-tmpfs"
  is "another file system" "pgofs: not published: the segment directory is not on a tmpfs" \
    "$(PGOFS_VERBOSE=1 PGOFS_SEGMENT_DIR="$work/no-tmpfs" "$work/target" t 2>&1)"
  chmod 0733 "$segments"
  "$work/target" t
  chmod 1733 "$segments"
  chown 65534 "$segments"
  "$work/target" t
  chown 0 "$segments"
  is "not root's or not sticky" 0 "$(files s-)"
  is "relative directory" "" "$(cd "$work" && PGOFS_SEGMENT_DIR=segments "$work/target" t 2>&1)"
  is "relative directory" 0 "$(files s-)"
}

# A setuid program publishes where it always would, whoever starts it. /run is hidden, lest that be here.
should_not_trust_the_environment_of_others() {
  install -m 4755 "$work/target" "$work/setuid"
  for user in 0 65534; do
    fresh
    is "setuid: verbose" "" "$(unshare -m sh -c 'mount -t tmpfs tmpfs /run && cd / && exec "$@"' sh \
      setpriv --reuid $user --clear-groups env PGOFS_VERBOSE=$((user != 0)) "$work/setuid" t 2>&1)"
    is "setuid: segments" "$((user == 0))" "$(files s-)"
  done
}

should_keep_what_was_counted_before() {
  fresh
  "$work/target" pttft
  is "counts" "1 4 " "$(totals)"
  for flags in -pie -static; do
    "$compiler" -O1 -fPIC -Qunused-arguments -c "$tests/target_early_fork.c" -o "$work/early_fork.o"
    for objects in "$archive $work/early_fork.o" "$work/early_fork.o"; do
      fresh
      # shellcheck disable=SC2086 # a list of files
      link_target "$work/early_fork" $flags $objects "$work/tick.o"
      "$work/early_fork"
      is "counts before an early fork, $flags" "1 5 " "$(totals)"
    done
  done
}

should_keep_errno() {
  fresh
  is "errno, published" 77 "$("$work/target" e)"
  is "errno, no directory" 77 "$(PGOFS_SEGMENT_DIR=/nowhere "$work/target" e)"
}

should_give_a_forked_child_its_own_segment() {
  fresh
  "$work/target" ttftv
  is "fork, vfork" "2 4 " "$(totals)"
  is "one image file" 1 "$(files i-)"
  fresh
  "$work/target" tutft
  is "a child of another user shares on" "4 " "$(totals)"
  fresh
  (ulimit -f 1 && exec "$work/target" tft)
  is "an unshared parent's child" "" "$(totals)"
}

should_follow_a_library() {
  fresh
  "$work/target" tocftof
  # Of the program: 2 in the parent, 1 in the first child, 0 in those of the second fork; of the library: 1 each time
  # that it was opened, 0 in those of the second fork.
  is "dlclose, fork, dlopen, fork" "0 0 0 0 1 1 1 1 2 " "$(totals)"
  is "temporary files" 0 "$(files t-)"
}

should_work_for_any_user_and_umask() {
  fresh
  (umask 0777 && "$work/target" t)
  is "umask" "400 400 " "$(stat -c %a "$segments"/[si]-* | tr '\n' ' ')"
  fresh
  (cd / && setpriv --reuid 65534 --clear-groups "$work/target" t)
  is "user" "65534 65534 " "$(stat -c %u "$segments"/[si]-* | tr '\n' ' ')"
  is "image of the user" "$(basename "$segments"/i-65534-*)" "$(field 2)"
}

# In a user namespace that has a number for user 12345 alone: root's files look like anybody's.
contained() { # DIRECTORY LETTERS
  setpriv --reuid 12345 --regid 12345 --clear-groups unshare --user --map-root-user --mount \
    env PGOFS_VERBOSE=1 PGOFS_SEGMENT_DIR="$1" "$work/target" "$2" 2>&1
}

should_publish_from_a_user_namespace() {
  fresh
  is "published" 1 "$(contained "$segments" ttf | grep -c ': published as s-')"
  is "counts" "0 2 " "$(totals)"
  is "owner" "12345 12345 12345 " "$(stat -c %u "$segments"/[si]-* | tr '\n' ' ')"
  is "image file" 1 "$(files i-0-)"
  # Root's own image file has the usual name: those of user 12345 share another one.
  fresh
  "$work/target" t
  contained "$segments" t > /dev/null
  contained "$segments" t > /dev/null
  is "image files" 2 "$(files i-)"
  is "name of the second one" 1 "$(find "$segments" -name 'i-0-*-000000000000303a' | wc -l)"
  fresh
  (ulimit -f 1 && contained "$segments" t > /dev/null)
  is "refused" 2 "$(refused)"
  fresh
  mkdir -m 1777 "$segments/inner"
  is "a directory that is no mount" "pgofs: not published: the segment directory is not root's or not sticky" \
    "$(contained "$segments/inner" t)"
  chown 23456 "$segments"
  "$work/target" t
  is "another user's, outside" 0 "$(files s-)"
  chown 0 "$segments"
  rmdir "$segments/inner"
}

should_answer_a_squatted_name() {
  fresh
  "$work/target" t
  image=$(basename "$segments"/i-*)
  rm "$segments"/s-*
  chown 65534 "$segments/$image"
  "$work/target" tf
  for segment in "$segments"/s-*; do
    name=$("$work/dump" "$segment" | cut -d ' ' -f 2)
    is "nonce" 1 "$(printf '%s' "$name" | grep -c "^$image-[0-9a-f]\{16\}\$")"
    is "image file" 1 "$(files "$name")"
  done
}

should_count_refusals() {
  fresh
  (ulimit -f 1 && exec "$work/target" t)
  is "file size limit" 2 "$(refused)"
  (ulimit -f 0 && exec "$work/target" t)
  is "file size limit below the log" 2 "$(refused)"
  chmod 1755 "$segments"
  (cd / && setpriv --reuid 65534 --clear-groups "$work/target" t)
  chmod 1733 "$segments"
  is "access" 23 "$(refused)"
  is "segments" 0 "$(files s-)"
  truncate -s 1048576 "$segments/.refused"
  chmod 1755 "$segments"
  (cd / && setpriv --reuid 65534 --clear-groups "$work/target" t)
  chmod 1733 "$segments"
  is "full log" 1048576 "$(stat -c %s "$segments/.refused")"
  fresh
  chown 65534 "$segments/.refused"
  (ulimit -f 1 && exec "$work/target" t)
  is "log of another user" "" "$(refused)"
  rm "$segments/.refused"
  (ulimit -f 1 && exec "$work/target" t)
  is "no log" 0 "$(files .refused)"
  : > "$work/elsewhere"
  ln -s "$work/elsewhere" "$segments/.refused"
  (ulimit -f 1 && exec "$work/target" t)
  is "log elsewhere" 0 "$(stat -c %s "$work/elsewhere")"
}

should_not_fill_a_limited_directory() {
  mkdir -p "$work/limited"
  mount -t tmpfs -o size=8k,mode=1733 pgofs-test "$work/limited"
  install -m 0622 /dev/null "$work/limited/.refused"
  PGOFS_SEGMENT_DIR="$work/limited" "$work/target" tft
  is "full" 1 "$(od -An -tu1 "$work/limited/.refused" | tr -d ' \n')"
  is "full: files" 0 "$(find "$work/limited" -name '[sti]-*' | wc -l)"
  mount -o remount,size=20k "$work/limited"
  PGOFS_SEGMENT_DIR="$work/limited" "$work/target" tft
  is "room for one segment: files" 1 "$(find "$work/limited" -name 's-*' | wc -l)"
  is "room for one segment: counts" 3 "$("$work/dump" "$work/limited"/s-* | cut -d ' ' -f 1)"
  rm "$work/limited"/*-*
  PGOFS_SEGMENT_DIR="$work/limited" strace -f -o "$work/trace" -e inject=fallocate:error=EINTR:when=1 "$work/target" t
  is "allocation interrupted: files" 1 "$(find "$work/limited" -name 's-*' | wc -l)"
  umount "$work/limited"
}

# Mounted as pgofs mount does it: how much is in it is known. A lock says that a daemon runs.
should_not_fill_a_directory_that_nobody_empties() {
  held=$work/held
  mkdir -p "$held"
  mount -t tmpfs -o size=1P,nr_inodes=0,mode=1733 pgofs-test "$held"
  PGOFS_SEGMENT_DIR=$held "$work/target" tft
  is "little held: files" 2 "$(find "$held" -name 's-*' | wc -l)"
  rm "$held"/*
  fallocate -l 257M "$held/much"
  for _ in 1 2 3; do
    is "much held" "pgofs: $work/target: not published: the segment directory is full, or holds more than 256 MiB while no\
 daemon runs" "$(PGOFS_SEGMENT_DIR=$held PGOFS_VERBOSE=1 "$work/target" tft 2>&1)"
  done
  is "much held: files" "much r-1-000000000000000000000000000000" "$(ls "$held" | xargs)"
  install -m 0622 /dev/null "$held/.refused"
  PGOFS_SEGMENT_DIR=$held "$work/target" t
  is "much held: reason" 1 "$(od -An -tu1 "$held/.refused" | tr -d ' \n')"
  install -m 0444 /dev/null "$held/.serving"
  is "served" "0" "$(PGOFS_SEGMENT_DIR=$held python3 -c '
import fcntl, os, subprocess, sys
daemon = open(os.environ["PGOFS_SEGMENT_DIR"] + "/.serving", "w")
fcntl.lockf(daemon, fcntl.LOCK_EX)
print(subprocess.call([sys.argv[1], "tft"]))' "$work/target")"
  is "served: files" 2 "$(find "$held" -name 's-*' | wc -l)"
  PGOFS_SEGMENT_DIR=$held "$work/target" t
  is "served no more: files" 2 "$(find "$held" -name 's-*' | wc -l)"
  rm "$held/much"
  PGOFS_SEGMENT_DIR=$held "$work/target" t
  is "emptied: files" 3 "$(find "$held" -name 's-*' | wc -l)"
  umount "$held"
}

should_refuse_what_it_cannot_share() {
  fresh
  compile "$work/odd.o" -g -mllvm -debug-info-correlate
  link_target "$work/odd" "$work/target.o" "$work/odd.o"
  "$work/odd" tft
  is "records elsewhere" 9 "$(refused)"
  is "segments" 0 "$(files s-)"
  fresh
  compile "$work/odd.s" -S
  sed -i '/^__llvm_profile_raw_version:/{n;s/.*/\t.quad 0x10000000000000c/}' "$work/odd.s" # version 12
  "$compiler" -c "$work/odd.s" -o "$work/odd.o"
  link_target "$work/odd" "$work/target.o" "$work/odd.o"
  "$work/odd" tft
  is "unknown raw version" 5 "$(refused)"
  is "segments" 0 "$(files s-)"
}

# Wherever the runtime stands on the command line. lld puts bitmaps that come after other objects' records before data
# that the program uses, unless the runtime comes first.
should_share_bitmaps() {
  if [ "$compiler" = clang-14 ]; then
    return # which has none
  fi
  "$compiler" -O1 -fPIC -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc -c "$tests/target_conditions.c" \
    -o "$work/conditions.o"
  "$compiler" -O1 -fPIC -fprofile-instr-generate -fcoverage-mapping -c "$tests/target_library.c" -o "$work/first.o"
  for objects in "$work/conditions.o" "$archive $work/conditions.o" "$archive $work/first.o $work/conditions.o" \
    "$work/first.o $work/conditions.o" "$work/first.o $archive $work/conditions.o"; do
    fresh
    # shellcheck disable=SC2086 # a list of files
    link_target "$work/odd" $objects "$work/target.o"
    "$work/odd" tft
    is "refused with $objects" "" "$(refused)"
    for segment in "$segments"/s-*; do
      is "bits with $objects" 1 "$("$work/dump" "$segment" bits)"
    done
  done
}

# What is behind the counters in their last page is known without it, wherever the archive stands in the link.
should_not_need_its_file() {
  loader=$(readelf -lW "$work/target" | sed -n 's/.*interpreter: \(.*\)]/\1/p')
  for objects in "$archive $work/tick.o $work/target.o" "$work/tick.o $archive $work/target.o" \
    "$work/tick.o $work/target.o"; do
    # shellcheck disable=SC2086 # a list of files
    link_target "$work/odd" $objects
    fresh
    is "files of its own that it opens" "" \
      "$(strace -e trace=open,openat "$work/odd" t 2>&1 | grep -e '/self/exe' -e "$work/odd")"
    is "counts" "1 " "$(totals)"
    fresh
    "llvm-objcopy-${compiler#clang-}" --strip-sections "$work/odd" "$work/without-sections"
    "$work/without-sections" tft
    is "counts without section headers" "1 2 " "$(totals)"
    fresh
    "$loader" "$work/odd" t
    is "counts by the loader" "1 " "$(totals)"
    is "path by the loader" "$work/odd" "$(field 3)"
    fresh
    (cd / && chmod 0111 "$work/odd" && setpriv --reuid 65534 --clear-groups "$work/odd" t)
    is "counts of a program that may not be read" "1 " "$(totals)"
    rm "$work/odd"
  done
}

# Whatever the linker's symbols are the bounds of then.
should_say_that_sections_are_in_pieces() {
  [ "$linker" = bfd ] || return 0
  for unique in --unique --unique=__llvm_prf_cnts --unique=__llvm_prf_data; do
    for objects in "$archive $work/tick.o $work/target.o" "$work/tick.o $archive $work/target.o" \
      "$work/tick.o $work/target.o"; do
      fresh
      # shellcheck disable=SC2086 # a list of files
      link_target "$work/odd" "-Wl,$unique" $objects
      is "verbose with $unique $objects" "pgofs: not published: the linker has not put the profile sections together" \
        "$(PGOFS_VERBOSE=1 "$work/odd" t 2>&1 | sed 's/ (.*//')"
      is "refused with $unique $objects" 10 "$(refused)"
    done
  done
}

# Linked in, but nothing is instrumented: that is nothing to say.
should_keep_silent_where_nothing_is_instrumented() {
  fresh
  echo 'int main(void) { return 0; }' > "$work/plain.c"
  "$compiler" -fuse-ld="$linker" -Wl,-u,__llvm_profile_runtime "$work/plain.c" "$archive" -o "$work/odd"
  is "output" "" "$(PGOFS_VERBOSE=1 "$work/odd" 2>&1)"
  is "refused" "" "$(refused)"
}

should_not_share_foreign_data() {
  fresh
  "$compiler" -c "$tests/target_foreign.S" -o "$work/foreign.o"
  link_target "$work/odd" "$work/foreign.o" "$archive" "$work/target.o" "$work/tick.o"
  "$work/odd" t
  # mold sorts sections by name.
  [ "$linker" = mold ] || is "foreign data" 4 "$(refused)"
  # Behind everything else the runtime fills the last page of the counters.
  fresh
  link_target "$work/odd" "$work/foreign.o" "$work/target.o" "$work/tick.o"
  "$work/odd" t
  is "foreign data elsewhere" "1 " "$(totals)"
  # A first function with value sites: they follow the counters, and may.
  fresh
  link_target "$work/odd" -O2 "$tests/target_values.c"
  "$work/odd"
  is "value sites beside the counters" 3 "$(totals | tr -d ' ')"
}

should_serve_the_functions_of_the_compilers_runtime() {
  fresh
  is "write_file" "" "$("$work/target" twt 2>&1)"
  is "counts" "2 " "$(totals)"
  fresh
  "$work/static" tft
  is "static" "1 2 " "$(totals)"
}

many_functions() { # NAME, of the last one but main
  awk -v name="$1" 'BEGIN {
    for (i = 0; i < 1500; i++) printf "int f%d(void) { return %d; }\n", i, i
    printf "int %s(void) { return 1; }\nint main(void) { return %s() - 1; }\n", name, name
  }'
}

# Long enough that another change of the file would have another time.
settled() { # FILE
  while [ $(($(date +%s) - $(stat -c %Z "$1"))) -lt 4 ]; do sleep 0.1; done
}

should_know_its_file_again() {
  mkdir -p "$work/bin" "$work/fixed"
  for name in last_1 other2; do
    many_functions $name > "$work/many.c"
    "$compiler" -O1 -fprofile-generate -mllvm -enable-name-compression=false -c "$work/many.c" -o "$work/many.o"
    link_target "$work/many$name" "$work/many.o" -Wl,--build-id=none
  done
  fresh
  cp "$work/manylast_1" "$work/bin/many"
  before=$(stat -c "%i %s" "$work/bin/many")
  settled "$work/bin/many"
  "$work/bin/many"
  "$work/bin/many"
  is "one file: image files" 1 "$(files i-)"
  cp "$work/manyother2" "$work/bin/many"
  is "the same file" "$before" "$(stat -c "%i %s" "$work/bin/many")"
  settled "$work/bin/many"
  "$work/bin/many"
  is "another content: image files" 2 "$(files i-)"
  cp "$work/manyother2" "$work/bin/other"
  settled "$work/bin/other"
  "$work/bin/other"
  is "another file: image files" 3 "$(files i-)"
  is "their contents" 2 "$(sha256sum "$segments"/i-* | cut -d ' ' -f 1 | sort -u | wc -l)"
  "$(ldd "$work/bin/many" | sed -n 's|^\s*\(/\S*ld-\S*\) .*|\1|p')" "$work/bin/many"
  is "started by the dynamic linker: image files" 3 "$(files i-)"
  rm "$work/bin/other"
  is "counts" "1 1 1 1 1 " "$(totals)"
}

# A file may be replaced by another one of the same time where somebody else writes.
should_look_at_its_records_where_no_change_is_told() {
  fresh
  cp "$work/bin/many" "$work/bin/other"
  settled "$work/bin/other"
  mount --bind -o ro "$work/bin" "$work/fixed"
  mount -o remount,bind,ro "$work/fixed"
  "$work/fixed/many"
  "$work/fixed/other"
  is "two files of one content: image files" 1 "$(files i-)"
  umount "$work/fixed"
}

should_refuse_damaged_records_of_a_file_that_it_knows() {
  fresh
  "$compiler" -c "$tests/target_damaged.c" -o "$work/damaged.o"
  link_target "$work/bin/damaged" "$work/many.o" "$work/damaged.o"
  settled "$work/bin/damaged"
  "$work/bin/damaged"
  is "damaged: segments, image files" "0 0" "$(files s-) $(files i-)"
  is "damaged: refused" 6 "$(refused)"
}

# The smallest stack of a thread is 16 KiB, and the dynamic linker needs half of it.
should_take_little_of_a_small_stack() {
  fresh
  many_functions of_a_library > "$work/many.c"
  "$compiler" -O1 -pthread "$tests/target_stack.c" -o "$work/stack" -ldl
  "$compiler" -O1 -fPIC -shared "$work/many.c" -o "$work/plain_many.so"
  link_target "$work/many.so" -O1 -fPIC -shared "$work/many.c"
  settled "$work/many.so"
  more=$(($("$work/stack" "$work/many.so") - $("$work/stack" "$work/plain_many.so")))
  is "bytes of stack, below 2048" 1 "$((more < 2048))"
  is "the library: segments" 1 "$(files s-)"
}

should_show_itself_only_by_its_note() {
  is "archive members" "pgofs.o internal.o strong_runtime.o" "$(ar t "$archive" | xargs)"
  is "visible symbols" "" "$(readelf -sW "$archive" | awk '$5 == "GLOBAL" && $6 == "DEFAULT" && $7 != "UND"')"
  is "exported symbols" "" "$(nm -D --defined-only "$work/library.so" | \
    grep -E 'pgofs|__llvm_profile' | grep -v __llvm_profile_filename || true)"
  for file in target static library.so; do
    strip -o "$work/stripped" "$work/$file"
    is "note section of $file" 1 "$(readelf -SW "$work/stripped" | grep -c ' \.note\.pgofs  *NOTE .* A ')"
    is "note of $file" 1 "$(readelf -nW "$work/stripped" | grep -c '^ *pgofs  *0x00000004.*01 00 00 00')"
  done
}

should_publish
should_live_though_it_is_verbose
should_do_without_proc
should_leave_programs_alone
should_not_trust_the_environment_of_others
should_keep_what_was_counted_before
should_keep_errno
should_give_a_forked_child_its_own_segment
should_follow_a_library
should_work_for_any_user_and_umask
should_publish_from_a_user_namespace
should_answer_a_squatted_name
should_count_refusals
should_not_fill_a_limited_directory
should_not_fill_a_directory_that_nobody_empties
should_refuse_what_it_cannot_share
should_share_bitmaps
should_not_need_its_file
should_say_that_sections_are_in_pieces
should_keep_silent_where_nothing_is_instrumented
should_not_share_foreign_data
should_serve_the_functions_of_the_compilers_runtime
should_show_itself_only_by_its_note
should_know_its_file_again
should_look_at_its_records_where_no_change_is_told
should_refuse_damaged_records_of_a_file_that_it_knows
should_take_little_of_a_small_stack
[ "$failures" = 0 ]
