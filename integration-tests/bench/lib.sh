# shellcheck shell=bash
# For the benchmarks.

# WORD...: how far it is, for whoever looks; without words the line is removed.
progress() { [ ! -t 2 ] || printf '\r\33[K%s' "$*" >&2; }
