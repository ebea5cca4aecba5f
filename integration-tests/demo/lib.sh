# The steps that all demos share. run sources it, and then the demo, which defines:
#   images              the program and its libraries, as a pattern of their names in the mount
#   prepare             builds "instrumented", and what sends the load
#   start DIRECTORY     starts the server that was built there as ${server[DIRECTORY]}; it answers when this returns
#   warm_up             sends some requests to "instrumented"
#   load DIRECTORY      sends the load
#   rebuild             builds "pgo" with server.profdata, and "plain" if it is not there
#   measure DIRECTORY   prints nanoseconds of processor time a request, and requests a second; there is one below
# and, if the server counts its requests:
#   tally DIRECTORY     prints how many there were
#   counted             the function that is called once for each
#   change              what happens to the running server between two copies of the profile
# shellcheck shell=bash disable=SC2154 # variables of run and of the demo

readonly pairs=5
declare -A server=()
work=

die() {
  echo "pgofs demo: $1" >&2
  exit 1
}

say() { printf '\n== %s\n' "$1"; }

# Shows a command as a person would type it, then runs it.
run() {
  echo "\$ $1"
  eval "$1" || die "this failed: $1"
}

# The same for a command that takes a while and talks much: a dot a second, and its last words if it fails.
run_slowly() {
  echo "\$ $1"
  local started=$SECONDS dots
  printf '  '
  while sleep 1; do printf .; done &
  dots=$!
  eval "$1" >"$work/log" 2>&1 || {
    echo
    tail -n 5 "$work/log" >&2
    die "this failed: $1"
  }
  end "$dots"
  printf ' %d s\n' $((SECONDS - started))
}

