#!/usr/bin/env bash
# Shows that the work which blurt does on an answer grows with the answer and not
# faster: for each literal of each detector, each recorded page and each shape that
# parsers fear, a body of near-matches in three lengths; and everything that blurt
# does with a body.
#
#   bench/linear.sh -seconds 60      a sample of bodies that many seconds of processor time allow
#   bench/linear.sh                  every body in every way: some hours
#   bench/linear.sh -bodies '^window/' -ways '^mask$' -verbose
#   bench/linear.sh -all -sizes 640,2560,10240 -ways '^detect$' -bodies '^hint/.*/all$'
#   bench/linear.sh -time ...        processor time instead; nothing is judged
#
# It prints, for each body that is not linear, the work for each further byte from
# length to length, and the function that grew the most; then it fails.
#
# It counts instead of measuring time: Go's coverage counters tell how often each
# block was executed, of blurt, the regular expressions, the parsers and the text
# functions of the standard library. What these do in assembly (IndexByte, Index,
# Count) is built from Go's own portable code, so that each byte that a search looks
# at is counted. The result is the same on any machine under any load.
#
# It needs Go alone. The first run builds the standard library anew.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case " $* " in
*" -time "*)
	go build -o "$work/linear" ./scanner/internal/linear
	GOMAXPROCS=1 "$work/linear" "$@"
	exit
	;;
esac

# A tree of links to Go's own, in which the search routines are the portable ones.
goroot=$(go env GOROOT)
mkdir "$work/go"
cp -rs "$goroot/src" "$work/go/src"
for part in "$goroot"/*; do
	[ "${part##*/}" = src ] || ln -s "$part" "$work/go/"
done
routines=$work/go/src/internal/bytealg
rm -f "$routines"/index_native.go "$routines"/index_*64* "$routines"/indexbyte_native.go "$routines"/indexbyte_*.s \
	"$routines"/count_native.go "$routines"/count_*.s "$routines"/index_s390x.*
for name in index indexbyte count; do
	rm "$routines/${name}_generic.go"
	sed '/^\/\/go:build/d' "$goroot/src/internal/bytealg/${name}_generic.go" >"$routines/${name}_generic.go"
done

counted=blurt/...,internal/bytealg,internal/stringslite,bytes,strings,regexp,regexp/syntax,unicode/utf8,unicode,strconv,slices,sort,bufio,io
counted+=,html,html/template,text/template,encoding/...,golang.org/x/net/html,github.com/andybalholm/cascadia,github.com/theory/jsonpath/...
counted+=,go.yaml.in/yaml/v3,github.com/getkin/kin-openapi/...,net/url,net/textproto,compress/...,crypto/x509,math/big
env GOROOT="$work/go" GOTOOLCHAIN=local go build -trimpath -cover -covermode=atomic -coverpkg="$counted" -o "$work/linear" ./scanner/internal/linear
GOMAXPROCS=1 GOCOVERDIR=$work "$work/linear" "$@"
