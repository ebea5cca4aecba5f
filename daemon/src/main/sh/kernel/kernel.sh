# shellcheck shell=bash disable=SC1091,SC2034,SC2154 # the files of this directory, their variables, and home
# pgofs kernel. The launcher reads this file, and has set home. What differs from one kind of kernel to another is in
# um.sh and running.sh, each of which defines
#   machine_build   configures and builds, with the functions of tree.sh
#   machine_run     boots what was built
# out of the variables that kernel_read has set.
set -euo pipefail
shopt -s inherit_errexit

kernel_usage() {
  cat <<'END'
usage: pgofs kernel build [--machine um|x86_64|arm64] [--source DIR|VERSION] [--config FRAGMENT]... [--atomic]
                          [--jobs N] [--clang N]
       pgofs kernel run [--machine um] [--init SCRIPT] [--mem SIZE] [--rw] [--append WORDS]
       pgofs kernel run --machine qemu [--init SCRIPT] [--host [--share DIR]] [--add PROGRAM]... [--mem SIZE] [--cpus N]
                        [--append WORDS] [--attach MOUNTPOINT]
       pgofs kernel run --machine arm64 --busybox FILE [--init SCRIPT] [--add PROGRAM]... [--mem SIZE] [--cpus N]
                        [--append WORDS] [--attach MOUNTPOINT]
       pgofs kernel optimize [--machine um|x86_64] [--runs N] [--jobs N] PROFDATA

Builds, boots and optimises an instrumented Linux kernel. It uses the kernel's own build and does not change the source
tree.

build      configures and builds an instrumented kernel. Earlier results are used again; after Ctrl-C it
           continues where it stopped.
  --machine um        user-mode Linux: the kernel as a program, with the runtime linked in (the default)
  --machine x86_64    a kernel for a PC or a virtual machine, and its modules: pgofs mount finds it when it runs
  --machine arm64     the same for AArch64, cross-built
  --source DIR        the source tree; without it Debian's linux-source-6.1 is unpacked
  --source VERSION    the source tree of another Debian package: 6.12 for linux-source-6.12
  --config FRAGMENT   further options, as in a .config file; may be given several times. One may be a complete
                      configuration, as distributions have it in /boot
  --atomic            counts atomically: several processors lose no counts, but the kernel is slower
  --jobs N            how many compilers run at a time; by default one for each processor
  --clang N           the version of clang and of its tools; 14 by default

run        boots the kernel, with the files of this machine as its root file system, read-only
  --init SCRIPT       runs the script, and exits with its exit code; Ctrl-C ends it. Without this option, starts a shell
  --mem SIZE          the memory of the machine; 256M by default
  --rw                lets the kernel write to the files of this machine
  --append WORDS      adds words to the kernel's command line: loglevel=7 shows the kernel's messages
  --machine qemu      boots the x86_64 kernel in QEMU; its root is a RAM disk with busybox alone
  --machine arm64     boots the arm64 kernel in a QEMU machine that is emulated, likewise
  --busybox FILE      for the arm64 machine: the busybox of Debian's package busybox-static:arm64, or another one
  --host              gives the QEMU machine the files of this machine as its root; its writes stay in its memory
  --share DIR         with --host: lets the machine write to this directory
  --cpus N            the number of its processors; 1 by default
  --add PROGRAM       puts a statically linked program or a script into its /bin; may be given several times
  --attach MOUNTPOINT attaches the machine to a mounted pgofs; without this option, prints the command that does so

optimize   builds two kernels without instrumentation, one with the profile and one without, boots them in turns and
           prints the medians of what was measured
  --runs N            how often each is measured; 5 by default

Sources and builds are in ~/.cache/pgofs/kernel, or in PGOFS_KERNEL_DIR if that is set. docs/kernel.md shows all steps.
END
}

die() {
  echo "pgofs kernel: $1" >&2
  exit "${2:-1}"
}

usage_error() { die "$1; see pgofs kernel --help" 2; }

is_number() { [[ $1 =~ ^[1-9][0-9]*$ ]]; }

# Sets what is given on the command line, and the rest to its default.
kernel_read() { # WORD...
  machine=um source='' fragments=() atomic='' jobs=$(nproc) clang=14 init='' mem=256M cpus=1 writable='' runs=5 append=''
  files='' share='' busybox='' added=() attached='' operands=()
  local option
  while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
      --machine | --source | --config | --jobs | --clang | --init | --mem | --cpus | --runs | --append | --add | \
        --share | --attach | --busybox)
        [ $# -gt 0 ] || usage_error "$option needs a value"
        ;;
    esac
    case $option in
      --machine) machine=$1 ;;
      --source) source=$1 ;;
      --config) fragments+=("$1") ;;
      --jobs) jobs=$1 ;;
      --clang) clang=$1 ;;
      --init) init=$1 ;;
      --mem) mem=$1 ;;
      --cpus) cpus=$1 ;;
      --runs) runs=$1 ;;
      --append) append=$1 ;;
      --add) added+=("$1") ;;
      --share) share=$1 ;;
      --busybox) busybox=$1 ;;
      --attach) attached=$1 ;;
      --atomic)
        atomic=yes
        continue
        ;;
      --host)
        files=host
        continue
        ;;
      --rw)
        writable=rw
        continue
        ;;
      -h | --help)
        kernel_usage
        exit
        ;;
      -*) usage_error "there is no option $option" ;;
      *)
        operands+=("$option")
        continue
        ;;
    esac
    shift
  done
}

