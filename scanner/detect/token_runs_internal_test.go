package detect

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// runsByByte finds the stretches of tokenRuns by a look at each byte.
func runsByByte(text []byte) []Span {
	var found []Span
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && isRunByte[text[end]] {
			end++
		}
		if end-start >= minRun {
			found = append(found, Span{start, end})
		}
		start = end + 1
	}
	return found
}

func checkRuns(t *testing.T, text []byte) {
	t.Helper()
	var got []Span
	tokenRuns(text, func(start, end int) { got = append(got, Span{start, end}) })
	if want := runsByByte(text); !slices.Equal(got, want) {
		t.Fatalf("%q: got %v, want %v", text, got, want)
	}
}

func TestTokenRuns(t *testing.T) {
	for before := range 40 {
		for length := minRun - 2; length < 3*minRun; length++ {
			for _, around := range []string{" ", "/", "\\", "\xff", "ab ", "abcdefghi."} {
				filler := strings.Repeat(around, 40)[:before]
				checkRuns(t, []byte(filler+around+strings.Repeat("aZ0-_9", minRun)[:length]))
				checkRuns(t, []byte(filler+around+strings.Repeat("aZ0-_9", minRun)[:length]+around+filler))
			}
		}
	}
	r := rand.New(rand.NewPCG(11, 12))
	for range 5000 {
		text := make([]byte, r.IntN(200))
		for n := range text {
			text[n] = "aZ09-_"[r.IntN(6)]
			if r.IntN(15) == 0 {
				text[n] = byte(r.IntN(256))
			}
		}
		checkRuns(t, text)
	}
}

// TestOtherBytes wants each byte of a token to be none of the others, whatever
// stands beside it.
func TestOtherBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 1000 {
		for c := range 256 {
			var word [8]byte
			for n := range word {
				word[n] = byte(r.IntN(256))
			}
			at := r.IntN(8)
			word[at] = byte(c)
			got := otherBytes(binary.LittleEndian.Uint64(word[:]))>>(8*at)&0xff != 0
			if want := !isRunByte[c]; got && !want || !got && want && !strings.ContainsRune("[\\]^`{|}~\x7f", rune(c)) {
				t.Fatalf("%#x in %q: got %v", c, word, got)
			}
		}
	}
}

func FuzzTokenRuns(f *testing.F) {
	f.Add([]byte("see ghp_aaaaaaaaaaaaaaaaaaaa, and AKIAIOSFODNN7EXAMPLE"))
	f.Add([]byte("`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{bbbbbbbbbbbbbbbbbbbb"))
	f.Fuzz(func(t *testing.T, text []byte) { checkRuns(t, text) })
}
