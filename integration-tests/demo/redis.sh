# Redis, under the load of its own redis-benchmark.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of lib.sh

readonly requests=${PGOFS_DEMO_REQUESTS:-100000} # of each kind
readonly tools=plain/src
readonly images=redis-server
readonly counted=processCommand

build() { # DIRECTORY COMPILER [PROGRAM...]
  run "cp -a source/. $1"
  run_slowly "make -C $1/src -j2 MALLOC=libc CC=\"$2\" redis-server${3:+ $3}"
}

prepare() {
  say "Get the source of Redis; build it with instrumentation, and as it is for comparison"
  open_cache
  fetch redis
  build_once instrumented "pgofs cc -- $clang"
  build_once plain "$clang" "redis-cli redis-benchmark"
}

start() { # DIRECTORY
  run "$1/src/redis-server --port 0 --unixsocket $1.socket --save '' >$1.log &"
  server[$1]=$!
  wait_for "$1/src/redis-server does not answer" answers "$1"
}

answers() { "$tools/redis-cli" -s "$1.socket" ping >/dev/null 2>&1; }

send() { # DIRECTORY REQUESTS
  run_slowly "$tools/redis-benchmark -s $1.socket -q -P 16 -r 100000 -n $2 \
-t set,get,incr,lpush,lpop,sadd,hset,zadd,lrange_100"
}

warm_up() { send instrumented 1000; }

load() { send "$1" "$requests"; }

change() { run "$tools/redis-cli -s instrumented.socket config set maxmemory 1gb"; }

tally() { # DIRECTORY
  "$tools/redis-cli" -s "$1.socket" info stats | awk -F '[:\r]' '/^total_commands_processed/ { print $2 }'
}

rebuild() {
  run "mkdir pgo"
  build pgo "$clang -fprofile-use=$work/server.profdata"
}
