#!/usr/bin/env bash
# Measures what all detectors do in a second of one core's time on benign pages,
# beside ripgrep with the same literals on the same files, and whether that stays
# the same for bodies of near-matches of 1, 2, 4 and 8 MiB.
#
#   bench/detect.sh [FOLDER...]      (manuals below /usr/share/doc by default)
#
# It needs Go and ripgrep. Time is processor time, user and system, so that what
# else runs on the machine counts little.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "$0")/.." && pwd)
for tool in go rg; do
	command -v "$tool" >/dev/null || { echo "detect.sh: $tool is not installed" >&2; exit 2; }
done
[ $# -gt 0 ] || set -- /usr/share/doc

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$root" && go test -c -o "$work/detect.test" ./scanner/detect)

# At most 200 MB of pages, copied so that both read the same.
size=0
while IFS= read -r -d '' file; do
	size=$((size + $(stat -Lc %s "$file")))
	[ "$size" -le 200000000 ] || break
	mkdir -p "$work/pages/$(dirname "$file")"
	cp -L "$file" "$work/pages/$file"
done < <(find -L "$@" -type f \( -name '*.html' -o -name '*.txt' -o -name '*.json' -o -name '*.xml' \) -print0 | sort -z)

cd "$root/scanner/detect"
BLURT_BENIGN_DIR=$work/pages BLURT_HINTS_FILE=$work/hints "$work/detect.test" \
	-test.run xxx -test.bench 'BenchmarkThroughput$' -test.benchtime 3s -test.cpu 1 >"$work/out"
read -r ours megabytes < <(awk '/^BenchmarkThroughput/ { for (i = 1; i < NF; i++) { if ($(i+1) == "MB/cpu-s") rate = $i; if ($(i+1) == "MB") size = $i } print rate, size }' "$work/out")

# ripgrep reports each line that holds a literal; only that it must look at all of
# them matters, so the count of lines is enough.
sort -u "$work/hints" >"$work/literals"
rounds=3
theirs=$({
	TIMEFORMAT='%U %S'
	time for _ in $(seq $rounds); do
		rg --threads 1 --no-ignore --hidden --text --no-messages --count --fixed-strings --file "$work/literals" "$work/pages" >/dev/null || :
	done
} 2>&1 | awk -v size="$megabytes" -v rounds=$rounds 'END { printf "%.0f", size * rounds / ($1 + $2) }')

printf '%s MB of pages, %s literals\n' "$megabytes" "$(wc -l <"$work/literals")"
printf 'all detectors  %6.0f MB/s of one core\n' "$ours"
printf 'rg             %6.0f MB/s of one core\n' "$theirs"
awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "ratio          %6.2f\n\n", a / b }'

"$work/detect.test" -test.run xxx -test.bench 'BenchmarkLinear' -test.benchtime 1x -test.cpu 1 |
	awk '/^BenchmarkLinear/ { for (i = 1; i < NF; i++) if ($(i+1) == "ns/byte") { sub(/-1$/, "", $1); printf "%-60s %8.2f ns/byte\n", $1, $i } }'
