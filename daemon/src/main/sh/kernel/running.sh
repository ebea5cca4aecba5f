# shellcheck shell=bash disable=SC2034,SC2154 # variables of kernel.sh
# A kernel that can be read while it runs: on the machine itself, through /proc/kcore, or out of the memory of a virtual
# machine. And QEMU to run it. Linked in are pgofs.o, which records values and has the note that says where all is, and
# module.o, the same for each module. What differs between processors is in x86_64.sh and arm64.sh:
#   arch            as make has it, and the name of the directory where it is built
#   boot_directory, boot_image
#                   where make puts what boots, and what it is called
#   running         the directory with pgofs.o, module.o and their linker scripts
#   qemu, qemu_package
#                   what runs it, and the package that has it
#   guest_machine   QEMU's options for the machine, whose memory is called ram, and for how it ends with an exit code
#   guest_words     the kernel's command line
#   guest_programs  puts busybox, and what else the machine needs, into a directory
#   guest_accel     prints what QEMU runs it by

readonly built=$cache/$arch
readonly optimize_words=("$boot_image")
readonly smallest=("$lib/kernel/kernel.config" "$lib/kernel/$arch.config")
readonly needed=("$lib/kernel/instrumented.config" "$lib/kernel/running.config")

machine_build() {
  tree_find
  tree_check
  tree_lock "$built"
  kernel_configure "$built"
  local targets=("$boot_image")
  ! grep -qx CONFIG_MODULES=y "$built/.config" || targets+=(modules)
  running_place
  # What reads through /proc/kcore is not instrumented, or each reading would count for each 8 bytes that it copies. modpost
  # does not see that modules take from module.o what they seem to lack.
  kernel_compile "$built" "instrumented kernel" CFLAGS_GCOV="$(tree_instrumentation)" \
    GCOV_PROFILE_maccess.o=n GCOV_PROFILE_kcore.o=n KBUILD_LDS=pgofs.lds \
    LDFLAGS_MODULE="-T $running/module.lds $running/module.o" KBUILD_MODPOST_WARN=1 "${targets[@]}"
  echo "$source" >"$built/.pgofs.source"
  echo "The kernel is $built/$boot_directory/$boot_image; pgofs kernel run --machine $machine boots it"
}

# The linker script and what it links in, where the link is made. make does not know of them: with newer ones, links have to
# be made again.
running_place() {
  local part same=yes
  for part in "$running"/pgofs.*; do cmp -s "$part" "$built/${part##*/}" || same=''; done
  [ -n "$same" ] || cp "$running"/pgofs.* "$built"
  find "$built" -name '*.ko' \( ! -newer "$running/module.o" -o ! -newer "$running/module.lds" \) -delete
}

machine_run() {
  [ -f "$built/$boot_directory/$boot_image" ] || die "there is no kernel in $built: pgofs kernel build --machine $arch makes one"
  guest_tools
  accel=$(guest_accel)
  guest_boot "$built"
  guest_attach
  guest_wait
  exit "$status"
}

# Boots in the background. Sets guest, the process, and what guest_clean_up removes.
guest_boot() { # BUILD QEMU-OPTION...
  guest='' memory='' room=''
  trap guest_clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  room=$(mktemp -d "${TMPDIR:-/tmp}/pgofs-kernel.XXXXXX")
  guest_memory
  guest_disk
  guest_start "$@"
}

guest_tools() {
  command -v "$qemu" >/dev/null || die "there is no $qemu: apt-get install $qemu_package"
  command -v busybox >/dev/null || die "there is no busybox: apt-get install busybox-static"
}

# Sets memory to a new file for the memory of the machine, which is memory if there is room for it.
guest_memory() {
  local bytes free directory=/dev/shm
  bytes=$(numfmt --from=iec "${mem^^}")
  free=$(df --output=avail -B1 "$directory" 2>/dev/null | tail -n 1)
  [ "${free:-0}" -gt "$bytes" ] || directory=$cache
  memory=$(mktemp "$directory/pgofs-guest.XXXXXX")
  truncate -s "$bytes" "$memory"
}

