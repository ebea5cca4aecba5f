# shellcheck shell=bash
# pgofs config. The launcher reads this file, and has set home and live. Makefiles come here often: it starts no other
# process.

config_usage() {
  cat <<'END_OF_USAGE'
usage: pgofs config --cflags | --libs | --runtime | --rustflags | --segment-dir | --kernel

Prints the options that a build needs: clang $(pgofs config --cflags) -c a.c; clang $(pgofs config --libs) a.o

  --cflags       for compiling with clang: the options that instrument
  --libs         for linking with clang: the runtime that publishes the counters. It may stand anywhere on the line, but
                 must precede the compiler's own runtime if the line names that too
  --runtime      the runtime's archive alone, for programs that other flags instrument. If the program defines
                 __llvm_profile_runtime itself, put -Wl,-u,pgofs_runtime before it: nothing else asks the linker for the
                 archive then
  --rustflags    for rustc, or in RUSTFLAGS for cargo: the options that instrument and link
  --segment-dir  the directory where targets publish: PGOFS_SEGMENT_DIR, or else /run/pgofs
  --kernel       the directory of the files that are linked into a Linux kernel and its modules: see docs/kernel-build.md
END_OF_USAGE
}

config_main() {
  case $* in
    # They are given to links too, which have no use for them.
    --cflags) echo "-fprofile-generate --start-no-unused-arguments ${live[*]} --end-no-unused-arguments" ;;
    --libs) echo "-fprofile-generate -Wl,-u,pgofs_runtime $home/lib/libpgofs_rt.a" ;;
    --runtime) echo "$home/lib/libpgofs_rt.a" ;;
    # Not bundled: each library would carry a copy to the final link.
    --rustflags) echo "-Cprofile-generate -Cllvm-args=-do-counter-promotion=false -Lnative=$home/lib -lstatic:-bundle=pgofs_rt" ;;
    --segment-dir) case ${PGOFS_SEGMENT_DIR-} in /*) echo "$PGOFS_SEGMENT_DIR" ;; *) echo /run/pgofs ;; esac ;;
    --kernel) echo "$home/lib/kernel/running" ;;
    -h | --help) config_usage ;;
    *)
      echo "pgofs: config takes one option; see pgofs config --help" >&2
      exit 2
      ;;
  esac
  exit 0
}

config_main "$@"
