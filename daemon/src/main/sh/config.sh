# shellcheck shell=bash
# pgofs config. The launcher reads this file, and has set home and live. Makefiles come here often: it starts no other
# process, except for --profile-file.

config_usage() {
  cat <<'END_OF_USAGE'
usage: pgofs config --cflags | --libs | --runtime | --rustflags | --makefile | --pkg-config-path | --segment-dir | --kernel
       pgofs config --cflags | --libs | --runtime | --rustflags | --pkg-config-path | --kernel --target TRIPLE
       pgofs config --profile-file [MOUNTPOINT]

Prints the options that a build needs: clang $(pgofs config --cflags) -c a.c; clang $(pgofs config --libs) a.o

  --cflags       for compiling with clang: the options that instrument
  --libs         for linking with clang: the runtime that publishes the counters. It may stand anywhere on the line, but
                 must precede the compiler's own runtime if the line names that too
  --runtime      the runtime's archive alone, for programs that other flags instrument. If the program defines
                 __llvm_profile_runtime itself, put -Wl,-u,pgofs_runtime before it: nothing else asks the linker for the
                 archive then
  --rustflags    for rustc, or in RUSTFLAGS for cargo: the options that instrument and link
  --makefile     pgo.mk, which a Makefile includes: include $(shell pgofs config --makefile)
  --pkg-config-path
                 the directory of pgofs.pc, for PKG_CONFIG_PATH: pkg-config finds that of the Debian package without it
  --target       the same for programs on another machine: aarch64-linux-gnu or -musl, aarch64-unknown-linux-gnu, ... The
                 options for clang leave out the compiler's own runtime, which need not be installed for that machine, and
                 ask for this one. --target=TRIPLE is for the compiler to be given as well
  --segment-dir  the directory where targets publish: PGOFS_SEGMENT_DIR, or else /run/pgofs
  --kernel       the directory of the files that are linked into a Linux kernel and its modules: see docs/kernel-build.md
  --profile-file
                 what LLVM_PROFILE_FILE is to be for programs with the compiler's own runtime: a new directory, of the
                 caller's own and of limited size, and in it a file for each process (%p). What a program writes there at
                 its end counts in the mount, and the file is deleted. MOUNTPOINT: for its programs, and not for those that
                 publish in the segment directory. See docs/stock.md

                 export LLVM_PROFILE_FILE=$(pgofs config --profile-file)
END_OF_USAGE
}

config_die() {
  echo "pgofs: $1" >&2
  exit 1
}

config_segment_dir() {
  case ${PGOFS_SEGMENT_DIR-} in /*) segments=$PGOFS_SEGMENT_DIR ;; *) segments=/run/pgofs ;; esac
}

# Makes a directory in the segment directory, where the daemon mounts a file system of limited size on it. Its name cannot
# be guessed, and it has its last name, which the daemon looks for, when it is complete.
config_profile_file() { # [MOUNTPOINT]
  local PATH=$system_path segments new made tries
  if [ $# = 0 ]; then
    config_segment_dir
  else
    segments=$(sed -n 2p "$1/pgo/.daemon" 2>/dev/null)
    [ -n "$segments" ] || config_die "$1 is no mount of pgofs, or one that you may not read"
  fi
  [ -e "$segments/.serving" ] || config_die "nobody serves $segments: see pgofs mount --help"
  new=$(umask 077 && mktemp -d "$segments/.profiles-XXXXXXXXXXXXXXXXXXXXXXXX") ||
    config_die "cannot make a directory in $segments"
  made=$segments/${new##*/.}
  mv -T -- "$new" "$made" || config_die "cannot make $made"
  trap 'rmdir -- "$made" 2>/dev/null' EXIT
  trap 'exit 130' INT
  for tries in {1..200}; do
    if [ "$(stat -c %d -- "$made")" != "$(stat -c %d -- "$segments")" ]; then
      trap - EXIT
      echo "$made/%p.profraw"
      exit
    fi
    sleep 0.05
  done
  config_die "the daemon of $segments does not answer: is it mounted, and are you one of the users of -o users=?"
}

config_wrong() {
  echo "pgofs: config takes one option; see pgofs config --help" >&2
  exit 2
}

# Sets asked to what is asked for, and archives and foreign to what a target that is named with it needs.
config_target() {
  local triple
  asked=("$1")
  case $#$2 in
    3--target) triple=$3 ;;
    2--target=*) triple=${2#--target=} ;;
    *)
      asked=("$@")
      return
      ;;
  esac
  case $1 in --cflags | --libs | --runtime | --rustflags | --pkg-config-path | --kernel) ;; *) config_wrong ;; esac
  find_archives "$triple"
  if [ -z "$machine" ]; then
    echo "pgofs: there is no runtime for '$triple': there is for aarch64-linux-gnu and x86_64-linux-gnu" >&2
    exit 2
  fi
  [ -e "$archives/libpgofs_rt.a" ] || config_die "this build of pgofs has no runtime for $machine: see README.md, AArch64"
}

config_main() {
  local segments machine running archives=$home/lib foreign=() asked=()
  [ $# -lt 2 ] && asked=("$@") || config_target "$@"
  set -- "${asked[@]}"
  case $* in
    # They are given to links too, which have no use for them.
    --cflags) echo "-fprofile-generate --start-no-unused-arguments ${live[*]} --end-no-unused-arguments" ;;
    --libs) echo "-fprofile-generate ${foreign[*]}${foreign:+ }-Wl,-u,pgofs_runtime $archives/libpgofs_rt.a" ;;
    --runtime) echo "${foreign:+${foreign[*]} -Wl,-u,pgofs_runtime }$archives/libpgofs_rt.a" ;;
    # Not bundled: each library would carry a copy to the final link.
    --rustflags) echo "-Cprofile-generate -Cllvm-args=-do-counter-promotion=false -Lnative=$archives -lstatic:-bundle=pgofs_rt" ;;
    --makefile) echo "$home/lib/pgo.mk" ;;
    --pkg-config-path) echo "$archives/pkgconfig" ;;
    --segment-dir)
      config_segment_dir
      echo "$segments"
      ;;
    --profile-file) config_profile_file ;;
    --profile-file\ *)
      [ $# = 2 ] || config_wrong
      config_profile_file "$2"
      ;;
    --kernel)
      running=$home/lib/kernel/running
      [ "${machine-}" != aarch64 ] || running=$archives/running
      [ -e "$home/lib/kernel/running/pgofs.o" ] || config_die "kernels are built and run on x86-64 machines alone"
      echo "$running"
      ;;
    -h | --help) config_usage ;;
    *) config_wrong ;;
  esac
  exit 0
}

config_main "$@"
