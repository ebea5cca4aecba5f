# shellcheck shell=bash
# For commands that mount something for users who are not root: as root of a namespace of their own. Sourced by such a command;
# the launcher has set home.

# Starts "pgofs VERB --in-namespace-of UID:GID ARGUMENT..." in namespaces of mounts and users, and does not return; or fails where
# that is not allowed. Root needs none.
namespace_enter() { # VERB ARGUMENT...
  local verb=$1
  shift
  [ "$EUID" != 0 ] || return 0
  unshare --user --map-root-user --mount true 2>/dev/null || {
    echo "pgofs: this machine lets only root make namespaces, which $verb needs (user.max_user_namespaces, AppArmor): use sudo" >&2
    exit 1
  }
  exec unshare --user --map-root-user --mount --propagation slave -- \
    "$home/bin/pgofs" "$verb" --in-namespace-of "$(id -u):$(id -g)" "$@"
}

# Makes a directory for what a command needs while it runs, sets room to it, and opens its log as room_log, which is locked: the
# daemon of the command writes there and has the lock too; nothing else that is started is to inherit it. Removes directories
# of commands that were killed.
namespace_room() { # BASE NAME
  local old base
  base=$(readlink -f "$1")
  for old in "$base/$2"-*; do namespace_clear "$old"; done
  until [ -n "$room" ] && [ "$room/log" -ef "/proc/self/fd/$room_log" ]; do
    room=$(mktemp -d "$base/$2-XXXXXXXX") || return
    # Before the lock, another one may take it for one that was left.
    { exec {room_log}>"$room/log"; } 2>/dev/null && flock -n "$room_log" || room=
  done
}

# Removes such a directory if it is the caller's and neither command nor daemon lives. It may lie where all users may write: only
# what was opened is looked at, and only names that are known are removed. Nothing that is mounted there is touched: it is
# somebody else's, and its file system might not answer.
namespace_clear() { # DIRECTORY
  local opened lock at
  ! cut -d ' ' -f 5 /proc/self/mountinfo | grep -Fqx "$1" || return 0
  { exec {opened}<"$1/"; } 2>/dev/null || return 0
  at=/proc/self/fd/$opened
  if [ -O "$at" ] && [ "$(readlink "$at")" = "$1" ] && { exec {lock}<"$at/log"; } 2>/dev/null; then
    if flock -n "$lock"; then
      # Root's are mounted for the whole machine. With -c, umount does not ask a file system whose daemon has ended.
      umount -l -c "$1/mount" 2>/dev/null
      umount -l -c "$1/segments" 2>/dev/null
      rm -f "$at/said"
      rmdir "$at/mount" "$at/segments" 2>/dev/null
      # What is left is removed next time.
      [ "$(ls "$at/")" != log ] || { rm -f "$at/log" && rmdir "$1"; }
    fi
    exec {lock}<&-
  fi
  exec {opened}<&-
}

# A segment directory, as pgofs mount would make it; only its lock is for root of the machine alone.
namespace_segments() { # DIRECTORY
  mkdir "$1" && mount -t tmpfs -o size=1P,nr_inodes=0,inode64,mode=1733,nosuid,nodev,noexec pgofs "$1"
}

# Sets run: what stands before a command that is to be its caller again.
namespace_leave() { # UID:GID
  # shellcheck disable=SC2034 # for the command that calls this
  run=(unshare --user "--map-user=${1%:*}" "--map-group=${1#*:}" --)
}
