#!/bin/sh
# Programs that call functions of the compiler's own runtime get ours, and nothing of that runtime.
# Usage: interface.sh ARCHIVE DIRECTORY COMPILER LINKER, as targets.sh has them.
set -eu
. "$(dirname "$0")/targets.sh"

# Parts of that runtime for one another, of no use to a program, or for other systems.
internal='_internal$|_bias_default$|counter_bias$|bitmap_bias$|_orderfile$|_covinit$|recursive_mkdir|_dir_mode$'
internal="$internal|instrument_target_value|iterate_data|set_num_value_sites|get_data_size|get_num_data"
internal="$internal|get_num_vtable|get_vtable_section_size|get_padding_sizes_for_counters"

compile "$work/tick.o"

should_answer() {
  fresh
  link_target "$work/interface" -O2 -fno-profile-generate "$work/tick.o" "$tests/target_interface.c"
  is "output" "" "$("$work/interface" 2>&1)"
  is "counts" "3 " "$(totals)"
  is "in the place of a file" "" "$(find . -maxdepth 1 -name '*.profraw')"
}

should_bring_in_nothing_of_the_compilers_runtime() {
  runtime=$("$compiler" -print-runtime-dir)/libclang_rt.profile-x86_64.a
  [ -e "$runtime" ] || runtime=$("$compiler" -print-file-name=lib/linux/libclang_rt.profile-x86_64.a)
  functions=$(nm --defined-only "$runtime" 2> /dev/null | awk '$2 == "T" && $3 ~ /^__llvm_profile_/ { print $3 }' |
    grep -vE "$internal" | sort -u)
  is "many functions" 1 "$(($(echo "$functions" | wc -l) > 25))"
  {
    echo "$functions" | sed 's/.*/void &(void);/'
    echo 'void tick(void);'
    echo 'int main(void) { void (*const volatile all[])(void) = {'
    echo "$functions" | sed 's/$/,/'
    echo '}; tick(); return all[0] == 0; }'
  } > "$work/all.c"
  "$compiler" -c "$work/all.c" -o "$work/all.o"
  link_target "$work/all" "$work/all.o" "$work/tick.o"
  compiler_rt=$(nm "$work/all" | grep -c ' lprof' || true)
  is "functions of the compiler's runtime" 0 "$compiler_rt"
  fresh
  "$work/all"
  is "counts" "1 " "$(totals)"
}

should_answer
should_bring_in_nothing_of_the_compilers_runtime
[ "$failures" = 0 ]
