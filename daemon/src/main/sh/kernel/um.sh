# shellcheck shell=bash disable=SC2034,SC2154 # variables of kernel.sh
# User-mode Linux: the kernel as a program of this machine. The runtime is linked in and publishes its counters as those
# of any program.

readonly arch=um
readonly built=$cache/um
readonly optimize_words=(LD_FLAGS_CMDLINE=-Wl,--build-id=sha1)
readonly smallest=("$lib/kernel/kernel.config" "$lib/kernel/um.config") needed=("$lib/kernel/instrumented.config")

machine_build() {
  tree_find
  tree_check
  tree_lock "$built"
  kernel_configure "$built"
  um_forget_links "$built"
  # Modules take from module.o what they seem to lack. modpost does not see that.
  kernel_compile "$built" "instrumented kernel" CFLAGS_GCOV="$(tree_instrumentation)" \
    LD_FLAGS_CMDLINE="$(um_link)" LDFLAGS_MODULE="-T $lib/kernel/um/module.lds $lib/kernel/um/module.o" KBUILD_MODPOST_WARN=1
  echo "$source" >"$built/.pgofs.source"
  echo "The kernel is $built/vmlinux; pgofs kernel run boots it"
}

# make does not know of what is linked in here: with another runtime, links have to be made again.
um_forget_links() { # BUILD
  local part
  for part in "$lib/libpgofs_rt.a" "$lib/kernel/um"/*; do
    find "$1" \( -path "$1/vmlinux" -o -name '*.ko' \) ! -newer "$part" -delete
  done
}

# For the final link, which the compiler driver does. The kernel's own flags have no build id for this machine.
um_link() { echo "-Wl,--build-id=sha1 -Wl,-u,__llvm_profile_runtime $lib/libpgofs_rt.a $lib/kernel/um/modules.o"; }

machine_run() {
  [ -x "$built/vmlinux" ] || die "there is no kernel in $built: pgofs kernel build makes one"
  local segments=${PGOFS_SEGMENT_DIR:-/run/pgofs}
  [ -d "$segments" ] || die "there is no segment directory $segments: pgofs mount makes it"
  um_check_paths
  um_start "$built/vmlinux"
  um_wait
  exit "$status"
}

# The guest has a /dev/shm of its own, and its command line has quotes around what may have blanks.
um_check_paths() {
  local path
  for path in "${PGOFS_SEGMENT_DIR:-/run/pgofs}" "${TMPDIR:-/tmp}" "$PWD" ${init:+"$init"}; do
    case $(readlink -f "$path")/ in
      *'"'*) die "$path has a quote in its name, which the kernel's command line cannot have" ;;
      /dev/shm/*) [ -n "$writable" ] || die "the guest does not see $path, since it has a /dev/shm of its own: take another directory" ;;
    esac
  done
}

# Boots a kernel in the background. Sets guest, its process, and room, a directory that is removed at the end.
#
# It has a process namespace of its own, and ends when this shell does: guest processes are processes of this machine,
# which user-mode Linux alone would leave behind when it is killed. It has a session of its own too, since a kernel that
# panics sends a signal to its process group. Its heap is not at a random place: the gap before it would become memory.
um_start() { # VMLINUX
  local input=null
  [ -n "$init" ] || input=fd:0
  guest='' room=''
  trap um_clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  room=$(mktemp -d "${TMPDIR:-/tmp}/pgofs-kernel.XXXXXX")
  # shellcheck disable=SC2086 # words
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child sh -c "$um_surroundings" sh "$room" "${writable:-ro}" \
    "$(readlink -f "${PGOFS_SEGMENT_DIR:-/run/pgofs}")" \
    env -u TMPDIR -u TMP -u TEMP setsid --wait setarch --addr-no-randomize "$1" mem="$mem" \
    root=/dev/root rootfstype=hostfs rootflags=/ "${writable:-ro}" init="$lib/kernel/init" quiet \
    con=null con0="$input",fd:1 con1=null,fd:2 console=tty1 ssl=null uml_dir="$room" umid=guest \
    pgofs_status="\"$room\"" pgofs_init="\"$init\"" pgofs_dir="\"$PWD\"" $append <&0 &
  guest=$!
}

# What the kernel finds of this machine. Its root may mount files of the host anew, wherever they are, and guest processes
# that get loose, for a moment, when it is killed are processes of this machine and of root: neither must write to its
# files, nor switch it off. All mounts are read-only for them, but for the room, the segment directory, where the kernel
# publishes, and a /dev/shm of their own, where it has its memory; and no process is seen by which to reach other mounts.
# shellcheck disable=SC2016 # it is expanded there
readonly um_surroundings='
  room=$1 access=$2 segments=$3
  shift 3
  mount -t proc proc /proc && mount --bind "$room" "$room" || exit
  if [ -e /proc/sysrq-trigger ]; then mount --bind /dev/null /proc/sysrq-trigger || exit; fi
  if [ "$access" = ro ]; then
    if [ -d /dev/shm ]; then mount -t tmpfs tmpfs /dev/shm || exit; fi
    if [ -d "$segments" ]; then mount --bind "$segments" "$segments" || exit; fi
    while read -r _ _ _ _ point options _; do
      point=$(printf %b. "$point") point=${point%.}
      case $options,$point in
        ro,*,* | *,"$room" | *,"$segments" | *,/dev/shm) continue ;;
      esac
      mount -o remount,bind,ro "$point" 2>/dev/null || ! mountpoint -q "$point" || {
        echo "pgofs kernel: $point cannot be made read-only: give --rw, or unmount it" >&2
        exit 1
      }
    done </proc/self/mountinfo
  fi
  "$@"
  exit'

# Sets status to what the program in the guest exited with.
um_wait() {
  wait "$guest" || true
  guest=
  [ -s "$room/status" ] || die "the kernel ended before its init did; --append loglevel=7 shows what it said"
  read -r status <"$room/status"
}

um_clean_up() {
  trap '' INT TERM HUP # Ctrl-C may come twice
  trap - EXIT
  if [ -n "$guest" ]; then
    kill -KILL "$guest" 2>/dev/null || true # unshare, which takes all of the guest with it
    wait "$guest" 2>/dev/null || true
    [ -n "$init" ] || stty sane 2>/dev/null || true
  fi
  [ -z "$room" ] || rm -rf "$room"
  trap - INT TERM HUP
}

# Boots one kernel, and adds to the arrays elapsed and processor what each kind of work took, in microseconds.
optimize_measure() { # NAME
  local started=$EPOCHREALTIME word name nanoseconds ticks before process='' both from vmlinux
  vmlinux=$(sed 's/[^[:alnum:]\/_-]/\\&/g' <<<"$built-$1/vmlinux") # for pgrep, a regular expression
  rm -f "$cache/.output"
  mkfifo "$cache/.output"
  exec {both}<>"$cache/.output" # to open it for writing alone would wait for a reader
  um_start "$built-$1/vmlinux" >&"$both"
  exec {from}<"$cache/.output" {both}>&-
  rm "$cache/.output"
  while read -r word name nanoseconds; do
    case $word in
      begin)
        process=${process:-$(pgrep -o -f "^$vmlinux .*uml_dir=.*/${room##*/} ")}
        ticks=$(optimize_ticks "$process")
        if [ "$name" = syscalls ]; then
          elapsed[boot $1]+=" $((${EPOCHREALTIME/./} - ${started/./}))"
          processor[boot $1]+=" $((ticks * 10000))"
        fi
        before=$ticks
        ;;
      end)
        elapsed[$name $1]+=" $((nanoseconds / 1000))"
        processor[$name $1]+=" $((($(optimize_ticks "$process") - before) * 10000))"
        ;;
    esac
  done <&"$from"
  exec {from}<&-
  um_wait
  um_clean_up
  [ "$status" = 0 ] || die "the work in the guest failed"
}

