# shellcheck shell=bash
# pgofs cc. The launcher reads this file, and has set home and live. It starts no other process than the compiler, since a
# build comes here thousands of times.

cc_usage() {
  cat <<'END'
usage: pgofs cc [--link-only] -- COMPILER ARGUMENT...
       pgofs-COMPILER ARGUMENT...

Runs a clang compiler, version 14 or newer. Adds the options that instrument the code: -fprofile-generate, and -mllvm
-do-counter-promotion=false, so that no loop keeps its counts in registers. To links it adds the runtime that publishes
the counters:

  make CC="pgofs cc -- clang"
  ./configure CC="pgofs cc -- clang" CXX="pgofs cc -- clang++"
  cmake -DCMAKE_C_COMPILER_LAUNCHER="pgofs;cc;--" -DCMAKE_C_LINKER_LAUNCHER="pgofs;cc;--" ...
    (for C++ CMAKE_CXX_COMPILER_LAUNCHER and CMAKE_CXX_LINKER_LAUNCHER too)

pgofs-clang and pgofs-clang++ are the same in one word, for builds that take the path of one program as a compiler. Any other
compiler gets such a name by a link: ln -s "$(command -v pgofs)" /usr/local/bin/pgofs-clang-14

  --link-only   instruments nothing, and adds only the runtime to links: for a file that is not to be counted, in a program
                where others are

Nothing is added
  - when the compiler generates no code: -E, -M, -MM, -fsyntax-only, no input (--version, -print-...);
  - when the command line already says what to do with profiles: -fprofile-use, -fno-profile-generate, --coverage, ...;
  - for the test programs of Autoconf, CMake, Meson, waf, nginx and zlib: their results must not depend on pgofs;
  - for code without a C library or its start files: -ffreestanding, -nodefaultlibs without -lc, -nostartfiles without
    crtbegin*.o, -nostdlib without both;
  - for other machines than x86-64 and AArch64 with Linux: -m32, --target=..., and compilers with such a name;
  - with PGOFS_DISABLE=1 in the environment, for the test programs of other configuration scripts.

If the command line itself instruments (-fprofile-generate, -fcs-profile-generate, -fprofile-instr-generate), only the
runtime is added. So this is a coverage build:

  make CC="pgofs cc -- clang" CFLAGS="-g -fprofile-instr-generate -fcoverage-mapping"

Options that say which code is instrumented, and how, keep their effect: -fprofile-list=, -fprofile-update=,
-fprofile-function-groups=, ...

A link with -r gets no runtime; the link of the program gets it. A program without a C library cannot publish; if
instrumented objects are linked into it all the same, it gets the symbols that they need to run.

Code for AArch64 is cross-compiled on x86-64 by --target=aarch64-linux-gnu, or by a compiler with that name, as
aarch64-linux-gnu-clang. The compiler's own runtime for that machine need not be installed.

A wrapper may precede COMPILER: pgofs cc -- ccache clang. The exit code is that of the compiler; or 2: wrong usage, 126:
the compiler or wrapper cannot be run, 127: it does not exist.
END
}

# Test programs of configuration scripts, by the names that these give them.
cc_is_probe() {
  case $1 in
    conftest* | */conftest*) ;;                        # Autoconf, SCons, autosetup
    *cmTC_* | */CMake*CompilerId.*) ;;                 # CMake
    *meson-private/* | sanitycheck*) ;;                # Meson
    */.conf_check_*) ;;                                # waf
    objs/autotest* | */objs/autotest* | ztest[0-9]*) ;; # nginx, zlib
    *) return 1 ;;
  esac
}

