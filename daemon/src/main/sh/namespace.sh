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

# A segment directory, as pgofs mount would make it; only its lock is for root of the machine alone.
namespace_segments() { # DIRECTORY
  mkdir "$1" && mount -t tmpfs -o size=1P,nr_inodes=0,inode64,mode=1733,nosuid,nodev,noexec pgofs "$1"
}

# Sets run: what stands before a command that is to be its caller again.
namespace_leave() { # UID:GID
  # shellcheck disable=SC2034 # for the command that calls this
  run=(unshare --user "--map-user=${1%:*}" "--map-group=${1#*:}" --)
}
