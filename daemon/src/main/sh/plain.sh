# shellcheck shell=bash
# The plain cases of "pgofs status" and "pgofs umount", which need no JVM: the daemon serves the text, and says who it is. Whatever
# is not plain is left to Java, which finds out what is wrong and says so. Only the mount itself is asked for anything: other
# places may be anybody's.

# Sets plain_mount to the mount that is meant: the only one, or the one with exactly this path. It is empty if that is not plain.
find_plain_mount() {
  local IFS=' ' fields i point
  local -A ours=()
  plain_mount=
  # The last mount on a path is the one that is seen; see MountTable.
  while read -r -a fields; do
    point=${fields[4]}
    ours[$point]=
    for ((i = 5; i + 1 < ${#fields[@]}; i++)); do
      [ "${fields[i]}" = - ] || continue
      case ${fields[i + 1]},${fields[-1]}, in fuse.pgofs,*,user_id=0,*) ours[$point]=yes ;; esac
      break
    done
  done </proc/self/mountinfo
  for point in "${!ours[@]}"; do
    [ -n "${ours[$point]}" ] || continue
    case $point in *\\*) plain_mount= && return ;; esac # an escape of the kernel's
    if [ -n "$1" ]; then
      [ "$point" != "$1" ] || plain_mount=$point
    elif [ -n "$plain_mount" ]; then
      plain_mount= && return
    else
      plain_mount=$point
    fi
  done
}

# The same for the word of a command, which is empty if it has none.
find_named_mount() {
  local path=$1
  plain_mount=
  case $path in
    '') [ -z "${PGOFS_SEGMENT_DIR-}" ] || return ;; # which of several mounts is meant, Java knows
    /*) ;;
    *)
      [ -n "$directory" ] || return
      path=$directory/$path
      ;;
  esac
  find_plain_mount "${path%/}" # as completion leaves it
}

# Prints the status and exits, or returns. The words are those behind "status".
print_plain_status() {
  local word options='' path='' file text fd
  for word; do
    case $options$word in
      --json | --exit-code) options=$word ;;
      *) # Both options together, or one twice: where to look in JSON, and what to say, Java knows.
        case $word in '' | -*) return ;; esac
        [ -z "$path" ] || return
        path=$word
        ;;
    esac
  done
  find_named_mount "$path"
  [ -n "$plain_mount" ] || return
  file=status
  [ "$options" != --json ] || file=.status.json
  { exec {fd}<"$plain_mount/pgo/$file"; } 2>/dev/null || return
  text=$(cat <&"$fd" 2>/dev/null && echo .) || return
  trap '' PIPE
  printf %s "${text%.}" 2>/dev/null
  case $options$text in '--exit-codeattention: '*) exit 3 ;; esac
  exit 0
}

# Whether the process whose directory in /proc is open as $process runs. One that nobody waits for stays as a zombie.
runs() {
  local stat
  { read -r stat <"/proc/self/fd/$process/stat"; } 2>/dev/null || return
  case ${stat##*) } in [ZX]*) return 1 ;; esac
}

# Unmounts and exits, or returns and has done nothing. The words are those behind "umount".
unmount_plainly() {
  local pid segments process name='' waited
  case $#,${1-} in 0, | 1,[!-]*) ;; *) return ;; esac
  find_named_mount "${1-}"
  [ -n "$plain_mount" ] || return
  { { read -r pid && read -r segments; } <"$plain_mount/pgo/.daemon"; } 2>/dev/null || [ -n "${segments-}" ] || return
  # Once it has ended, another process may have its number, but not this directory.
  { exec {process}<"/proc/$pid"; } 2>/dev/null || return
  { read -r name <"/proc/self/fd/$process/comm"; } 2>/dev/null && [ "$name" = pgofs ] && runs || return
  umount "$plain_mount" 2>/dev/null || return
  # Until the daemon has let go of its segments: then another one can be mounted. As in UmountCommand, one that a namespace
  # keeps from noticing is told.
  for ((waited = 0; waited < 1000; waited++)); do
    runs || exit 0
    [ "$waited" != 200 ] || kill "$pid"
    sleep 0.01
  done
  die "unmounted, but the daemon does not let go of $segments"
}
