# Sourced by the scripts that fetch what tests need from Debian's archive: NAME DIRECTORY. The machine's own package sources
# stay as they are; what is there already is not fetched again.
# shellcheck shell=bash
result=$1

# begin FILE: unless DIRECTORY has FILE, which is to be put there last, goes to an empty directory that ends with the script.
begin() {
  [ ! -e "$result/$1" ] || exit 0
  mkdir -p "$result"
  exec 9>"$result/.lock"
  flock 9
  [ ! -e "$result/$1" ] || exit 0

  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work"
}

# archive KIND SUITE...: sets apt to an apt-get that knows these suites alone, deb or deb-src.
archive() {
  local kind=$1 suite
  shift
  mkdir -p lists/partial cache/archives/partial
  for suite; do
    case $suite in
      *-security) suite="debian-security $suite" ;;
      *) suite="debian $suite" ;;
    esac
    echo "$kind [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/$suite main"
  done >sources.list
  apt=(apt-get -q -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=-
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
}

# fetch PACKAGE FILE: begins, and goes to where the package's source is.
fetch() {
  begin "$2"
  archive deb-src bookworm
  "${apt[@]}" update
  "${apt[@]}" source "$1"
  cd "$work/$1"-*/
}