kernel_check() {
  local fragment i
  case $machine in
    um | x86_64 | qemu | arm64) ;;
    *) usage_error "there is no machine $machine" ;;
  esac
  if [ "$machine" = um ]; then
    [ ${#added[@]} = 0 ] || usage_error "--add needs --machine qemu"
    [ -z "$attached" ] || usage_error "--attach needs --machine qemu"
    [ -z "$files" ] || usage_error "--host needs --machine qemu: the root of user-mode Linux is the files of this machine anyway"
    [ "$cpus" = 1 ] || usage_error "--cpus needs --machine qemu: user-mode Linux has one processor"
  else
    [ -z "$writable" ] || usage_error "--rw needs --machine um"
  fi
  if [ "$machine" = arm64 ]; then
    [ -z "$files" ] || usage_error "--host needs --machine qemu: the programs of this machine do not run on AArch64"
    [ -z "$busybox" ] || [ -x "$busybox" ] || die "$busybox is no executable file"
  else
    [ -z "$busybox" ] || usage_error "--busybox needs --machine arm64"
  fi
  [ -z "$share" ] || [ -n "$files" ] || usage_error "--share needs --host"
  is_number "$cpus" || usage_error "--cpus must be a number, not $cpus"
  is_number "$jobs" || usage_error "--jobs must be a number, not $jobs"
  is_number "$clang" || usage_error "--clang must be a number, not $clang"
  is_number "$runs" || usage_error "--runs must be a number, not $runs"
  [[ $mem =~ ^[1-9][0-9]*[KMGkmg]?$ ]] || usage_error "--mem must be a size like 256M, not $mem"
  if [[ $source =~ ^[0-9]+\.[0-9]+$ ]] && [ ! -e "$source" ]; then
    : # tree_find unpacks it
  elif [ -n "$source" ]; then
    if [ ! -f "$source/Kbuild" ] || [ ! -d "$source/arch/um" ]; then
      die "$source is no source tree of the Linux kernel"
    fi
    source=$(readlink -f "$source")
  fi
  for i in "${!fragments[@]}"; do
    fragment=${fragments[i]}
    [ -r "$fragment" ] || die "$fragment cannot be read"
    fragments[i]=$(readlink -f "$fragment")
  done
  for i in "${!added[@]}"; do
    [ -x "${added[i]}" ] || die "${added[i]} is no executable file"
  done
  if [ -n "$share" ]; then
    [ -d "$share" ] || die "$share is no directory"
    share=$(readlink -f "$share")
  fi
  if [ -n "$init" ]; then
    [ -x "$init" ] || die "$init is no executable file"
    init=$(readlink -f "$init")
  fi
}

no_operands() { [ ${#operands[@]} = 0 ] || usage_error "unexpected argument: ${operands[0]}"; }

kernel_main() {
  local verb=${1-}
  case $verb in
    -h | --help | help)
      kernel_usage
      exit
      ;;
    build | run | optimize) shift ;;
    '') usage_error "missing verb: build, run or optimize" ;;
    *) usage_error "there is no verb $verb" ;;
  esac
  kernel_read "$@"
  kernel_check
  readonly lib=$home/lib
  [ -e "$lib/kernel/running/pgofs.o" ] || die "kernels are built and run on x86-64 machines alone"
  readonly cache=${PGOFS_KERNEL_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/pgofs/kernel}
  # shellcheck source=tree.sh
  . "$lib/kernel/tree.sh"
  case $machine in
    um) . "$lib/kernel/um.sh" ;;
    x86_64 | qemu)
      . "$lib/kernel/x86_64.sh"
      . "$lib/kernel/running.sh"
      ;;
    arm64)
      . "$lib/kernel/arm64.sh"
      . "$lib/kernel/running.sh"
      ;;
  esac
  case $verb in
    build)
      no_operands
      machine_build
      ;;
    run)
      no_operands
      machine_run
      ;;
    optimize)
      [ "$machine" != arm64 ] || usage_error "optimize has no workload for --machine arm64"
      . "$lib/kernel/optimize.sh"
      kernel_optimize
      ;;
  esac
}

kernel_main "$@"
