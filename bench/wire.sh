#!/usr/bin/env bash
# Compares the CPU time of blurt's wire with wrk's: user and system seconds for
# kept-alive TLS GETs to a local nginx, detection on, in one run of this script.
#
#   bench/wire.sh [REQUESTS] [CONNECTIONS]      (100000 and 8 by default)
#
# It needs nginx, wrk, openssl and Go. wrk runs for a time, not for a number of
# requests: its CPU time is scaled to as many requests.
set -euo pipefail
export LC_ALL=C

requests=${1:-100000}
connections=${2:-8}
seconds=${SECONDS_OF_WRK:-5}
root=$(cd "$(dirname "$0")/.." && pwd)

for tool in nginx wrk openssl go; do
	command -v "$tool" >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v "$tool" >/dev/null || { echo "wire.sh: $tool is not installed" >&2; exit 2; }
done

work=$(mktemp -d)
cleanup() {
	[ -f "$work/nginx.pid" ] && kill "$(cat "$work/nginx.pid")" 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT

# A page of the size of a framework's usual answer.
{ echo '<!doctype html><title>Welcome</title>'; for i in $(seq 24); do echo "<p>Paragraph $i of a page that gives nothing away.</p>"; done; } >"$work/index.html"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
	-keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null

port=
for candidate in $(shuf -i 20000-40000 -n 20); do
	cat >"$work/nginx.conf" <<CONF
pid $work/nginx.pid;
error_log $work/error.log;
worker_processes 1;
events { worker_connections 512; }
http {
	access_log off;
	keepalive_requests 100000000;
	client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work; uwsgi_temp_path $work; scgi_temp_path $work;
	types { text/html html; }
	server {
		listen 127.0.0.1:$candidate ssl;
		ssl_certificate $work/cert.pem;
		ssl_certificate_key $work/key.pem;
		root $work;
	}
}
CONF
	if nginx -p "$work" -c "$work/nginx.conf" 2>"$work/start.log"; then port=$candidate; break; fi
done
[ -n "$port" ] || { cat "$work/start.log" >&2; exit 2; }
url=https://127.0.0.1:$port/index.html

(cd "$root" && go test -c -o "$work/wire.test" ./scanner/internal/transport)

# cpu FILE COMMAND... runs the command and writes its user and system seconds.
cpu() {
	local file=$1
	shift
	local TIMEFORMAT='%U %S'
	{ time "$@" >"$file.out" 2>&1; } 2>"$file" || { cat "$file.out" >&2; exit 1; }
}

cpu "$work/blurt" env BLURT_BENCH_URL="$url" BLURT_BENCH_CONNECTIONS="$connections" \
	"$work/wire.test" -test.run '^$' -test.bench BenchmarkWire -test.benchtime "${requests}x"
cpu "$work/wrk" wrk -t 1 -c "$connections" -d "${seconds}s" "$url"

served=$(awk '/requests in/ {print $1}' "$work/wrk.out")
grep -E 'BenchmarkWire' "$work/blurt.out" || true
awk -v n="$requests" -v served="$served" 'NR==FNR {b=$1+$2; bu=$1; bs=$2; next} {
	w=($1+$2)*n/served
	printf "blurt: %6.2f s CPU for %d requests (%.2f user, %.2f system)\n", b, n, bu, bs
	printf "wrk:   %6.2f s CPU for as many (%.2f user, %.2f system for %d, scaled)\n", w, $1, $2, served
	printf "ratio: %6.2f\n", b/w
}' "$work/blurt" "$work/wrk"
