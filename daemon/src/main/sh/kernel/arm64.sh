# shellcheck shell=bash disable=SC2034,SC2154 # variables of kernel.sh and running.sh
# A kernel for AArch64, cross-built, and the machine that QEMU emulates for it.

readonly arch=arm64
readonly boot_directory=arch/arm64/boot boot_image=Image
readonly running=$lib/aarch64/running
readonly qemu=qemu-system-aarch64 qemu_package=qemu-system-arm
# Pointer authentication as the architecture has it takes QEMU longer than all else. Programs may end the machine.
readonly guest_machine=(-machine "virt,memory-backend=ram" -cpu "max,pauth-impdef=on" -smp "$cpus"
  -semihosting-config "enable=on,userspace=on,target=native")
readonly guest_words="console=ttyAMA0"

[ -e "$running/pgofs.o" ] || die "this build of pgofs has no runtime for aarch64: see README.md, AArch64"

guest_programs() { # DIRECTORY
  [ -n "$busybox" ] ||
    die "the machine needs a busybox for AArch64 that is linked statically: give that of Debian's busybox-static:arm64 by --busybox"
  cp "$busybox" "$1/busybox"
  cp "$running/guest_exit" "$1"
}

guest_accel() { echo tcg; }
