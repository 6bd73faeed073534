package canary_test

import (
	"bytes"
	"strings"
	"testing"

	"blurt/scanner/internal/canary"
)

func TestFindNamesProbeAndField(t *testing.T) {
	mint := canary.New([]byte("key"))
	first := mint.Token("spoofed-subject", "X-SSL-Client-S-DN")
	second := mint.Token("malformed-certificate", "certificate subject CN")
	if len(first) != canary.Len || first == second {
		t.Fatalf("tokens %q and %q: want two of %d bytes", first, second, canary.Len)
	}
	text := "blurt blur <b>" + first + "</b> BLURT " + strings.ToUpper(second) + "blurt"
	got := mint.Find([]byte(text))
	if len(got) != 2 {
		t.Fatalf("found %v in %q", got, text)
	}
	if got[0].Probe != "spoofed-subject" || got[0].Field != "X-SSL-Client-S-DN" || text[got[0].Start:got[0].End] != first {
		t.Errorf("first: %+v", got[0])
	}
	if got[1].Probe != "malformed-certificate" || got[1].Token != second {
		t.Errorf("second, in capitals: %+v", got[1])
	}
}

func TestForeignTokensAreNotFound(t *testing.T) {
	mint, other := canary.New([]byte("key")), canary.New([]byte("other"))
	token := other.Token("p", "f")
	mint.Token("p", "f")
	forged := []byte(mint.Token("p", "f"))
	forged[len(forged)-3] ^= 1
	for _, text := range []string{token, string(forged), token[:canary.Len-1], "blurt", "blurtblurtblurtblurtblurtblurt"} {
		if got := mint.Find([]byte(text)); len(got) != 0 {
			t.Errorf("found %v in %q", got, text)
		}
	}
}

func TestSameKeySameTokens(t *testing.T) {
	a, b := canary.New([]byte("k")), canary.New([]byte("k"))
	for range 3 {
		if x, y := a.Token("p", "f"), b.Token("p", "f"); x != y {
			t.Fatalf("%q and %q from one key", x, y)
		}
	}
}

func FuzzFind(f *testing.F) {
	mint := canary.New([]byte("key"))
	token := mint.Token("p", "f")
	f.Add([]byte(token), []byte("x"))
	f.Add([]byte("blurtBLURT"), []byte("blurt"))
	f.Fuzz(func(t *testing.T, before, after []byte) {
		text := append(append(bytes.Clone(before), token...), after...)
		for _, found := range mint.Find(text) {
			if !strings.EqualFold(string(text[found.Start:found.End]), found.Token) {
				t.Fatalf("%+v does not stand in the text", found)
			}
		}
		if bytes.Contains(bytes.ToLower(before), []byte("blurt")) || len(before) > 1<<16 {
			return
		}
		if len(mint.Find(text)) == 0 {
			t.Fatal("a token was missed")
		}
	})
}

func BenchmarkFindNothing(b *testing.B) {
	mint := canary.New([]byte("key"))
	text := bytes.Repeat([]byte("<p>Before the build a burst of blue birds.</p>\n"), 20_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		mint.Find(text)
	}
}

// BenchmarkFindNearMisses shows that the search stays linear on a hostile body.
func BenchmarkFindNearMisses(b *testing.B) {
	mint := canary.New([]byte("key"))
	for name, piece := range map[string]string{"capitals": "BLURT", "both": "blurtBLURT"} {
		text := bytes.Repeat([]byte(piece), (1<<20)/len(piece))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				mint.Find(text)
			}
		})
	}
}
