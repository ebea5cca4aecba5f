# shellcheck shell=bash disable=SC2034,SC2154 # variables of kernel.sh, um.sh and x86_64.sh
# Kernels with and without a profile, compared. The machine's file defines
#   optimize_words     what make needs more, an array
#   optimize_measure   boots one of the two with the workload, and keeps what it took
#   optimize_print     prints the medians
# and, if that matters,
#   optimize_prepare   once, before the first

kernel_optimize() {
  [ ${#operands[@]} = 1 ] || usage_error "optimize needs a profile"
  local profile kept
  profile=$(readlink -f "${operands[0]}")
  [ -r "$profile" ] || die "${operands[0]} cannot be read"
  [ -f "$built/.pgofs.source" ] || die "there is no kernel in $built: pgofs kernel build makes one"
  "llvm-profdata-$clang" show "$profile" >/dev/null 2>&1 ||
    die "llvm-profdata-$clang cannot read $profile: llvm-profdata-$clang merge makes a profile out of profraw"
  operands=()
  [ -n "$source" ] || source=$(cat "$built/.pgofs.source")
  tree_lock "$built-plain" # one for both, until both are measured
  optimize_build "$built-plain" "kernel without profile"
  kept=$(optimize_keep "$profile")
  optimize_build "$built-optimised" "kernel with profile" KCFLAGS="-fprofile-use=$kept $(tree_names)"
  optimize_warnings
  optimize_compare
}

# A copy under a name that tells its content: make compiles anew when the name changes, and clang when it does not, not.
optimize_keep() { # PROFILE
  local kept
  kept=$built-optimised/$(sha256sum <"$1" | cut -c 1-16).profdata
  mkdir -p "$built-optimised"
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
  kernel_compile "$1" "${@:2}" CFLAGS_GCOV= "${optimize_words[@]}"
}

optimize_warnings() {
  local number
  number=$(grep -cE 'profile data may be (out of date|corrupt)' "$built-optimised/.pgofs.log" || true)
  [ "$number" = 0 ] || echo "clang reports for $number files that the profile does not fit: does it come from this source?"
}

median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f", a / b; else printf "-" }'; }

optimize_compare() {
  local -A elapsed=() processor=() instructions=()
  local run
  optimize_prepare
  for ((run = 1; run <= runs; run++)); do
    echo "measuring, $run of $runs"
    optimize_measure plain
    optimize_measure optimised
  done
  echo
  echo "Medians of $runs; the ratio says how many times as fast the kernel with profile is."
  echo
  optimize_print
}
