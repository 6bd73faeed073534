#!/usr/bin/env bash
# Measures how long the HTML report of 5,000 findings takes to open in headless
# Chromium: from the start of the navigation to the end of its load event, which is
# after the script has made the filters ready.
#
#   bench/html.sh [ROUNDS]           (5 by default)
#
# It needs Go and Chromium. The least and the median of the rounds are told; the
# least is the one that other programs on the machine disturbed least.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "$0")/.." && pwd)
for tool in go chromium; do
	command -v "$tool" >/dev/null || { echo "html.sh: $tool is not installed" >&2; exit 2; }
done
rounds=${1:-5}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$root" && go test -c -o "$work/report.test" ./report)
cd "$root/report"
"$work/report.test" -test.run 'TestHTMLOfManyFindingsInBrowser$' -test.count "$rounds" -test.v >"$work/out"
grep -o '[0-9]* bytes, loaded after [0-9.]* ms' "$work/out" | sort -t ' ' -k 5 -n >"$work/times"
[ -s "$work/times" ] || { cat "$work/out" >&2; exit 1; }
echo "5,000 findings, $(awk 'NR == 1 { printf "%.1f MB", $1 / 1e6 }' "$work/times"): least $(awk 'NR == 1 { print $5 }' "$work/times") ms, median $(awk '{ t[NR] = $5 } END { print t[int((NR + 1) / 2)] }' "$work/times") ms to open ($(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg))"
