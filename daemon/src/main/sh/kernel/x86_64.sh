# shellcheck shell=bash disable=SC2034,SC2154 # variables of kernel.sh and running.sh
# A kernel for PCs, and the PC on which QEMU runs it.

readonly arch=x86_64
readonly boot_directory=arch/x86/boot boot_image=bzImage
readonly running=$lib/kernel/running
readonly qemu=qemu-system-x86_64 qemu_package=qemu-system-x86
readonly guest_machine=(-machine "pc,memory-backend=ram" -smp "$cpus,sockets=$cpus" -device "isa-debug-exit,iobase=0xf4")
# A kernel that is emulated on a busy machine may find its timer too slow to believe in it, and panic.
readonly guest_words="console=ttyS0 no_timer_check"

guest_programs() { # DIRECTORY
  ! ldd "$(command -v busybox)" >/dev/null 2>&1 || die "busybox needs libraries: apt-get install busybox-static"
  cp "$(command -v busybox)" "$1/busybox"
}

# There are machines with the device and without what it needs: guests hang there.
guest_accel() {
  if [ -w /dev/kvm ] && grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo; then echo kvm; else echo tcg; fi
}
