package detect

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// occurrence is where one of the texts stands.
type occurrence struct{ text, at int }

// placesFound asks the search for all places, placesOf looks at each byte of the
// body for each text.
func placesFound(texts []string, body []byte) []occurrence {
	var found []occurrence
	newLiterals(texts).each(body, func(text, at int) { found = append(found, occurrence{text, at}) })
	slices.SortFunc(found, byPlace)
	return found
}

func placesOf(texts []string, body []byte) []occurrence {
	var found []occurrence
	for n, text := range texts {
		for at := 0; len(text) >= blockLen && at+len(text) <= len(body); at++ {
			if string(body[at:at+len(text)]) == text {
				found = append(found, occurrence{n, at})
			}
		}
	}
	slices.SortFunc(found, byPlace)
	return found
}

func byPlace(a, b occurrence) int {
	return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.at, b.at))
}

// checkLiterals holds both ways of asking against the search of each byte.
func checkLiterals(t *testing.T, texts []string, body []byte) {
	t.Helper()
	if got, want := placesFound(texts, body), placesOf(texts, body); !slices.Equal(got, want) {
		t.Fatalf("texts %q in %q: got %v, want %v", texts, body, got, want)
	}
	held := make([]int, len(texts))
	newLiterals(texts).find(body, func(text int) { held[text]++ })
	for n, text := range texts {
		want := 0
		if bytes.Contains(body, []byte(text)) {
			want = 1
		}
		if held[n] != want {
			t.Fatalf("%q of %q in %q: found %d times, want %d", text, texts, body, held[n], want)
		}
	}
}

// TestLiteralsFindEachText puts each literal of the detectors at every distance
// from a body's beginning and end, alone and among the beginnings of others.
func TestLiteralsFindEachText(t *testing.T) {
	var texts []string
	for _, d := range All() {
		texts = append(texts, d.Hints...)
	}
	slices.Sort(texts)
	texts = slices.Compact(texts)
	l := newLiterals(texts)
	if l.step != maxStep {
		t.Errorf("a literal of %d bytes makes the search of every body slow", l.step+blockLen-1)
	}
	r := rand.New(rand.NewPCG(7, 8))
	for n, text := range texts {
		for before := range 2*blockLen + 1 {
			for _, filler := range []string{strings.Repeat(".", 40), texts[r.IntN(len(texts))], strings.Repeat(text[:len(text)-1], 2)} {
				body := []byte(filler[:min(before, len(filler))] + text + filler[:r.IntN(len(filler)+1)])
				found := false
				l.find(body, func(text int) { found = found || text == n })
				if !found {
					t.Fatalf("%q is not found in %q", text, body)
				}
			}
		}
	}
}

// TestLiteralsFindEveryPlace compares the search with that of each byte, over texts
// of so few letters that they overlap.
func TestLiteralsFindEveryPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "abcA\xff\x00"[r.IntN(2+r.IntN(5))]
		}
		return string(b)
	}
	for range 3000 {
		var texts []string
		shortest := 1 + r.IntN(8)
		for range 1 + r.IntN(12) {
			texts = append(texts, word(shortest+r.IntN(14)))
		}
		body := word(r.IntN(120))
		at := r.IntN(len(body) + 1)
		checkLiterals(t, texts, []byte(body[:at]+texts[0]+body[at:]))
	}
}

// TestLiteralsLookForRareParts holds what makes the search quick: few blocks of an
// ordinary page belong to a text.
func TestLiteralsLookForRareParts(t *testing.T) {
	var texts []string
	for _, d := range All() {
		texts = append(texts, d.Hints...)
	}
	l := newLiterals(texts)
	met, blocks := 0, len(ordinaryPage)-blockLen+1
	for at := range blocks {
		if hash := hashOf(blockAt([]byte(ordinaryPage[at:]))); l.isBlock[hash/64]>>(hash%64)&1 != 0 {
			met++
		}
	}
	if met*20 > blocks {
		t.Errorf("%d of the ordinary page's %d blocks belong to a text", met, blocks)
	}
}

// FuzzLiterals takes its texts from the input's first line.
func FuzzLiterals(f *testing.F) {
	f.Add("assword secret_ Exception", []byte("the Exception of a password"))
	f.Add("aaaa aaab a", []byte("aaaaaaab"))
	f.Add("abcdefgh efghijkl", []byte("abcdefghijkl"))
	f.Add("\xfe\xed\xfe\xed\x00\x00\x00\x02", []byte("\xfe\xed\xfe\xed\x00\x00\x00\x02"))
	f.Fuzz(func(t *testing.T, line string, body []byte) {
		texts := strings.Fields(line)
		if len(texts) == 0 || len(texts) > 100 || len(body) > 10_000 {
			return
		}
		slices.Sort(texts)
		checkLiterals(t, slices.Compact(texts), body)
	})
}
