#!/bin/sh
# Fuzzes what the target runtime reads, with coverage and the address and undefined-behaviour sanitizers. Needs clang-14.
# Usage: run.sh DIRECTORY TARGET LIBFUZZER-OPTION...; a directory for what it makes, one of records, notes, headers,
# uid_map. Ends with the last lines that the fuzzer says.
set -eu
fuzz=$(cd "$(dirname "$0")" && pwd)
main=$fuzz/../../../main/c
work=$1
target=$2
shift 2
mkdir -p "$work/$target"
case $target in
  records | uid_map) sources="$main/records.c $main/directory.c $main/file_identity.c $main/mapping.c" ;;
  *) sources="$main/environment.c $main/mapping.c" ;;
esac
# shellcheck disable=SC2086 # a list of files
clang-14 -std=c11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -Wno-unused-function -I"$main" \
  -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all "$fuzz/$target.c" $sources -o "$work/$target.fuzz"
exec "$work/$target.fuzz" -artifact_prefix="$work/$target-" -timeout=10 -rss_limit_mb=512 -verbosity=1 "$@" \
  "$work/$target" "$fuzz/seeds/$target"
