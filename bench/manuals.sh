#!/usr/bin/env bash
# Serves a folder of manuals by nginx over TLS, scans its pages, and counts what is
# reported about them: they quote error pages, keys and paths, and leak nothing.
#
#   bench/manuals.sh FOLDER [PAGES]      (2,000 pages, spread evenly, by default)
#
# It needs Go, nginx and openssl, and listens on 127.0.0.1 alone.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "$0")/.." && pwd)
for tool in go nginx openssl; do
	command -v "$tool" >/dev/null || { echo "manuals.sh: $tool is not installed" >&2; exit 2; }
done
[ $# -ge 1 ] && [ -d "$1" ] || { echo "manuals.sh: name a folder of manuals, such as /usr/share/doc" >&2; exit 2; }
folder=$(cd "$1" && pwd)
pages=${2:-2000}
port=${PORT:-18499}

work=$(mktemp -d)
trap '[ ! -e "$work/pid" ] || kill "$(cat "$work/pid")"; rm -rf "$work"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=localhost" \
	-addext "subjectAltName=IP:127.0.0.1" -keyout "$work/key" -out "$work/certificate" 2>/dev/null
cat >"$work/conf" <<END
pid $work/pid;
error_log $work/error;
worker_processes 1;
events { worker_connections 1024; }
http {
	include /etc/nginx/mime.types;
	default_type application/octet-stream;
	access_log off;
	server_tokens off;
	keepalive_requests 100000;
	server {
		listen 127.0.0.1:$port ssl;
		ssl_certificate $work/certificate;
		ssl_certificate_key $work/key;
		root $folder;
	}
}
END
chmod 755 "$work"
nginx -c "$work/conf" -g "user $(id -un);" 2>/dev/null

# Names that need no encoding in a URL are enough.
find "$folder" -type f \( -name '*.html' -o -name '*.htm' -o -name '*.xhtml' -o -name '*.txt' -o -name '*.json' -o -name '*.xml' \) -printf '/%P\n' |
	grep -E '^[A-Za-z0-9/._-]+$' | sort >"$work/all"
total=$(wc -l <"$work/all")
step=$(((total + pages - 1) / pages))
awk -v step="$step" -v at="https://127.0.0.1:$port" 'NR % step == 0 { print at $0 }' "$work/all" >"$work/list"
(cd "$root" && go build -o "$work/blurt" ./cmd/blurt)
"$work/blurt" scan --list "$work/list" --profile quick --rate 0 --max-requests 0 --ca-file "$work/certificate" --fail-on none --quiet \
	--format csv --output "$work/report.csv"
echo "$(wc -l <"$work/list") of $total pages, findings: $(($(wc -l <"$work/report.csv") - 1))"
cat "$work/report.csv"
