# shellcheck shell=bash disable=SC2154 # variables of kernel.sh
# The source tree, configurations, and make with something to look at. The source tree is never written to: everything
# that is built goes into a directory of the cache.

# Sets source to a directory, and unpacks Debian's source of a version if none was given.
tree_find() {
  case $source in /*) return ;; esac
  local name=linux-source-${source:-6.1} archive
  archive=/usr/src/$name.tar.xz
  source=$(readlink -m "$cache")/$name
  [ -f "$archive" ] || [ -f "$source.unpacked" ] ||
    die "there is no $archive: apt-get install $name, or give a tree by --source"
  mkdir -p "$cache"
  tree_own "$cache/.source.lock"
  exec 8>>"$cache/.source.lock"
  flock -n 8 || {
    echo "Waiting for another one that unpacks it"
    flock 8
  }
  # A newer package brings a newer archive.
  if [ ! -f "$source.unpacked" ] || [ "$archive" -nt "$source.unpacked" ]; then
    echo "Unpacking $archive to $source"
    rm -rf "$source" "$source.part"
    mkdir "$source.part"
    tar -xJf "$archive" -C "$source.part" --strip-components=1 || die "$archive cannot be unpacked"
    mv "$source.part" "$source"
    touch -r "$archive" "$source.unpacked" # last: it says that all is there
  fi
  exec 8>&-
}

# A tree in which somebody built cannot be used for builds elsewhere.
tree_check() {
  if [ -e "$source/.config" ] || [ -e "$source/include/config" ]; then
    die "something was built in $source itself: make -C $source mrproper, or give another tree"
  fi
  local tool
  for tool in make flex bison bc "clang-$clang" "ld.lld-$clang" "llvm-ar-$clang"; do
    command -v "$tool" >/dev/null || die "there is no $tool: apt-get install make flex bison bc clang-$clang lld-$clang llvm-$clang"
  done
}

kernel_make() { # BUILD WORD...
  make -C "$source" O="$1" ARCH="$arch" LLVM="-$clang" "${@:2}"
}

# A static function is profiled under the path of its file. Without the path of the tree it is found again by a build
# in another place, or in the tree itself.
tree_names() {
  local slashes=${source//[^\/]/}
  echo "-mllvm -static-func-strip-dirname-prefix=$((${#slashes} + 1))"
}

# What instruments. clang likes to keep the counts of a loop in registers until the loop ends, which those of the kernel's own
# threads never do. -fprofile-update=atomic has no effect on this kind of instrumentation before clang 19.
tree_instrumentation() {
  echo "-fprofile-generate ${live[*]}${atomic:+ -mllvm -instrprof-atomic-counter-update-all} $(tree_names)"
}

# Makes a file that only its owner can open: whoever can open it can lock it too.
tree_own() { # FILE
  (umask 077 && : >>"$1") && chmod 600 "$1"
}

# One build works in a directory at a time.
tree_lock() { # BUILD
  mkdir -p "$1"
  tree_own "$1/.pgofs.lock"
  exec 9>>"$1/.pgofs.lock"
  flock -n 9 || die "another command is running and uses $1"
}

# Merges the fragments of the machine (smallest, needed) and those that are given into the smallest configuration there is;
# or, if one of them is whole, as distributions have it, those that are needed and the others into that one. Does nothing if
# nothing has changed since it did so.
kernel_configure() { # BUILD
  local build=$1 key whole='' start=tinyconfig given=() parts fragment
  for fragment in "${fragments[@]}"; do
    if ! grep -q '^CONFIG_CC_VERSION_TEXT=' "$fragment"; then
      given+=("$fragment")
    elif [ -z "$whole" ]; then
      whole=$fragment
    else
      die "$whole and $fragment are both whole configurations: give one of them"
    fi
  done
  parts=("${smallest[@]}" "${needed[@]}" "${given[@]}")
  if [ -n "$whole" ]; then
    start=olddefconfig
    config_of_others "$whole" >"$build/.pgofs.others"
    parts=("$build/.pgofs.others" "${needed[@]}" "${given[@]}")
  fi
  key=$(printf '%s\n' "$source" "$clang" "$arch" && cat ${whole:+"$whole"} "${parts[@]}")
  if [ -f "$build/.config" ] && [ "$(cat "$build/.pgofs.config" 2>/dev/null)" = "$key" ]; then return; fi
  [ -z "$whole" ] || cp "$whole" "$build/.config"
  {
    kernel_make "$build" "$start" && (cd "$build" && "$source/scripts/kconfig/merge_config.sh" -m .config "${parts[@]}") &&
      kernel_make "$build" olddefconfig
  } >"$build/.pgofs.log" 2>&1 || die "the configuration failed: $(tail -n 1 "$build/.pgofs.log"); all of it is in $build/.pgofs.log"
  config_check "$build" "${parts[@]}"
  echo "$key" >"$build/.pgofs.config"
}

# What a distribution's configuration has that this machine cannot build: keys of the distribution, and types for BPF where
# there is no pahole.
config_of_others() { # CONFIG
  local option file
  for option in SYSTEM_TRUSTED_KEYS SYSTEM_REVOCATION_KEYS MODULE_SIG_KEY; do
    file=$(sed -n "s/^CONFIG_$option=\"\(.*\)\"\$/\1/p" "$1")
    case $file in
      '' | certs/signing_key.pem) ;; # none, or one that the build makes
      *) [ -e "$source/$file" ] || echo "CONFIG_$option=\"\"" ;;
    esac
  done
  if grep -qx CONFIG_DEBUG_INFO_BTF=y "$1" && ! command -v pahole >/dev/null; then
    echo "pgofs kernel: there is no pahole: CONFIG_DEBUG_INFO_BTF was left out" >&2
    echo CONFIG_DEBUG_INFO_BTF=n
  fi
}

# Of several lines for one option the last counts.
config_check() { # BUILD FRAGMENT...
  local line
  sed -n '/^CONFIG_/ { s/=/ /p }' "${@:2}" |
    awk '{ name = $1; sub(/^[^ ]* /, ""); is[name] = $0 } END { for (name in is) print name "=" is[name] }' |
    while read -r line; do
      [[ $line == *=n ]] && ! grep -q "^${line%n}" "$1/.config" && continue
      grep -qxF "$line" "$1/.config" || echo "pgofs kernel: this option does not fit the rest, and was left out: $line" >&2
    done
}

# make, with the file that is being compiled shown on a terminal, or a line every 15 seconds where there is none.
kernel_compile() { # BUILD WHAT WORD...
  local build=$1 what=$2 log=$1/.pgofs.log started=$SECONDS status=0
  shift 2
  : >"$log"
  # In a session of its own, so that all of it can be ended at once: make alone leaves compilers behind.
  setsid make -C "$source" O="$build" ARCH="$arch" LLVM="-$clang" -j"$jobs" "$@" >>"$log" 2>&1 9>&- </dev/null &
  local compiling=$!
  trap 'kernel_interrupted '"$compiling" INT TERM HUP
  while kill -0 "$compiling" 2>/dev/null; do
    kernel_progress "$what" "$log" $((SECONDS - started))
    sleep 1
  done
  wait "$compiling" || status=$?
  trap - INT TERM HUP
  [ ! -t 1 ] || printf '\r\033[K'
  if [ "$status" != 0 ]; then
    grep -E -m 5 'error:|undefined|\*\*\*' "$log" >&2 || tail -n 5 "$log" >&2
    die "the build failed; all of make's output is in $log"
  fi
  echo "$what: done in $((SECONDS - started)) s, $(compiled "$log") files compiled"
}

compiled() { grep -cE '^  (CC|AS)' "$1" || true; } # LOG

kernel_progress() { # WHAT LOG SECONDS
  local line
  line=$(sed -n '/^  [A-Z]/ { s/^ *\([^ ]*\) *\(\[M\] *\)\{0,1\}/\1 /; h }; $ { x; p }' "$2")
  line=$(printf '%s: %3d s, %4d files compiled; %s' "$1" "$3" "$(compiled "$2")" "$line")
  if [ -t 1 ]; then
    printf '\r\033[K%.*s' $((${COLUMNS:-$(tput cols 2>/dev/null || echo 80)} - 1)) "$line"
  elif [ $(($3 % 15)) = 14 ]; then
    echo "$line"
  fi
}

kernel_interrupted() { # PROCESS
  trap '' INT TERM HUP
  kill -TERM -- "-$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
  echo
  die "interrupted; the same command goes on where it was" 130
}
