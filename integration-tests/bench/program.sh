# shellcheck shell=bash
# For the benchmarks of programs that are built: one of $functions functions, of which as many are called as its argument
# says, as $work/NAME: plain, stock (the compiler's own runtime) and ours, each also with the ending -nopie.
build_programs() { # CLANG
  local cflags libs name pie
  progress "building programs of $functions functions"
  read -ra cflags < <(pgofs config --cflags)
  read -ra libs < <(pgofs config --libs)
  awk -v functions="$functions" 'BEGIN {
    for (i = 0; i < functions; i++) {
      printf "__attribute__((noinline)) int f%d(int x) { if (x & %d) return x * 3; return x + %d; }\n", i, i % 7 + 1, i
    }
    # In groups: compilers take long for one function that calls all.
    for (group = 0; group * 50 < functions; group++) {
      printf "__attribute__((noinline)) int g%d(int calls, int x) {\n", group
      for (i = group * 50; i < functions && i < group * 50 + 50; i++) printf "  if (calls == %d) return x; x += f%d(x);\n", i, i
      print "  return x;\n}"
    }
    print "int atoi(const char *);\nint main(int count, char **arguments) {\n  int calls = count > 1 ? atoi(arguments[1]) : 0, x = count;"
    for (group = 0; group * 50 < functions; group++) printf "  if (calls > %d) x += g%d(calls, x);\n", group * 50, group
    print "  return x == -1;\n}"
  }' >"$work/program.c"
  "$1" -w -O1 -fPIE -c "$work/program.c" -o "$work/plain.o"
  "$1" -w -O1 -fPIE "${cflags[@]}" -c "$work/program.c" -o "$work/profile.o"
  for pie in pie no-pie; do
    name=${pie#pie} name=${name:+-nopie}
    "$1" "-$pie" "$work/plain.o" -o "$work/plain$name"
    "$1" "-$pie" -fprofile-generate "$work/profile.o" -o "$work/stock$name"
    "$1" "-$pie" "$work/profile.o" "${cflags[@]}" "${libs[@]}" -o "$work/ours$name"
  done
  # The runtime does not trust the times of a large file that was just written, and reads all records.
  [ "$functions" -le 1000 ] || sleep 3
  progress
}

median() { sort -n "$@" | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
