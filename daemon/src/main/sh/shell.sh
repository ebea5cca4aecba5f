# shellcheck shell=bash
# pgofs shell: runs a shell or a command with a mount of its own. Sourced by pgofs, which has set home.

. "$home/lib/namespace.sh"

shell_usage() {
  cat <<'END'
usage: pgofs shell [-o OPTIONS] [--] [COMMAND [ARGUMENT...]]

Runs a command, or else a shell (SHELL), with a pgofs of its own, which need not be root's: what is started there, and nothing
else, counts in a mount at $PGOFS_MOUNT, which nobody else sees. Everything works as in a mount of root:

  pgofs shell
  ./server &
  ./load
  echo 1 >"$PGOFS_MOUNT/pgo/reset"
  ./load
  pgofs collect server
  exit

  -o OPTIONS  those of pgofs mount -o; -o stock reads programs that are started there, root's those of the whole machine

The exit code is that of the command; 1 if it could not be started, with the reason. When it has ended, mount and counts are
gone: collect before. For users who are not root, the command runs in a namespace of mounts, and of users in which only they
exist.
END
}

shell_die() {
  echo "pgofs: $1" >&2
  exit "${2:-1}"
}

shell_clean() {
  [ -z "$shell_daemon" ] || kill "$shell_daemon" 2>/dev/null
  wait "$shell_daemon" 2>/dev/null
  umount -l "$room/segments" 2>/dev/null
  rm -rf "$room"
}

shell() {
  local as='' base=/run options='' status=0 run=() room='' room_log='' shell_daemon=''
  [ "${1-}" != --in-namespace-of ] || { as=$2 && shift 2; }
  local arguments=("$@")
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help)
        shell_usage
        exit
        ;;
      -o)
        [ $# -gt 1 ] || shell_die "-o needs a value; see pgofs shell --help" 2
        options=$2
        shift 2
        ;;
      --)
        shift
        break
        ;;
      -*) shell_die "unknown option $1; see pgofs shell --help" 2 ;;
      *) break ;;
    esac
  done
  [ $# -gt 0 ] || set -- "${SHELL:-/bin/sh}"
  type -P -- "$1" >/dev/null || shell_die "there is no command $1" 127
  namespace_enter shell "${arguments[@]}"
  if [ -n "$as" ]; then
    base=${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}
    namespace_leave "$as"
  fi
  namespace_room "$base" pgofs-shell || shell_die "cannot make a directory in $base"
  trap shell_clean EXIT
  chmod 711 "$room" && mkdir "$room/mount" && namespace_segments "$room/segments" || exit 1
  # It ends with this shell, however that ends, but not by Ctrl-C, which is for the command.
  setpriv --pdeathsig TERM "$home/bin/pgofs" mount -f ${options:+-o "$options"} --segment-dir "$room/segments" "$room/mount" \
    >&"$room_log" 2>&1 </dev/null &
  shell_daemon=$!
  until [ -e "$room/mount/pgo/status" ]; do
    if ! kill -0 "$shell_daemon" 2>/dev/null; then
      sed -n 's/^pgofs: //p' "$room/log" | tail -n 1 >"$room/said"
      shell_die "cannot mount: $(<"$room/said")"
    fi
    sleep 0.05
  done
  trap : INT # the command ends by it, and this one goes on to clean up
  PGOFS_SEGMENT_DIR=$room/segments PGOFS_MOUNT=$room/mount "${run[@]}" "$@" {room_log}>&- || status=$?
  trap - INT
  exit "$status"
}
