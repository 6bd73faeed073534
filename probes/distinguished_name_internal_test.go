package probes

import (
	"strings"
	"testing"
)

// FuzzName reads names that targets show.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"CN=a,O=b", `CN=a\,b+OU=c`, "CN=", "=", ",", `\`, "2.5.4.17=#0c01", strings.Repeat("CN=a,", 40)} {
		f.Add(seed)
	}
	specimen, err := NewSpecimen("seed", func(field string) string { return "blurt" + strings.ReplaceAll(field, " ", "") })
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if IsName(text) {
			if _, err := claimedSpecimen(specimen, Claimed{Subject: text, Issuer: text}); err != nil {
				t.Skip() // no certificate can bear it: no claim is made
			}
		}
		if twin, ok := Twin(text, "seed"); ok {
			if _, err := parseName(twin); err != nil {
				t.Errorf("%q has the twin %q: %v", text, twin, err)
			}
		}
	})
}
