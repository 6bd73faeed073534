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
rounds=4
seconds=2 # of wrk in each round
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

# cpu NAME COMMAND... runs the command and adds its user and system seconds to
# those of the name.
cpu() {
	local name=$1
	shift
	local TIMEFORMAT='%U %S'
	{ time "$@" >"$work/$name.out" 2>&1; } 2>>"$work/$name.cpu" || { cat "$work/$name.out" >&2; exit 1; }
	grep -q 'Non-2xx' "$work/$name.out" && { cat "$work/$name.out" >&2; exit 1; }
	cat "$work/$name.out" >>"$work/$name.all"
}

wire() {
	cpu "$1" env BLURT_BENCH_URL="$url" BLURT_BENCH_CONNECTIONS="$connections" \
		"$work/wire.test" -test.run '^$' -test.bench "BenchmarkWire/$1" -test.benchtime "$((requests / rounds))x"
}

# The rounds alternate, so that what else the machine does hits all alike.
for _ in $(seq "$rounds"); do
	wire alone
	wire detecting
	cpu wrk wrk -t 1 -c "$connections" -d "${seconds}s" "$url"
done

served=$(awk '/requests in/ {n += $1} END {print n}' "$work/wrk.all")
sum() { awk '{u += $1; s += $2} END {printf "%.3f %.3f", u, s}' "$work/$1.cpu"; }
read -r user system <<<"$(sum wrk)"
awk -v u="$user" -v s="$system" -v n="$requests" -v served="$served" 'BEGIN {
	printf "wrk:               %6.2f s CPU for %d requests (measured over %d)\n", (u + s) * n / served, n, served }'
for name in alone detecting; do
	read -r u s <<<"$(sum $name)"
	awk -v name="$name:" -v u="$u" -v s="$s" -v wu="$user" -v ws="$system" -v n="$requests" -v served="$served" 'BEGIN {
		printf "blurt, %-11s %6.2f s CPU for %d requests (%.2f user, %.2f system), %.2f times wrk\n",
			name, u + s, n, u, s, (u + s) / ((wu + ws) * n / served) }'
done