# Hundredths of a second that a process spent in its own code: here the kernel's, without the host's and the guest's.
optimize_ticks() { awk '{ sub(/^.*\) /, ""); print $12 }' "/proc/$1/stat"; } # PROCESS

# A kernel and its processes take turns: on two processors they would wait for each other's to wake up, which takes longer
# than most of their work, and never equally long.
optimize_prepare() {
  local allowed
  init=$lib/kernel/workload
  allowed=$(taskset -pc $$) # pid 1's current affinity list: 0-3,7
  taskset -pc "${allowed##*[!0-9]}" $$ >/dev/null
}

optimize_print() {
  local work one other
  printf '%-10s %33s    %33s\n' 'ms' 'elapsed' "processor time in the kernel's code"
  printf '%-10s %10s %12s %9s    %10s %12s %9s\n' '' plain 'with profile' ratio plain 'with profile' ratio
  for work in boot syscalls tree pipes; do
    printf '%-10s' "$work"
    # shellcheck disable=SC2086 # one word for each run
    {
      one=$(median ${elapsed[$work plain]}) other=$(median ${elapsed[$work optimised]})
      printf ' %10d %12d %9s   ' $((one / 1000)) $((other / 1000)) "$(ratio "$one" "$other")"
      one=$(median ${processor[$work plain]}) other=$(median ${processor[$work optimised]})
      printf ' %10d %12d %9s\n' $((one / 1000)) $((other / 1000)) "$(ratio "$one" "$other")"
    }
  done
}
