#!/bin/sh
# Programs and preloaded libraries that have functions of the C library themselves: the runtime calls none of them, and
# has no other symbol of the C library than those that are listed here.
# Usage: wrapped.sh ARCHIVE DIRECTORY COMPILER LINKER, as targets.sh has them.
set -eu
. "$(dirname "$0")/targets.sh"

# What the archive may ask others for, each with the reason why no program can come between.
should_ask_for_what_cannot_be_replaced() {
  cat > "$work/allowed" << 'END'
_DYNAMIC                    linker: hidden, of the image itself
_GLOBAL_OFFSET_TABLE_       linker: hidden, of the image itself
__ehdr_start                linker: hidden, of the image itself
__start___llvm_prf_         linker: hidden, of the image itself; so __stop_
__stop___llvm_prf_
__llvm_profile_raw_version  compiler: in instrumented objects
__dso_handle                start files of the compiler: hidden, of the image itself
__environ                   C library: data; the name is not the program's, whose own environ would be another one
_r_debug                    glibc's dynamic linker: data; the name is its alone
_dl_debug_addr              musl's dynamic linker: data; the name is its alone
__register_atfork           glibc: the name is its alone
__cxa_atexit                C library: the name is its alone; start files and every C++ program call it too
__start___llvm_orderfile    linker: hidden, of the image itself
__start___llvm_covinit
__stop___llvm_covinit
pgofs_record_size           the runtime: hidden, of another member of the archive
pgofs_record_function
pgofs_runtime
pgofs_strong_runtime
pthread_atfork              musl has no other name for it; of glibc it is not called, see LATE in target_wrapping.c
END
  is "undefined symbols" "" "$(nm -u "$archive" | awk '
    NR == FNR { allowed[$1]; next }
    NF == 2 { for (name in allowed) if (index($2, name) == 1 && ($2 == name || name ~ /_$/)) next; print $2 }
    ' "$work/allowed" -)"
}

# TITLE COMMAND...: ends and prints as it does without the runtime, and its calls are counted.
counted_like_plain() {
  title=$1
  shift
  fresh
  status=0
  "$@" > "$work/said" 2>&1 || status=$?
  is "$title: status" 42 $status
  is "$title: output" "" "$(cat "$work/said")"
  is "$title: counts" "2 3 " "$(totals)"
  is "$title: refused" "" "$(refused)"
}

wrapping() { # HOW OUTPUT FLAG...
  how=$1 output=$2
  shift 2
  "$compiler" -O1 -fPIC -fno-builtin -w -DHOW="$how" "$@" "$tests/target_wrapping.c" -o "$output"
}

should_call_no_function_of_the_program() {
  compile "$work/tick.o"
  wrapping LATE "$work/idle.o" -c -DPLAIN
  for how in LATE FAILS LOGS; do
    wrapping $how "$work/wrapping.o" -c
    link_target "$work/wrapping" "$work/wrapping.o" "$work/tick.o" -ldl
    counted_like_plain "$how" "$work/wrapping"
    # The library's constructors run before those of the program.
    link_target "$work/wrapped.so" -shared "$work/tick.o"
    "$compiler" -rdynamic "$work/wrapping.o" "$work/wrapped.so" -ldl -o "$work/wrapping"
    counted_like_plain "$how, in a library" "$work/wrapping"
    wrapping $how "$work/wrapper.so" -shared -DPRELOADED -ldl
    link_target "$work/wrapping" "$work/idle.o" "$work/tick.o"
    counted_like_plain "$how, preloaded" env LD_PRELOAD="$work/wrapper.so" "$work/wrapping"
  done
}

should_call_none_where_all_is_one_program() {
  for how in FAILS LOGS; do
    for flags in -static -static-pie; do
      wrapping $how "$work/wrapping.o" -c -DSTATIC
      link_target "$work/wrapping" $flags "$work/wrapping.o" "$work/tick.o"
      counted_like_plain "$how $flags" "$work/wrapping"
    done
    for flags in -no-pie -static; do
      musl-gcc $flags "$work/wrapping.o" "$work/tick.o" -u__llvm_profile_runtime "$archive" -o "$work/wrapping"
      counted_like_plain "$how musl $flags" "$work/wrapping"
    done
  done
}

should_ask_for_what_cannot_be_replaced
should_call_no_function_of_the_program
should_call_none_where_all_is_one_program
[ "$failures" = 0 ]
