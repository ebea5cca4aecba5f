#!/bin/bash
# Runs in a guest whose root is the files of the host: pgofs and the kernel that it reads are in one machine. Leaves the
# profiles of each step and what was said in its working directory, which the host shares. Usage: in-guest.sh BUILD, the
# directory where the kernel was built. Begins with the file steps there, the commands of docs/kernel.md.
set -eux
build=$1
images=/mnt/pgofs/pgo/images
mkdir -p /mnt/pgofs

reset() { echo 1 >/mnt/pgofs/pgo/reset; }

files() { # PREFIX NUMBER
  local i
  { set +x; } 2>/dev/null
  for ((i = 0; i < $2; i++)); do : >"/run/files/$1$i"; done
  set -x
}

bash -euxo pipefail steps

pgofs mount /mnt/pgofs
cat /mnt/pgofs/pgo/status >status.txt

: exactly the calls between a reset and a copy, and whom vfs_read called
reset
./getppids 10000
cat /proc/version /proc/uptime
cp -a $images/vmlinux-*/profraw getppid.profraw

: those that look on
cp -a $images/vmlinux-*/profraw poll-1.profraw
cp -a $images/vmlinux-*/profraw poll-2.profraw
{ set +x; } 2>/dev/null
for ((i = 0; i < 20; i++)); do
  cat /mnt/pgofs/pgo/status /mnt/pgofs/pgo/.status.json /mnt/pgofs/pgo/metrics $images/vmlinux-*/status >/dev/null
done
set -x
cp -a $images/vmlinux-*/profraw poll-3.profraw

: a module that counts, goes, and comes again
insmod "$build/drivers/block/loop.ko"
insmod "$build/fs/ext2/ext2.ko"
truncate -s 4M /run/disk
mke2fs -q -t ext2 /run/disk
mkdir /run/files
mount -t ext2 -o loop /run/disk /run/files
reset
files one 100
cp -a $images/ext2.ko-*/profraw loaded.profraw
umount /run/files
rmmod ext2
cp -a $images/ext2.ko-*/profraw unloaded.profraw
insmod "$build/fs/ext2/ext2.ko"
mount -t ext2 -o loop /run/disk /run/files
files two 50
cp -a $images/ext2.ko-*/profraw again.profraw

: a daemon that is killed
reset
./getppids 300
files three 30
pkill -KILL -x pgofs
until ! mountpoint -q /mnt/pgofs; do sleep 0.1; done
./getppids 40
files four 4
pgofs mount /mnt/pgofs
./getppids 5
files five 2
cp -a $images/vmlinux-*/profraw killed.profraw
cp -a $images/ext2.ko-*/profraw killed-module.profraw

: a lockdown
echo confidentiality >/sys/kernel/security/lockdown
./getppids 1
cp -a $images/vmlinux-*/profraw locked.profraw
pgofs umount /mnt/pgofs
pgofs mount /mnt/pgofs 2>lockdown.txt
cat /mnt/pgofs/pgo/status >>lockdown.txt
: done
