# nginx: a master and four workers, which it forks and which run as another user, under the load of wrk.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of lib.sh

readonly images=nginx
readonly workers=4
readonly counted=ngx_http_create_request
declare -A port=()

build() { # DIRECTORY COMPILER
  run "cp -a source/. $1"
  run_slowly "(cd $1 && CC=\"$2\" ./configure --with-cc-opt='-O2 -Wno-error' --with-http_stub_status_module \
--without-http_rewrite_module --without-http_gzip_module)"
  run_slowly "make -C $1 -j2"
}

prepare() {
  say "Get the source of nginx; build it with instrumentation, and as it is for comparison"
  open_cache
  fetch nginx
  build_once instrumented "pgofs cc -- $clang"
  build_once plain "$clang"
}

# A page for nginx to put together: rows that depend on the request.
page() {
  echo '<html><head><title><!--# echo var="host" --></title></head><body><ul>'
  local row
  for row in {1..30}; do
    cat <<END
<!--# set var="row" value="$row" --><!--# set var="link" value="\$scheme://\$host\$uri?row=\$row" -->\
<!--# set var="label" value="Row \$row for \$arg_name from \$remote_addr:\$remote_port" -->\
<!--# if expr="\$arg_row = \$row" --><li><b><!--# echo var="label" --></b></li>\
<!--# else --><li><!--# echo var="link" --></li><!--# endif -->
END
  done
  echo '</ul></body></html>'
}

configuration() { # PORT
  cat <<END
daemon off;
worker_processes $workers;
pid nginx.pid;
events { }
http {
  ssi on;
  open_file_cache max=100;
  keepalive_requests 1000000;
  access_log access.log combined buffer=64k;
  types { text/html html; }
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:$1 reuseport;
    root pages;
    location = /status { stub_status; }
  }
}
END
}

free_port() {
  local number
  for number in $(shuf -i 20000-30000 -n 100); do
    (: <>"/dev/tcp/127.0.0.1/$number") 2>/dev/null || break
  done
  echo "$number"
}

start() { # DIRECTORY
  port[$1]=$(free_port)
  mkdir -p "run/$1/pages"
  page >"run/$1/pages/index.html"
  configuration "${port[$1]}" >"run/$1/nginx.conf"
  run "$1/objs/nginx -p run/$1 -c nginx.conf -e error.log &"
  server[$1]=$!
  wait_for "$1/objs/nginx does not answer" answers "$1"
}

# Its open connections and the requests since its start, this one included.
status() { # DIRECTORY
  exec 3<>"/dev/tcp/127.0.0.1/${port[$1]}"
  printf 'GET /status HTTP/1.0\r\n\r\n' >&3
  awk '/^Active/ { active = $3 } found { print active, $3; exit } /^server accepts/ { found = 1 }' <&3
  exec 3>&-
}

answers() { [ -n "$(status "$1" 2>/dev/null)" ]; }

# After the load has gone, workers may still have requests of it to answer.
is_idle() { [[ $(status "$1") == "1 "* ]]; }

tally() { # DIRECTORY
  wait_for "nginx does not come to rest" is_idle "$1"
  status "$1" | cut -d ' ' -f 2
}

send() { # DIRECTORY SECONDS
  run_slowly "wrk -t1 -c64 -d$2s 'http://127.0.0.1:${port[$1]}/?row=7&name=you'"
  if grep 'Non-2xx' "$work/log" >&2; then die "nginx refused requests"; fi
}

warm_up() { send instrumented 1; }

load() { send "$1" 3; }

children() { cat "/proc/${server[$1]}/task/${server[$1]}/children"; }

processes() { echo "${server[$1]} $(children "$1")"; }

# New workers in place of those that run.
change() {
  local old
  old=$(children instrumented)
  run "kill -HUP ${server[instrumented]}"
  wait_for "nginx does not start new workers" have_changed "$old"
}

have_changed() { # PROCESSES
  local pid now
  now=" $(children instrumented) "
  for pid in $1; do
    if [[ $now == *" $pid "* ]]; then return 1; fi
  done
  # shellcheck disable=SC2086 # one word for each process
  set -- $now
  [ $# = "$workers" ]
}

rebuild() {
  run "mkdir pgo"
  build pgo "$clang -fprofile-use=$work/server.profdata"
}
