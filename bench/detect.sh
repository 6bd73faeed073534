#!/usr/bin/env bash
# Measures what all detectors do in a second of one core's time on benign pages,
# beside ripgrep with the same literals on the same files, and whether that stays
# the same for bodies of near-matches of 1, 2, 4 and 8 MiB.
#
#   bench/detect.sh [FOLDER...]
#
# Each folder is measured by itself; without one, the manuals of Django and of
# PostgreSQL and all of /usr/share/doc, as far as they are installed. ROUNDS=5 asks
# for more than three rounds, LINEAR=no leaves the near-matches out.
#
# It needs Go and ripgrep. Time is processor time, user and system, so that what
# else runs on the machine counts less. What is shown is the median of the rounds
# and, behind it, the least and the most.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "$0")/.." && pwd)
for tool in go rg; do
	command -v "$tool" >/dev/null || { echo "detect.sh: $tool is not installed" >&2; exit 2; }
done
if [ $# -eq 0 ]; then
	for folder in /usr/share/doc/python-django-doc /usr/share/doc/postgresql-doc-[0-9]* /usr/share/doc; do
		[ ! -d "$folder" ] || set -- "$@" "$folder"
	done
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$root" && go test -c -o "$work/detect.test" ./scanner/detect)
cd "$root/scanner/detect"

# Copies at most 200 MB of a folder's pages, so that both read the same.
copy() {
	mkdir -p "$work/pages"
	find -L "$1" -type f \( -name '*.html' -o -name '*.txt' -o -name '*.json' -o -name '*.xml' \) -printf '%p\t%s\0' | sort -z |
		awk -v RS='\0' -v ORS='\0' -F '\t' '(size += $2) <= 200000000 { print $1 }' |
		xargs -0 cp -L --parents -t "$work/pages" 2> >(grep -v "specified more than once" >&2 || :)
}

# Prints the MB that all detectors read in a second, and those of the pages.
ours() {
	BLURT_BENIGN_DIR=$work/pages BLURT_HINTS_FILE=$work/hints "$work/detect.test" \
		-test.run xxx -test.bench 'BenchmarkThroughput$' -test.benchtime 2s -test.cpu 1 |
		awk '/^BenchmarkThroughput/ { for (i = 1; i < NF; i++) { if ($(i+1) == "MB/cpu-s") rate = $i; if ($(i+1) == "MB") size = $i } print rate, size }'
}

# Prints ripgrep's MB. It reports each line that holds a literal; only that it must
# look at all of them matters, so the count of lines is enough.
theirs() {
	sort -u "$work/hints" >"$work/literals"
	{
		TIMEFORMAT='%U %S'
		time rg --threads 1 --no-ignore --hidden --text --no-messages --count --fixed-strings --file "$work/literals" "$work/pages" >/dev/null || :
	} 2>&1 | awk -v size="$1" 'END { printf "%.0f\n", size / ($1 + $2) }'
}

# Prints the median of its input, the least and the most.
median() { sort -n | awk '{ v[NR] = $1 } END { printf "%.0f %.0f %.0f\n", v[int((NR + 1) / 2)], v[1], v[NR] }'; }

for folder in "$@"; do
	rm -rf "$work/pages" "$work/ours" "$work/theirs"
	copy "$folder"
	for _ in $(seq "${ROUNDS:-3}"); do
		read -r rate megabytes < <(ours)
		echo "$rate" >>"$work/ours"
		theirs "$megabytes" >>"$work/theirs"
	done
	read -r a low high < <(median <"$work/ours")
	read -r b least most < <(median <"$work/theirs")
	printf '%s: %s MB of pages, %s literals\n' "$folder" "$megabytes" "$(wc -l <"$work/literals")"
	printf '  all detectors  %6.0f MB/s of one core (%.0f to %.0f)\n' "$a" "$low" "$high"
	printf '  rg             %6.0f MB/s of one core (%.0f to %.0f)\n' "$b" "$least" "$most"
	awk -v a="$a" -v b="$b" 'BEGIN { printf "  ratio          %6.2f\n\n", a / b }'
done

[ "${LINEAR:-yes}" != no ] || exit 0
"$work/detect.test" -test.run xxx -test.bench 'BenchmarkLinear' -test.benchtime 1x -test.cpu 1 |
	awk '/^BenchmarkLinear/ { for (i = 1; i < NF; i++) if ($(i+1) == "ns/byte") { sub(/-1$/, "", $1); printf "%-60s %8.2f ns/byte\n", $1, $i } }'
