# shellcheck shell=bash disable=SC2034,SC2154 # variables of kernel.sh
# A kernel for PCs, and QEMU to run it. Nothing is linked into it: pgofs attach reads its counters out of the memory of the
# machine. So it is built without value profiling, for which functions would have to be there.

readonly arch=x86_64
readonly built=$cache/x86_64
readonly bzimage=arch/x86/boot/bzImage

machine_build() {
  tree_find
  tree_check
  tree_lock "$built"
  kernel_configure "$built" "$lib/kernel/kernel.config" "$lib/kernel/x86_64.config" "${fragments[@]}"
  # The name is relative to the directory of the build. A newer file has the kernel linked again.
  cp -u "$lib/kernel/x86_64.lds" "$built/pgofs.lds"
  kernel_compile "$built" "instrumented kernel" CFLAGS_GCOV="-fprofile-generate -mllvm -disable-vp $(tree_names)" \
    KBUILD_LDS=pgofs.lds bzImage
  echo "$source" >"$built/.pgofs.source"
  echo "The kernel is $built/vmlinux; pgofs kernel run --machine qemu boots it"
}

machine_run() {
  [ -f "$built/$bzimage" ] || die "there is no kernel in $built: pgofs kernel build --machine x86_64 makes one"
  guest_tools
  guest='' memory='' room=''
  trap guest_clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  room=$(mktemp -d "${TMPDIR:-/tmp}/pgofs-kernel.XXXXXX")
  guest_memory
  guest_disk
  guest_start
  guest_attach
  guest_wait
  exit "$status"
}

guest_tools() {
  local tool
  for tool in qemu-system-x86_64 busybox; do
    command -v "$tool" >/dev/null || die "there is no $tool: apt-get install qemu-system-x86 busybox-static"
  done
  ! ldd "$(command -v busybox)" >/dev/null 2>&1 || die "busybox needs libraries: apt-get install busybox-static"
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

# The files of the guest: busybox, what is added, and the script.
guest_disk() {
  local root=$room/root
  mkdir -p "$root"/{bin,dev,proc,sys}
  cp "$(command -v busybox)" "$root/bin/busybox"
  [ ${#added[@]} = 0 ] || cp "${added[@]}" "$root/bin"
  cp "$lib/kernel/guest-init" "$root/init"
  [ -z "$init" ] || cp "$init" "$root/init.program"
  (cd "$root" && find . | bin/busybox cpio -o -H newc 2>/dev/null) >"$room/initrd"
}

# Boots in the background. Sets guest, the process.
guest_start() {
  local accel=tcg
  # There are machines with the device and without what it needs: guests hang there.
  if [ -w /dev/kvm ] && grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo; then accel=kvm; fi
  # A kernel that is emulated on a busy machine may find its timer too slow to believe in it, and panic.
  setpriv --pdeathsig KILL qemu-system-x86_64 -accel "$accel" -m "$mem" -display none -nodefaults -serial stdio \
    -object "memory-backend-file,id=ram,size=$mem,mem-path=$memory,share=on" -machine pc,memory-backend=ram \
    -device isa-debug-exit,iobase=0xf4 -kernel "$built/$bzimage" -initrd "$room/initrd" \
    -append "console=ttyS0 quiet panic=-1 no_timer_check $append" <&0 &
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
