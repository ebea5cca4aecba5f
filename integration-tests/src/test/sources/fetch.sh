# Sourced by the scripts that fetch a program's source: NAME DIRECTORY, by Debian's source packages. The machine's own
# package sources stay as they are; what is there already is not fetched again.
# shellcheck shell=bash
result=$1

# fetch PACKAGE FILE: unless DIRECTORY has FILE, which is to be put there last, goes to where the package's source is.
fetch() {
  [ ! -e "$result/$2" ] || exit 0
  mkdir -p "$result"
  exec 9>"$result/.lock"
  flock 9
  [ ! -e "$result/$2" ] || exit 0

  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  mkdir -p lists/partial cache/archives/partial
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main" \
    >sources.list
  local options=(-q -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=-
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  apt-get "${options[@]}" source "$1"
  cd "$work/$1"-*/
}
