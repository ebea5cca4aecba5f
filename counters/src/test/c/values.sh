#!/bin/sh
# Values that programs publish are those that the compiler's own runtime writes.
# Usage: values.sh ARCHIVE DIRECTORY COMPILER LINKER, as targets.sh has them.
set -eu
. "$(dirname "$0")/targets.sh"
version=${compiler#clang-}
export LLVM_PROFILE_FILE="$work/stock.profraw"

stock() { # OUTPUT FLAGS AND FILES...
  output=$1
  shift
  "$compiler" -fuse-ld="$linker" -fprofile-generate "$@" -o "$output"
}

# "FUNCTION KIND SITE VALUE COUNT" for each value of a run with the compiler's own runtime.
stock_values() { # PROGRAM ARGUMENTS...
  "$@"
  # shellcheck disable=SC2086 # only some versions know of vtables
  "llvm-profdata-$version" show --all-functions --ic-targets --memop-sizes ${vtables:-} "$LLVM_PROFILE_FILE" | awk '
    /^  [^ ].*:$/ { name = $1; sub(/:$/, "", name) }
    /Indirect Target Results/ { kind = 0 }
    /Memory Intrinsic Size Results/ { kind = 1 }
    /VTable Results/ { kind = 2 }
    /^\t\[/ { gsub(/[][,()]/, " "); print name, kind, $1, $2, $3 }' | sort
}

# The same of a segment, of a program or its copy.
values() { # SEGMENT PROGRAM
  { nm "$2"; echo --; "$work/dump" "$1" values; } | awk '
    /^--$/ { values = 1; next }
    !values { if ($3 !~ /\.local$/) symbol[$1] = $3; next }
    { print symbol[$1], $2, $3, $2 == 1 ? $4 : symbol[$4], $5 }' | sort
}

# The values of all segments one after another: smaller totals first.
all_values() { # PROGRAM
  for segment in "$segments"/s-*; do
    echo "$("$work/dump" "$segment") $segment"
  done | sort -n | while read -r _ _ _ segment; do
    values "$segment" "$1"
    echo --
  done
}

# Starts a program that stops; resume lets it go on, to its next stop or its end.
start() { # PROGRAM ARGUMENTS...
  rm -f "$work/in" "$work/out"
  mkfifo "$work/in" "$work/out"
  "$@" < "$work/in" > "$work/out" &
  exec 3> "$work/in" 4< "$work/out"
  read -r _ <&4
}

resume() {
  echo >&3
  read -r _ <&4 || wait $!
}

reset() { # EPOCH
  printf "\\$1\\0\\0\\0\\0\\0\\0\\0" | dd of="$(echo "$segments"/s-*)" bs=1 seek=4096 conv=notrunc status=none
}

"$compiler" -O2 -c "$tests/target.c" -o "$work/target.o"
"$compiler" -O2 -fprofile-generate -mllvm -vp-counters-per-site=100 -c "$tests/target_sites.c" -o "$work/sites.o"
compile "$work/tick.o"
link_target "$work/sites" "$work/target.o" "$work/tick.o" "$work/sites.o"
stock "$work/stock-sites" "$work/target.o" "$work/tick.o" "$work/sites.o"
link_target "$work/library.so" -shared -fPIC -O2 "$tests/target_late.c"
once=$(stock_values "$work/stock-sites" x)
twice=$(stock_values "$work/stock-sites" xx)
three_times=$(stock_values "$work/stock-sites" xxx)

should_observe_what_the_compilers_runtime_observes() {
  fresh
  "$work/sites" x
  is "values" "$once" "$(values "$segments"/s-* "$work/sites")"
  is "sites with values" 6 "$(echo "$once" | cut -d ' ' -f 1-3 | uniq | wc -l)"
  fresh
  "$work/sites" xx
  is "values of two rounds" "$twice" "$(values "$segments"/s-* "$work/sites")"
  for kind in -static -static-pie -no-pie; do
    fresh
    link_target "$work/odd" "$kind" -Wl,--no-fatal-warnings "$work/target.o" "$work/tick.o" "$work/sites.o" 2> /dev/null
    "$work/odd" x
    is "values of $kind" "$once" "$(values "$segments"/s-* "$work/odd")"
  done
}

# The compiler's own runtime allocates them, all or those of some objects.
should_have_places_for_sites_that_the_compiler_gives_none() {
  "$compiler" -O2 -fprofile-generate -mllvm -vp-static-alloc=false -c "$tests/target_sites.c" -o "$work/placeless.o"
  link_target "$work/odd" "$work/target.o" "$work/tick.o" "$work/placeless.o"
  fresh
  "$work/odd" x
  is "values" "$once" "$(values "$segments"/s-* "$work/odd")"
  fresh
  "$work/odd" xxx
  is "values of three rounds" "$three_times" "$(values "$segments"/s-* "$work/odd")"
  "$compiler" -O2 -fprofile-generate -c "$tests/target_values.c" -Dmain=others -Dtick=tock -Dcall=ring -o "$work/placed.o"
  for objects in "$work/placed.o $work/placeless.o" "$work/placeless.o $work/placed.o"; do
    # shellcheck disable=SC2086 # a list of files
    link_target "$work/odd" "$work/target.o" "$work/tick.o" $objects
    fresh
    "$work/odd" x
    is "values beside places" "$once" "$(values "$segments"/s-* "$work/odd")"
  done
}

should_be_silent_when_unshared() {
  PGOFS_SEGMENT_DIR=/nowhere "$work/sites" xfx
}

should_take_pages_only_for_what_is_observed() {
  fresh
  "$work/sites" x
  is "has holes" 1 "$(($(stat -c '%b * 512 < %s' "$segments"/s-*)))"
  mkdir -p "$work/limited"
  mount -t tmpfs -o size=1m,mode=1733 pgofs-test "$work/limited"
  PGOFS_SEGMENT_DIR="$work/limited" "$work/sites" x
  is "has none, limited" 1 "$(($(stat -c '%b * 512 == %s' "$work/limited"/s-*)))"
  is "values, limited" "$once" "$(values "$work/limited"/s-* "$work/sites")"
  umount "$work/limited"
}

should_start_anew_after_a_reset() {
  fresh
  start "$work/sites" xxsxss
  is "mappings that cannot write" 1 "$(grep -c " r--s .* $segments/s-" "/proc/$!/maps")"
  reset 1
  is "after a reset" "" "$(values "$segments"/s-* "$work/sites")"
  resume
  is "and a round" "$once" "$(values "$segments"/s-* "$work/sites")"
  reset 2
  resume
  is "after another" "" "$(values "$segments"/s-* "$work/sites")"
  resume
}

should_give_a_forked_child_sites_of_its_own() {
  fresh
  start "$work/sites" xfsx
  is "before" "$(printf -- '--\n%s\n--' "$once")" "$(all_values "$work/sites")"
  resume
  is "child" "$(printf '%s\n--\n%s\n--' "$once" "$once")" "$(all_values "$work/sites")"
  resume
  is "parent" "$(printf '%s\n--\n%s\n--' "$once" "$twice")" "$(all_values "$work/sites")"
  fresh
  "$work/sites" xufx
  is "a child of another user shares on" "$three_times" "$(values "$segments"/s-* "$work/sites")"
}

should_let_go_of_a_library() {
  fresh
  start "$work/sites" ocsos
  is "dlclose" "1" "$(ended_libraries)"
  is "not after the end" "2 1" "$(library_counts)"
  resume
  is "open again" "0 1" "$(ended_libraries)"
  resume
  is "the end of the process" "2 1 2 2" "$(library_counts)"
}

# Threads that still run in a library when it is told that the process ends, are about to record a value.
should_end_while_threads_run_in_a_library() {
  link_target "$work/libending.so" -shared -fPIC -O2 -DLIBRARY "$tests/target_ending.c"
  "$compiler" -shared -fPIC -O2 -DSLOW "$tests/target_ending.c" -o "$work/libslow.so"
  "$compiler" -O2 -pthread "$tests/target_ending.c" -Wl,--no-as-needed,-rpath,"$work" -L"$work" -lending -lslow \
    -o "$work/ending"
  fresh
  failed=0
  for _ in 1 2 3 4 5 6 7 8; do
    "$work/ending" || failed=$((failed + 1))
  done
  is "the end with threads: failures" 0 "$failed"
  is "the end with threads: segments" 8 "$(files s-)"
}

libraries() {
  for segment in "$segments"/s-*; do
    case $("$work/dump" "$segment") in
      *library.so) echo "$segment" ;;
    esac
  done
}

ended_libraries() {
  for segment in $(libraries); do
    "$work/dump" "$segment" ended
  done | sort | xargs
}

# How often tock ran, and how often its site observed that.
library_counts() {
  for segment in $(libraries); do
    echo "$("$work/dump" "$segment" | cut -d ' ' -f 1) $("$work/dump" "$segment" values | cut -d ' ' -f 5)"
  done | sort | xargs
}

should_observe_vtables() {
  fresh
  vtables=--show-vtables
  set -- -O2 -fno-rtti -mllvm -enable-vtable-value-profiling "$tests/target_vtables.cc"
  stock "$work/stock-vtables" "$@"
  link_target "$work/vtables" "$@"
  "$work/vtables"
  expected=$(stock_values "$work/stock-vtables")
  is "vtables" "$expected" "$(values "$segments"/s-* "$work/vtables")"
  is "observed vtables" 3 "$(echo "$expected" | grep -c '^_Z4callP4Basei 2 0 _ZTV')"
  # Another build, of which nothing but the places of its vtables is different.
  fresh
  for flag in -UMOVED -DMOVED; do
    link_target "$work/vtables" "$flag" -Wl,--build-id=none "$@"
    "$work/vtables"
  done
  is "images with vtables elsewhere" 2 "$(files i-)"
}

should_observe_what_the_compilers_runtime_observes
should_have_places_for_sites_that_the_compiler_gives_none
should_be_silent_when_unshared
should_take_pages_only_for_what_is_observed
should_start_anew_after_a_reset
should_give_a_forked_child_sites_of_its_own
should_let_go_of_a_library
should_end_while_threads_run_in_a_library
if [ "$version" -ge 19 ]; then
  should_observe_vtables
fi
[ "$failures" = 0 ]
