# shellcheck shell=bash disable=SC2034,SC2154 # variables of kernel.sh
# User-mode Linux: the kernel as a program of this machine. The runtime is linked in and publishes its counters as those
# of any program.

readonly arch=um
readonly built=$cache/um

machine_build() {
  tree_find
  tree_check
  tree_lock "$built"
  kernel_configure "$built" "$lib/kernel/kernel.config" "$lib/kernel/um.config" "${fragments[@]}"
  um_forget_links "$built"
  # Modules take from module.o what they seem to lack. modpost does not see that.
  kernel_compile "$built" "instrumented kernel" CFLAGS_GCOV="-fprofile-generate $(tree_names)" \
    LD_FLAGS_CMDLINE="$(um_link)" LDFLAGS_MODULE="-T $lib/kernel/module.lds $lib/kernel/module.o" KBUILD_MODPOST_WARN=1
  echo "$source" >"$built/.pgofs.source"
  echo "The kernel is $built/vmlinux; pgofs kernel run boots it"
}

# make does not know of what is linked in here: with another runtime, links have to be made again.
um_forget_links() { # BUILD
  local part
  for part in "$lib/libpgofs_rt.a" "$lib/kernel/module"*; do
    find "$1" \( -path "$1/vmlinux" -o -name '*.ko' \) ! -newer "$part" -delete
  done
}

# For the final link, which the compiler driver does. The kernel's own flags have no build id for this machine.
um_link() { echo "-Wl,--build-id=sha1 -Wl,-u,__llvm_profile_runtime $lib/libpgofs_rt.a $lib/kernel/modules.o"; }

# The kernel cannot see that it is run in a process namespace of its own. It ends with all guest processes, which are
# processes of this machine, however it ends: user-mode Linux alone leaves them behind when it is killed.
machine_run() {
  [ -x "$built/vmlinux" ] || die "there is no kernel in $built: pgofs kernel build makes one"
  local segments=${PGOFS_SEGMENT_DIR:-/run/pgofs}
  [ -d "$segments" ] || die "there is no segment directory $segments: pgofs mount makes it"
  um_boot "$built/vmlinux" "$@"
}

um_boot() { # VMLINUX
  local run guest status=0 console=null,fd:1
  run=$(mktemp -d "${TMPDIR:-/tmp}/pgofs-kernel.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$run'" EXIT
  if [ -z "$init" ]; then
    init=${SHELL:-/bin/sh} console=fd:0,fd:1
  fi
  local words=("mem=$mem" root=/dev/root rootfstype=hostfs rootflags=/ "${writable:+rw}" "init=$lib/kernel/init"
    "con0=$console" con=null ssl=null "uml_dir=$run" umid=guest quiet "pgofs_status=$run" "pgofs_init=$init" "pgofs_dir=$PWD")
  [ -n "$writable" ] || words[4]=ro
  setpriv --pdeathsig KILL unshare --pid --fork --kill-child setsid "$1" "${words[@]}" <&0 &
  guest=$!
  # shellcheck disable=SC2064
  trap "um_kill $guest" INT TERM HUP
  wait "$guest" || true
  if [ ! -s "$run/status" ]; then die "the kernel ended before the script did"; fi
  read -r status <"$run/status"
  exit "$status"
}

um_kill() { # PROCESS
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
  exit 130
}
