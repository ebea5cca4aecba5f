# The small server of the directory rules.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of lib.sh

readonly images='{rulesd,librules.so}'
readonly requests=${PGOFS_DEMO_REQUESTS:-1000000}

build() { # DIRECTORY FLAGS [LIBRARIES]
  run "mkdir $1"
  run "$clang -O2 ${2:+$2 }-fPIC -shared src/{compile,evaluate,table}.c -o $1/librules.so ${3-}-lm"
  run "$clang -O2 ${2:+$2 }src/rulesd.c -o $1/rulesd -L$1 -lrules -Wl,-rpath,'\$ORIGIN' ${3-}"
}

prepare() {
  say "Build the server with instrumentation, and the program that sends it requests"
  ln -s "$here/rules" src
  build instrumented "\$(pgofs config --cflags)" "\$(pgofs config --libs) "
  run "$clang -O2 src/load.c -o load"
}

start() { # DIRECTORY
  run "$1/rulesd $1/socket src/rules.txt &"
  server[$1]=$!
  wait_for "$1/rulesd does not answer" test -S "$1/socket"
}

warm_up() { run "./load instrumented/socket 1000 >/dev/null"; }

load() { run "./load $1/socket $((requests / 5)) >/dev/null"; } # DIRECTORY

rebuild() {
  build pgo "-fprofile-use=server.profdata"
  build plain ""
}

measure() { ./load "$1/socket" "$requests"; } # DIRECTORY
