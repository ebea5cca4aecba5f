# shellcheck shell=bash
# pgofs record: runs a command and leaves its profile. Sourced by pgofs, which has set home.

record_usage() {
  cat <<'END'
usage: pgofs record [-o FILE] [--] COMMAND [ARGUMENT...]

Runs a command, and leaves the raw profile of all instrumented programs that it runs, with their libraries and children:
those with the runtime of pgofs, and those with the compiler's own, as they are. Needs root, and no mount: nothing else
counts, and nothing is left but the profile.

  -o FILE  where the profile goes (default: COMMAND.profraw, here). It is replaced when the command has ended.

The exit code is that of the command; 1 if there is no profile, with the reason.
Programs with the compiler's own runtime count when they end by themselves, as root: what they would write into a file is
taken in.
END
}

record_die() {
  echo "pgofs: $1" >&2
  exit "${2:-1}"
}

record_clean() {
  "$home/bin/pgofs" umount "$record/mount" >/dev/null 2>&1
  umount -l "$record/segments" 2>/dev/null
  rm -rf "$record"
}

record() {
  local output='' status=0
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help)
        record_usage
        exit
        ;;
      -o)
        [ $# -gt 1 ] || record_die "-o needs a file; see pgofs record --help" 2
        output=$2
        shift 2
        ;;
      --)
        shift
        break
        ;;
      -*) record_die "unknown option $1; see pgofs record --help" 2 ;;
      *) break ;;
    esac
  done
  [ $# -gt 0 ] || record_die "which command? See pgofs record --help" 2
  [ "$EUID" = 0 ] || record_die "only root can record: use sudo"
  output=${output:-${1##*/}.profraw}
  case $output in /*) ;; *) output=$PWD/$output ;; esac
  [ -d "${output%/*}/" ] || record_die "there is no directory ${output%/*} for the profile"
  record=$(mktemp -d /run/pgofs-record-XXXXXXXX) || record_die "cannot make a directory in /run"
  trap record_clean EXIT
  # Programs of other users pass through it to the segments. Not to the files: where others may write, one could lay a
  # link under a name that root's program is about to write to.
  chmod 711 "$record"
  mkdir "$record/mount" && mkdir -m 700 "$record/files" || exit 1
  PGOFS_LOG=$record/log "$home/bin/pgofs" mount -o kernel=no --segment-dir "$record/segments" "$record/mount" || exit 1
  trap : INT # the command ends by it, and its profile stays
  PGOFS_SEGMENT_DIR=$record/segments LLVM_PROFILE_FILE=$record/files/${1##*/}.%p.profraw "$@" || status=$?
  trap - INT
  record_files
  record_copy "$output"
  exit "$status"
}

# What stock programs wrote; an empty file is of one that was killed.
record_files() {
  local files=("$record/files"/*.profraw) file some=()
  for file in "${files[@]}"; do [ ! -s "$file" ] || some+=("$file"); done
  [ ${#some[@]} = 0 ] || printf '%s\0' "${some[@]}" | xargs -0 sh -c '"$@" "$0/mount" >/dev/null' "$record" "$home/bin/pgofs" add
}

record_copy() {
  local unfinished
  unfinished=$(mktemp "$1.XXXXXX") || exit 1
  if ! cat "$record/mount/pgo/profraw" >"$unfinished" || [ ! -s "$unfinished" ]; then
    rm -f "$unfinished"
    record_die "nothing that the command ran has counted: is it instrumented? See pgofs doctor PROGRAM"
  fi
  chmod 644 "$unfinished" && mv -f "$unfinished" "$1"
  echo "pgofs: $1 has $(ls "$record/mount/pgo/images" | tr '\n' ' ')" >&2
}
