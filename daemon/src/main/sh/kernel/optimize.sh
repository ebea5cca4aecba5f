# shellcheck shell=bash disable=SC2034,SC2154 # variables of kernel.sh and um.sh
# Kernels with and without a profile, compared.

kernel_optimize() {
  [ "$machine" = um ] || usage_error "optimize measures user-mode Linux only"
  [ ${#operands[@]} = 1 ] || usage_error "optimize needs a profile"
  local profile kept
  profile=$(readlink -f "${operands[0]}")
  [ -r "$profile" ] || die "${operands[0]} cannot be read"
  [ -f "$built/.pgofs.source" ] || die "there is no kernel in $built: pgofs kernel build makes one"
  "llvm-profdata-$clang" show "$profile" >/dev/null 2>&1 ||
    die "llvm-profdata-$clang cannot read $profile: llvm-profdata-$clang merge makes a profile out of profraw"
  operands=()
  [ -n "$source" ] || source=$(cat "$built/.pgofs.source")
  tree_lock "$cache/um-plain" # one for both, until both are measured
  optimize_build "$cache/um-plain" "kernel without profile"
  kept=$(optimize_keep "$profile")
  optimize_build "$cache/um-optimised" "kernel with profile" KCFLAGS="-fprofile-use=$kept $(tree_names)"
  optimize_warnings
  optimize_compare
}

# A copy under a name that tells its content: make compiles anew when the name changes, and clang when it does not, not.
optimize_keep() { # PROFILE
  local kept
  kept=$cache/um-optimised/$(sha256sum <"$1" | cut -c 1-16).profdata
  mkdir -p "$cache/um-optimised"
  cp "$1" "$kept"
  echo "$kept"
}

# The same configuration as the instrumented kernel, and no flags where that has those that instrument.
optimize_build() { # BUILD WHAT WORD...
  tree_check
  mkdir -p "$1"
  if ! cmp -s "$built/.config" "$1/.pgofs.config"; then
    cp "$built/.config" "$1/.config"
    cp "$built/.config" "$1/.pgofs.config"
    kernel_make "$1" olddefconfig >"$1/.pgofs.log" 2>&1 || die "the configuration failed: see $1/.pgofs.log"
  fi
  kernel_compile "$1" "${@:2}" CFLAGS_GCOV= LD_FLAGS_CMDLINE=-Wl,--build-id=sha1
}

optimize_warnings() {
  local number
  number=$(grep -cE 'profile data may be (out of date|corrupt)' "$cache/um-optimised/.pgofs.log" || true)
  [ "$number" = 0 ] || echo "clang reports for $number files that the profile does not fit: does it come from this source?"
}

# Boots one kernel, and adds to the arrays elapsed and processor what each kind of work took, in microseconds.
optimize_measure() { # NAME
  local started=$EPOCHREALTIME word name nanoseconds ticks before process='' both from vmlinux
  vmlinux=$(sed 's/[^[:alnum:]\/_-]/\\&/g' <<<"$cache/um-$1/vmlinux") # for pgrep, a regular expression
  rm -f "$cache/.output"
  mkfifo "$cache/.output"
  exec {both}<>"$cache/.output" # to open it for writing alone would wait for a reader
  um_start "$cache/um-$1/vmlinux" >&"$both"
  exec {from}<"$cache/.output" {both}>&-
  rm "$cache/.output"
  while read -r word name nanoseconds; do
    case $word in
      begin)
        process=${process:-$(pgrep -o -f "^$vmlinux .*uml_dir=.*/${room##*/} ")}
        ticks=$(optimize_ticks "$process")
        if [ "$name" = syscalls ]; then
          elapsed[boot $1]+=" $((${EPOCHREALTIME/./} - ${started/./}))"
          processor[boot $1]+=" $((ticks * 10000))"
        fi
        before=$ticks
        ;;
      end)
        elapsed[$name $1]+=" $((nanoseconds / 1000))"
        processor[$name $1]+=" $((($(optimize_ticks "$process") - before) * 10000))"
        ;;
    esac
  done <&"$from"
  exec {from}<&-
  um_wait
  um_clean_up
  [ "$status" = 0 ] || die "the work in the guest failed"
}

# Hundredths of a second that a process spent in its own code: here the kernel's, without the host's and the guest's.
optimize_ticks() { awk '{ sub(/^.*\) /, ""); print $12 }' "/proc/$1/stat"; } # PROCESS

median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f", a / b; else printf "-" }'; }

# A kernel and its processes take turns: on two processors they would wait for each other's to wake up, which takes longer
# than most of their work, and never equally long.
optimize_pin() {
  local allowed
  allowed=$(taskset -pc $$) # pid 1's current affinity list: 0-3,7
  taskset -pc "${allowed##*[!0-9]}" $$ >/dev/null
}

optimize_compare() {
  local -A elapsed=() processor=()
  local run work one other
  init=$lib/kernel/workload
  optimize_pin
  for ((run = 1; run <= runs; run++)); do
    echo "measuring, $run of $runs"
    optimize_measure plain
    optimize_measure optimised
  done
  echo
  echo "Medians of $runs, in milliseconds; the ratio says how many times as fast the kernel with profile is."
  echo
  printf '%-10s %33s    %33s\n' '' 'elapsed' "processor time in the kernel's code"
  printf '%-10s %10s %12s %9s    %10s %12s %9s\n' '' plain 'with profile' ratio plain 'with profile' ratio
  for work in boot syscalls tree pipes; do
    printf '%-10s' "$work"
    # shellcheck disable=SC2086 # one word for each run
    {
      one=$(median ${elapsed[$work plain]}) other=$(median ${elapsed[$work optimised]})
      printf ' %10d %12d %9s   ' $((one / 1000)) $((other / 1000)) "$(ratio "$one" "$other")"
      one=$(median ${processor[$work plain]}) other=$(median ${processor[$work optimised]})
      printf ' %10d %12d %9s\n' $((one / 1000)) $((other / 1000)) "$(ratio "$one" "$other")"
    }
  done
}