# Reads words of a compiler's command line. Sets, for main:
#   cc_as_is     nothing is to be added
#   cc_other     the code is for a machine that the runtime is not built for
#   cc_profile   it says what to do with profiles, and cc_use: it uses one
#   cc_ir        it instruments, and cc_front_end: so that coverage can be made of it
#   cc_input     there is one
#   cc_links     the linker will run
#   cc_partial   it makes an object file
#   cc_no_libc   the C library is left out, and cc_libc: the command line names it itself
#   cc_no_start  the start files are left out, and cc_start: the command line names them itself
# Between words, cc_option is the option whose value comes next.
cc_read() {
  local word text words
  for word; do
    if cc_is_probe "$word"; then
      cc_as_is=yes
      return
    fi
    if [ -n "$cc_option" ]; then
      case $cc_option=$word in
        -target=*) cc_target "$word" ;;
        -Xlinker=-r | -Xlinker=--relocatable) cc_partial=yes ;;
        -x=*-header) cc_links= ;;
      esac
      cc_option=
      continue
    fi
    case $word in
      -) cc_input=yes ;;
      @?*)
        # Quotes only matter to us where a name in them has a blank and then looks like an option.
        # One may name itself, of which the compiler complains.
        if [ ${#FUNCNAME[@]} -lt 10 ] && { read -r -d '' text <"${word#@}" || [ -n "$text" ]; }; then
          read -r -d '' -a words <<<"${text//[\"\'\\]/}" || true
          cc_read "${words[@]}"
        fi 2>/dev/null
        ;;
      -E | --preprocess | -M | -MM | --dependencies | --user-dependencies | -fsyntax-only | --analyze | -cc1*)
        cc_as_is=yes
        ;;
      # The other options of this kind only say which code is instrumented, and how. Of each group the last one counts.
      -fprofile-generate* | -fcs-profile-generate*) cc_profile=yes cc_ir=yes ;;
      -fno-profile-generate) cc_profile=yes cc_ir= ;;
      -fprofile-instr-generate*) cc_profile=yes cc_front_end=yes ;;
      -fno-profile-instr-generate) cc_profile=yes cc_front_end= ;;
      -fprofile-use* | -fprofile-instr-use* | -fprofile-sample-use* | -fauto-profile | -fauto-profile=*) cc_use=yes ;;
      -fno-profile-use | -fno-profile-instr-use | -fno-profile-sample-use | -fno-auto-profile) cc_use= ;;
      -fprofile-arcs | -ftest-coverage | -coverage | --coverage | -fcoverage-mapping | -fcoverage-mcdc) cc_profile=yes ;;
      -ffreestanding | -m32 | -mx32 | -m16) cc_as_is=yes ;;
      --target=*) cc_target "${word#--target=}" ;;
      -nostdlib) cc_no_libc=yes cc_no_start=yes ;;
      -nodefaultlibs | -nolibc) cc_no_libc=yes ;;
      -nostartfiles) cc_no_start=yes ;;
      -lc) cc_libc=yes ;;
      -l?* | --) cc_input=yes ;;
      -c | --compile | -S | --assemble | --precompile | -emit-ast | -emit-interface-stubs | -verify-pch) cc_links= ;;
      -x*-header) cc_links= ;;
      -r | -Wl,-r | -Wl,-r,* | -Wl,--relocatable | -Wl,-i) cc_partial=yes ;;
      -[oILDUxlFTuezAGB] | -include | -include-pch | -imacros | -isystem | -iquote | -idirafter | -iprefix | \
        -iwithprefix | -iwithprefixbefore | -isysroot | -ivfsoverlay | -X* | -mllvm | -M[FTQJ] | -target | -arch | \
        -rpath | --sysroot | --param | --config | -working-directory | --serialize-diagnostics)
        cc_option=$word
        ;;
      -*) ;;
      *.h | *.hh | *.hpp | *.hxx | *.H) cc_input=yes cc_links= ;;
      crtbegin*.o | */crtbegin*.o) cc_input=yes cc_start=yes ;;
      *) cc_input=yes ;;
    esac
  done
}

# The runtime calls the C library, and must be started.
cc_takes_runtime() {
  [ -z "$cc_no_libc" ] || [ -n "$cc_libc" ] || return
  [ -z "$cc_no_start" ] || [ -n "$cc_start" ]
}

# The runtime is built for some kinds of machines. The last target counts.
cc_target() { # TRIPLE
  find_archives "$1"
  cc_other=
  [ -n "$machine" ] || cc_other=yes
}