end() { # PROCESS [SIGNAL]
  kill "-${2:-TERM}" "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

wait_for() { # WHAT COMMAND...: at most ten seconds
  local tries=0
  until "${@:2}"; do
    if [ $((tries += 1)) -gt 200 ]; then die "$1"; fi
    sleep 0.05
  done
}

clean_up() {
  trap - EXIT INT TERM
  [ -n "$work" ] || return 0
  cd /
  local job
  for job in $(jobs -p); do end "$job"; done
  if mountpoint -q "$work/mnt"; then pgofs umount "$work/mnt" || true; fi
  if mountpoint -q "$work/segments"; then umount -l "$work/segments" || true; fi
  rm -rf --one-file-system "$work"
}

# An empty directory to work in, which goes with everything that was started.
begin() {
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  work=$(mktemp -d "${TMPDIR:-/tmp}/pgofs-demo.XXXXXX")
  chmod 711 "$work" # whoever a server runs as publishes in it
  cd "$work" || exit
  mkdir mnt segments
  export PGOFS_SEGMENT_DIR=$work/segments
}

# What is kept between runs: the sources, and builds of this compiler.
open_cache() {
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/pgofs/$name
  mkdir -p "$cache/$clang"
  (umask 077 && : >>"$cache/.lock") && chmod 600 "$cache/.lock" # whoever can open it can lock it too
  exec 9>>"$cache/.lock"
  flock -n 9 || die "another command is running and uses $cache"
}

# Unpacks a source package of Debian as "source". The machine's own package sources stay as they are.
fetch() { # PACKAGE
  ln -s "$cache/source" source
  if [ -d source ]; then
    echo "The source of $1 is in $cache from an earlier run."
    return
  fi
  mkdir -p apt/lists/partial apt/cache/archives/partial
  cat >apt/sources.list <<'END'
deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main
END
  cat >apt/apt.conf <<END
Dir::Etc::SourceList "$work/apt/sources.list";
Dir::Etc::SourceParts "-";
Dir::State::Lists "$work/apt/lists";
Dir::Cache "$work/apt/cache";
APT::Sandbox::User "root";
END
  run_slowly "(cd apt && export APT_CONFIG=\$PWD/apt.conf && apt-get update && apt-get source $1)"
  mv "apt/$1"-*/ "$cache/source.part"
  mv "$cache/source.part" "$cache/source"
}

# Has the demo build DIRECTORY by COMPILER, if no earlier run did so with the same compiler and the same pgofs.
build_once() { # DIRECTORY COMPILER [MORE]
  local built home key
  built=$cache/$clang/$1
  home=$(dirname "$(dirname "$(command -v pgofs)")")
  key=$($clang --version; cat "$home"/bin/* "$home/lib/libpgofs_rt.a" | sha256sum)
  ln -s "$built" "$1"
  if [ "$(cat "$built.key" 2>/dev/null)" = "$key" ]; then
    echo "$1 is in $cache from an earlier run."
    return
  fi
  rm -rf "$built" "$built.key"
  mkdir "$built"
  build "$@"
  echo "$key" >"$built.key" # last: it says that all is there
}

# The profile of the server alone: the mount has those of all programs.
copy_profile() { run "cat mnt/pgo/images/$images-*/profraw >$1"; } # PROFRAW

# Hundredths of a second of processor time that processes have used.
used() { # PROCESS...
  local files=("${@/#//proc/}")
  awk '{ sub(/^.*\) /, ""); sum += $12 + $13 } END { print sum }' "${files[@]/%//stat}"
}

# All processes of a server, the one that restarts others first.
processes() { echo "${server[$1]}"; }

counts_requests() { declare -F tally >/dev/null; }

measure() { # DIRECTORY
  local pids before cpu from to
  read -ra pids <<<"$(processes "$1")"
  before=$(tally "$1")
  cpu=$(used "${pids[@]}")
  from=$EPOCHREALTIME
  load "$1" >/dev/null
  to=$EPOCHREALTIME
  awk -v cpu=$(($(used "${pids[@]}") - cpu)) -v from="$from" -v to="$to" -v requests=$(($(tally "$1") - before)) \
    'BEGIN { printf "%.0f %.0f\n", cpu * 1e7 / requests, requests / (to - from) }'
}

median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }

compare() {
  local -A times=() rates=()
  local pair directory result
  printf '%8s %28s %28s\n' "" "-O2" "with profile"
  for ((pair = 1; pair <= pairs; pair++)); do
    printf '%8s' "run $pair"
    for directory in plain pgo; do
      result=$(measure "$directory")
      times[$directory]+=" ${result% *}"
      rates[$directory]+=" ${result#* }"
      printf ' %12s ns %10s/s' "${result% *}" "${result#* }"
    done
    echo
  done
  printf '%8s' median
  for directory in plain pgo; do
    # shellcheck disable=SC2086 # one word for each run
    times[$directory]=$(median ${times[$directory]}) rates[$directory]=$(median ${rates[$directory]})
    printf ' %12s ns %10s/s' "${times[$directory]}" "${rates[$directory]}"
  done
  awk -v before="${times[plain]}" -v after="${times[pgo]}" 'BEGIN {
    printf "\n\nThe profile made the server %.2f times as fast.\n", before / after
    if (before / after < 1.03) print "That is no gain that could be told from the differences between runs."
  }'
}

# How often a function was called, after a profile. No block of it may be in a loop.
calls() { # FUNCTION PROFRAW
  $profdata merge -o calls.profdata "$2"
  $profdata show --counts --function="$1" calls.profdata | awk -F '[][,]' -v name="  $1:" '
    /^  [^ ]/ { here = $0 == name }
    here && /Block counts/ { for (i = 2; i < NF; i++) if ($i + 0 > most) most = $i + 0 }
    END { printf "%d\n", most }'
}

# The server is killed by SIGKILL; what it counted since the copy must be in the next one, to the last call.
kill_server() { # REQUESTS-BEFORE-RESET REQUESTS-BEFORE-COPY
  local pids killed
  say "Change the server, send more requests, and kill it without warning"
  change
  load instrumented
  killed=$(($(tally instrumented) - $1))
  pids=$(processes instrumented)
  run "kill -KILL $pids"
  wait "${server[instrumented]}" 2>/dev/null || true
  copy_profile killed.profraw
  run "pgofs status mnt"

  say "Compare what the server counted since the reset with the calls of $counted in the profile"
  printf '%20s %12s %12s\n' "" server profile
  check_copy "copied while it ran" $(($2 - $1)) server.profraw
  check_copy "copied when killed" "$killed" killed.profraw
  run "mv killed.profraw server.profraw"
}

check_copy() { # LABEL REQUESTS PROFRAW
  local profile
  profile=$(calls "$counted" "$3")
  printf '%20s %12d %12d\n' "$1" "$2" "$profile"
  [ "$2" = "$profile" ] || die "the profile $3 does not have what the server counted"
}

demonstrate() { # CLANG-VERSION NAME
  clang=clang-$1 profdata=llvm-profdata-$1 name=$2
  local reset_at copied_at
  begin
  prepare

  say "Mount pgofs, start the server, and let it do its start-up work"
  run "pgofs mount --segment-dir $PGOFS_SEGMENT_DIR mnt"
  start instrumented
  warm_up
  run "pgofs status mnt"

  say "Reset the counters, run the load, copy the profile; the server goes on running"
  if counts_requests; then reset_at=$(tally instrumented); fi
  run "echo 1 > mnt/pgo/reset"
  load instrumented
  if counts_requests; then copied_at=$(tally instrumented); fi
  copy_profile server.profraw
  if counts_requests; then kill_server "$reset_at" "$copied_at"; fi
  run "pgofs umount mnt"

  say "Look at the profile"
  run "$profdata merge -o server.profdata server.profraw"
  run "$profdata show --topn=8 server.profdata"

  say "Build the server with the profile, and without for comparison"
  rebuild

  say "Run the same load on both, in turns ($pairs times); processor time of the server a request, requests a second"
  start plain
  start pgo
  compare
}
