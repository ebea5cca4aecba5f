# shellcheck shell=bash
# pgofs config. The launcher reads this file, and has set home and live. Makefiles come here often: it starts no other
# process.

config_usage() {
  cat <<'END_OF_USAGE'
usage: pgofs config --cflags | --libs | --runtime | --rustflags | --segment-dir

Prints the options that a build needs: clang $(pgofs config --cflags) -c a.c; clang $(pgofs config --libs) a.o

  --cflags       instruments: for compiling with clang
  --libs         links the runtime that publishes the counters: for linking with clang, anywhere on the line, but before
                 the compiler's own runtime if that is named too
  --runtime      the runtime's archive alone, for programs that are instrumented by other flags. Before it the linker
                 needs -Wl,-u,pgofs_runtime for a program that has a __llvm_profile_runtime itself: nothing else asks
                 for the archive then
  --rustflags    both for rustc and, in RUSTFLAGS, for cargo
  --segment-dir  where targets publish: PGOFS_SEGMENT_DIR, or else /run/pgofs
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
    -h | --help) config_usage ;;
    *)
      echo "pgofs: config takes one option; see pgofs config --help" >&2
      exit 2
      ;;
  esac
  exit 0
}

config_main "$@"
