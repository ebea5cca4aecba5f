# shellcheck shell=bash
# pgofs record: runs a command and leaves its profile. Sourced by pgofs, which has set home.

. "$home/lib/namespace.sh"

record_usage() {
  cat <<'END'
usage: pgofs record [-o FILE] [--format profraw|profdata|text] [--] COMMAND [ARGUMENT...]

Runs a command, and leaves the profile of all instrumented programs that it runs, with their libraries and children: those
with the runtime of pgofs, and those with the compiler's own, as they are. It needs no mount and not root: nothing else
counts, and nothing is left but the profile.

  -o FILE   where the profile goes (default: COMMAND.profraw, .profdata or .proftext, here). It is replaced when the
            command has ended.
  --format  profraw: for llvm-profdata of the compiler's version (default). profdata: for clang -fprofile-use= and
            llvm-cov. text: for people, and for every llvm-profdata.

The exit code is that of the command; 1 if there is no profile, with the reason.
A program with the compiler's own runtime counts when it ends by itself, as the user who calls pgofs record.
For users who are not root, the command runs in a namespace of mounts, and of users in which only they exist.
END
}

record_die() {
  echo "pgofs: $1" >&2
  exit "${2:-1}"
}

record_clean() {
  exec {record_in}>&-
  wait "$record_server" 2>/dev/null
  umount -l "$room/segments" 2>/dev/null
  rm -rf "$room"
}

record() {
  local output='' status=0 format=profraw suffix as='' base=/run name line run=() room='' room_log='' record_in record_out record_server
  [ "${1-}" != --in-namespace-of ] || { as=$2 && shift 2; }
  local arguments=("$@")
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help)
        record_usage
        exit
        ;;
      -o | --format)
        [ $# -gt 1 ] || record_die "$1 needs a value; see pgofs record --help" 2
        if [ "$1" = -o ]; then output=$2; else format=$2; fi
        shift 2
        ;;
      --format=*)
        format=${1#*=}
        shift
        ;;
      --)
        shift
        break
        ;;
      -*) record_die "unknown option $1; see pgofs record --help" 2 ;;
      *) break ;;
    esac
  done
  case $format in
    profraw | profdata) suffix=$format ;;
    text) suffix=proftext ;;
    *) record_die "'$format' is none of profraw, profdata, text; see pgofs record --help" 2 ;;
  esac
  [ $# -gt 0 ] || record_die "which command? See pgofs record --help" 2
  type -P -- "$1" >/dev/null || record_die "there is no command $1" 127
  name=${1##*/}
  output=${output:-$name.$suffix}
  case $output in /*) ;; *) output=$PWD/$output ;; esac
  [ -d "${output%/*}/" ] || record_die "there is no directory ${output%/*} for the profile"
  namespace_enter record "${arguments[@]}"
  if [ -n "$as" ]; then
    base=${TMPDIR:-/tmp}
    namespace_leave "$as"
  fi
  namespace_room "$base" pgofs-record || record_die "cannot make a directory in $base"
  # Programs of other users pass through it to the segments.
  chmod 711 "$room" && namespace_segments "$room/segments" || exit 1
  # In a session of its own: it is to end after the command, also when that ends by Ctrl-C.
  coproc RECORD {
    exec setsid "$home/bin/pgofs" recorded-counts --format "$format" "$room/segments" "$output" 2>&"$room_log"
  }
  record_server=$RECORD_PID record_in=${RECORD[1]}
  exec {record_out}<&"${RECORD[0]}"
  trap record_clean EXIT
  read -r line <&"$record_out" || line=$(tail -n 1 "$room/log")
  [ "$line" = ready ] || record_die "cannot record: ${line#pgofs: }"
  local pattern file=%p.profraw
  # Its images are called after it, but not those of others that it runs.
  ! grep -qa __llvm_prf_cnts -- "$(type -P -- "$1")" || file=${name//[^0-9A-Za-z_+-]/_}.$file
  pattern=$(PGOFS_SEGMENT_DIR=$room/segments "$home/bin/pgofs" config --profile-file) || exit 1
  trap : INT # the command ends by it, and its profile stays
  PGOFS_SEGMENT_DIR=$room/segments LLVM_PROFILE_FILE=${pattern%/*}/$file "${run[@]}" "$@" {room_log}>&- || status=$?
  trap - INT
  exec {record_in}>&-
  line=
  read -r line <&"$record_out"
  [ -z "$line" ] || echo "$line" >&2
  wait "$record_server" || exit 1
  exit "$status"
}