# The files of the guest: busybox, what is added, and the script, unless that is among the files of the host.
guest_disk() {
  local root=$room/root
  mkdir -p "$root"/{bin,dev,proc,sys}
  guest_programs "$root/bin"
  [ ${#added[@]} = 0 ] || cp "${added[@]}" "$root/bin"
  cp "$lib/kernel/guest-init" "$root/init"
  [ -z "$init" ] || [ -n "$files" ] || cp "$init" "$root/init.program"
  (cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$room/initrd"
}

# The files of the host, and a directory that the guest may write to, as devices of the machine.
guest_files() {
  if [ -z "$files" ]; then return; fi
  local path
  for path in "$PWD" "$share" "$init"; do
    case $path in *[\",]*) die "$path has a quote or a comma in its name, which QEMU and the kernel cannot be told" ;; esac
  done
  devices+=(-virtfs "local,path=/,mount_tag=files,security_model=none,readonly=on,multidevs=remap")
  words+=" pgofs_files=host pgofs_init=\"$init\" pgofs_dir=\"$PWD\""
  if [ -n "$share" ]; then
    devices+=(-virtfs "local,path=$share,mount_tag=share,security_model=none,multidevs=remap")
    words+=" pgofs_share=\"$share\""
  fi
}

guest_start() { # BUILD QEMU-OPTION...
  local devices=("${@:2}") words=''
  guest_files
  setpriv --pdeathsig KILL "$qemu" -accel "$accel" -m "$mem" "${guest_machine[@]}" \
    -display none -nodefaults -serial stdio \
    -object "memory-backend-file,id=ram,size=$mem,mem-path=$memory,share=on" "${devices[@]}" \
    -kernel "$1/$boot_directory/$boot_image" -initrd "$room/initrd" \
    -append "$guest_words quiet panic=-1$words $append" <&0 &
  guest=$!
  # Until it has its memory.
  until grep -qF "$memory" "/proc/$guest/maps" 2>/dev/null; do
    kill -0 "$guest" 2>/dev/null || die "the machine did not start"
    sleep 0.05
  done
}

guest_attach() {
  local command=("$home/bin/pgofs" attach --vmlinux "$built/vmlinux" --ram "$memory")
  if [ -n "$attached" ]; then
    "${command[@]}" "$attached" >&2 </dev/null || exit
  else
    echo "To see its counts: ${command[*]} MOUNTPOINT" >&2
  fi
}

# Sets status to what the program in the guest exited with.
guest_wait() {
  status=0
  wait "$guest" || status=$?
  guest=
  # 2n + 1, with the n of guest-init. 1 is QEMU's own, and what is above comes from signals.
  if [ "$status" -lt 3 ] || [ "$status" -gt 127 ]; then
    die "the machine ended before its init did; --append loglevel=7 shows what it said"
  fi
  status=$((status / 2 - 1))
}

guest_clean_up() {
  trap '' INT TERM HUP # Ctrl-C may come twice
  trap - EXIT
  if [ -n "$guest" ]; then
    kill -KILL "$guest" 2>/dev/null || true
    wait "$guest" 2>/dev/null || true
    [ -n "$init" ] || stty sane 2>/dev/null || true
  fi
  # A last look at the memory, before the file goes: a daemon that is killed in the next second has saved it then.
  [ -z "$attached" ] || cat "$attached/pgo/status" >/dev/null 2>&1 || true
  rm -rf "$room" "$memory"
}

# Measured by instructions: the machine is emulated, and its clock goes on by a nanosecond with each. So what else this machine
# does does not matter; nor does how fast a processor's caches and predictors would make them.
optimize_prepare() {
  guest_tools
  accel=tcg
  mem=512M # of its pages, a RAM disk lets half as many be files: the workload makes 32,000
  init=$lib/kernel/workload
  attached=''
}

# Boots one kernel, and adds to the array instructions what each kind of work took.
optimize_measure() { # NAME
  local word name nanoseconds output=$built-$1/.pgofs.output
  guest_boot "$built-$1" -icount shift=0,sleep=off >"$output"
  guest_wait
  guest_clean_up
  [ "$status" = 0 ] || die "the work in the guest failed: see $output"
  while read -r word name nanoseconds; do
    case $word,$name in
      begin,syscalls) instructions[boot $1]+=" $nanoseconds" ;;
      end,*) instructions[$name $1]+=" $nanoseconds" ;;
    esac
  done <"$output"
}

optimize_print() {
  local work one other
  printf '%-24s %10s %12s %9s\n' 'millions of instructions' plain 'with profile' ratio
  for work in boot syscalls tree pipes; do
    # shellcheck disable=SC2086 # one word for each run
    one=$(median ${instructions[$work plain]}) other=$(median ${instructions[$work optimised]})
    printf '%-24s %10d %12d %9s\n' "$work" $((one / 1000000)) $((other / 1000000)) "$(ratio "$one" "$other")"
  done
}
