# shellcheck shell=bash
# The plain case of "pgofs status": the daemon serves the text, and to print it needs no JVM. Whatever is not plain is left to
# Java, which finds out what is wrong and says so. Only the mount itself is asked for anything: other places may be anybody's.

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
  case $path in
    '') [ -z "${PGOFS_SEGMENT_DIR-}" ] || return ;; # which of several mounts is meant, Java knows
    /*) ;;
    *)
      [ -n "$directory" ] || return
      path=$directory/$path
      ;;
  esac
  find_plain_mount "${path%/}" # as completion leaves it
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