# Whether a compiler is gcc: by its name, or by the file behind a link (cc, c++, c99).
cc_is_gcc() { # COMPILER
  local name=${1##*/} directories directory
  case $name in
    *clang*) return 1 ;;
    gcc | g++ | gcc-[0-9]* | g++-[0-9]* | *-gcc | *-g++ | *-gcc-[0-9]* | *-g++-[0-9]*) return 0 ;;
  esac
  case $1 in
    */*) directories=("${1%/*}/") ;;
    *) IFS=: read -r -a directories <<<"$PATH" ;;
  esac
  for directory in "${directories[@]}"; do
    [ -x "${directory:-.}/$name" ] || continue
    ! cc_is_one_of "${directory:-.}/$name" {"${directory:-.}",/usr/bin}/{,*-}{gcc,g++}* || return 0
    # ccache as cc runs the next cc.
    cc_is_one_of "${directory:-.}/$name" /usr/bin/{ccache,distcc,icecc,sccache} || return 1
  done
  return 1
}

cc_is_one_of() { # FILE FILE...
  local file
  for file in "${@:2}"; do [ ! "$1" -ef "$file" ] || return 0; done
  return 1
}

# Otherwise bash would speak of a line of this file.
cc_require() { # WHAT COMMAND
  local path=$2 directories directory
  if [ "$path" = "${path##*/}" ]; then
    ! hash -- "$path" 2>/dev/null || return 0
    path=
    IFS=: read -r -a directories <<<"$PATH"
    for directory in "${directories[@]}"; do
      [ ! -e "${directory:-.}/$2" ] || path=${directory:-.}/$2
    done
  fi
  if [ ! -e "$path" ]; then
    echo "pgofs: there is no $1 $2" >&2
    exit 127
  fi
  if [ -d "$path" ] || [ ! -x "$path" ]; then
    echo "pgofs: the $1 $path cannot be run: it is no executable file" >&2
    exit 126
  fi
}

cc_main() {
  case ${1-} in
    -h | --help)
      cc_usage
      exit
      ;;
  esac
  local cc_link_only=
  if [ "${1-}" = --link-only ]; then
    cc_link_only=yes
    shift
  fi
  [ "${1-}" != -- ] || shift
  case ${1--} in
    -*)
      echo "pgofs: cc needs a compiler; see pgofs cc --help" >&2
      exit 2
      ;;
  esac
  local compiler=("$1")
  shift
  while [[ ${compiler[-1]##*/} =~ ^(ccache|sccache|distcc|icecc)$ && ${1--} != -* ]]; do
    cc_require wrapper "${compiler[-1]}"
    compiler+=("$1")
    shift
  done
  cc_require compiler "${compiler[-1]}"

  local cc_as_is= cc_profile= cc_use= cc_ir= cc_front_end= cc_input= cc_links=yes cc_partial=
  local cc_no_libc= cc_libc= cc_no_start= cc_start= cc_option= cc_other= own
  local machine archives=$home/lib foreign=()
  local flags=() runtime=() last=()
  # clang takes its target from its name.
  case ${compiler[-1]##*/} in *-linux-*-clang*) cc_target "${compiler[-1]##*/}" ;; esac
  [ "${PGOFS_DISABLE-}" = 1 ] || cc_read "$@"
  own=$cc_ir$cc_front_end
  if [ -n "$cc_profile$cc_use" ] && { [ -z "$own" ] || [ -n "$cc_partial" ]; }; then
    cc_as_is=yes
  elif [ -n "$cc_link_only" ]; then
    own=yes
    cc_as_is=$cc_as_is$cc_partial
  fi
  if [ -z "$cc_input" ] || [ -n "$cc_as_is$cc_other" ]; then
    exec "${compiler[@]}" "$@"
  fi
  if [ -n "$cc_links" ] && [ -n "$cc_partial" ]; then
    flags=(-Xclang -fprofile-instrument=llvm "${live[@]}") # -fprofile-generate would link the compiler's own runtime
  elif ! cc_takes_runtime; then
    [ -z "$cc_links" ] || last=(-x none "$archives/libpgofs_none.a")
  else
    [ -n "$own" ] || flags=(-fprofile-generate "${live[@]}")
    # First: what comes later may be taken for source code (-x c), or stand behind --.
    [ -z "$cc_links" ] || runtime=("${foreign[@]}" -Wl,-u,pgofs_runtime "$archives/libpgofs_rt.a")
  fi
  if [ -n "$cc_links" ] && [ ! -e "$archives/libpgofs_rt.a" ]; then
    echo "pgofs: this build of pgofs has no runtime for $machine: see README.md, AArch64" >&2
    exit 1
  fi
  if cc_is_gcc "${compiler[-1]}"; then
    # Its options have the same names, and what it instruments is something else.
    echo "pgofs: ${compiler[-1]} is not clang, and only clang's instrumentation can be published" >&2
    exit 1
  fi
  if [ ${#flags[@]} -gt 0 ]; then
    flags=(--start-no-unused-arguments "${flags[@]}" --end-no-unused-arguments) # assembler code has no use for them
  fi
  exec "${compiler[@]}" "${flags[@]}" "${runtime[@]}" "$@" "${last[@]}"
}

cc_main "$@"
