#!/bin/sh
# Programs that ask for what the compiler's own runtime has get ours, which is all there.
# Usage: interface.sh ARCHIVE DIRECTORY COMPILER LINKER, as targets.sh has them.
set -eu
. "$(dirname "$0")/targets.sh"

# Parts of that runtime that have nothing to do with profiles of this kind, or nothing but variables of instrumented
# objects: they may come in beside ours.
harmless='GCDAProfiling|InstrProfilingUtil|InstrProfilingInternal|InstrProfilingNameVar|InstrProfilingVersionVar'

compile "$work/tick.o"

should_answer() {
  fresh
  link_target "$work/interface" -O2 -fno-profile-generate "$work/tick.o" "$tests/target_interface.c"
  is "output" "" "$("$work/interface" 2>&1)"
  is "counts" "3 " "$(totals)"
  is "in the place of a file" "" "$(find . -maxdepth 1 -name '*.profraw')"
}

symbols() { # ARCHIVE: "MEMBER SYMBOL", of what others can ask it for
  nm -A --defined-only "$1" 2> /dev/null | sed 's/^.*\.a://; s/:/ /' |
    awk '$3 ~ /[TDBRWV]/ && $4 != "__llvm_profile_raw_version" { print $1, $4 }' | sort -u
}

should_have_all_that_the_compilers_runtimes_have() {
  symbols "$archive" | cut -d ' ' -f 2 > "$work/ours"
  archives=0
  for stock in /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.profile-x86_64.a; do
    archives=$((archives + 1))
    missing=$(symbols "$stock" | grep -vE "^($harmless)\\." | cut -d ' ' -f 2 | grep -vxFf "$work/ours" || true)
    is "missing of $stock" "" "$missing"
  done
  is "several runtimes" 1 "$((archives >= 2))"
}

should_come_in_alone_whatever_is_asked_for() {
  stock=$("$compiler" -print-runtime-dir)/libclang_rt.profile-x86_64.a
  [ -e "$stock" ] || stock=$("$compiler" -print-file-name=lib/linux/libclang_rt.profile-x86_64.a)
  all=$(symbols "$stock" | cut -d ' ' -f 2)
  is "many symbols" 1 "$(($(echo "$all" | wc -l) > 100))"
  {
    echo "$all" | sed 's/.*/extern char &[];/'
    echo 'void tick(void);'
    echo 'int main(void) { char *const volatile all[] = {'
    echo "$all" | sed 's/$/,/'
    echo '}; tick(); return all[0] == 0; }'
  } > "$work/all.c"
  "$compiler" -w -c "$work/all.c" -o "$work/all.o"
  link_target "$work/all" "$work/all.o" "$work/tick.o"
  fresh
  rm -rf "$work/empty"
  mkdir "$work/empty"
  (cd "$work/empty" && ../all)
  is "counts" "1 " "$(totals)"
  is "in the place of a file" "" "$(ls "$work/empty")"
}

# A member for what nobody should ask for: it must not take names from programs that do not.
should_keep_its_odd_names_apart() {
  echo 'int FreeHook(void) { return 1; } void tick(void); int main(void) { tick(); return FreeHook() - 1; }' > "$work/odd.c"
  "$compiler" -c "$work/odd.c" -o "$work/odd.o"
  link_target "$work/odd" -rdynamic "$work/odd.o" "$work/tick.o"
  fresh
  "$work/odd"
  is "own name: counts" "1 " "$(totals)"
  is "own name: exported" 1 "$(nm -D --defined-only "$work/odd" | grep -c ' T FreeHook$')"
}

should_be_there_where_the_program_has_the_symbol() {
  "$compiler" -O1 -fPIC -c "$tests/target_own_runtime.c" -o "$work/own.o"
  "$compiler" -O1 -fPIC -DONLY_DEFINED -c "$tests/target_own_runtime.c" -o "$work/only.o"
  "$compiler" -O1 -fPIC -fprofile-instr-generate -c "$tests/target_tick.c" -o "$work/tick-fe.o"
  for flags in "" -static -Wl,--gc-sections; do
    for objects in "$work/tick.o" "$work/tick-fe.o"; do
      for first in "" "$archive"; do
        for program in own only; do
          fresh
          # shellcheck disable=SC2086 # lists of words
          link_target "$work/$program" $flags -Wl,-u,pgofs_runtime $first "$work/$program.o" $objects
          "$work/$program"
          expected="1 "
          [ $program = only ] || expected="1 2 3 "
          is "own runtime symbol, $program $flags $objects $first" "$expected" "$(totals)"
        done
      done
    done
  done
}

should_answer
should_have_all_that_the_compilers_runtimes_have
should_come_in_alone_whatever_is_asked_for
should_keep_its_odd_names_apart
should_be_there_where_the_program_has_the_symbol
[ "$failures" = 0 ]
