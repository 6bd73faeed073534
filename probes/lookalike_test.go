package probes_test

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"testing"

	"blurt/probes"
)

func TestLookalikeBearsTheAuthoritysName(t *testing.T) {
	authority, err := asn1.Marshal(pkix.Name{CommonName: "Partner Client CA", Organization: []string{"Example"}}.ToRDNSequence())
	if err != nil {
		t.Fatal(err)
	}
	lookalike := func(authorities ...[]byte) []probes.Attempt {
		c := newContext(t, "/api/")
		c.Known.Authorities = authorities
		for _, p := range probes.All(probes.BuiltinDialects()) {
			if p.ID == "lookalike-certificate" {
				return slices.Collect(p.Build(c))
			}
		}
		return nil
	}
	got := lookalike(authority)
	if len(got) != 1 || !bytes.Equal(got[0].Certificate.Leaf.RawIssuer, authority) {
		t.Fatalf("got %d attempts", len(got))
	}
	subject := got[0].Certificate.Leaf.Subject.CommonName
	if subject == "" || bytes.Equal(got[0].Certificate.Leaf.RawSubject, authority) {
		t.Errorf("the subject is %q", subject)
	}
	if !bytes.Equal(got[0].Certificate.Certificate[0], lookalike(authority)[0].Certificate.Certificate[0]) {
		t.Error("the same seed makes two certificates")
	}
	for name, authorities := range map[string][][]byte{"none": nil, "not a name": {{0x30, 0x80}}} {
		if got := lookalike(authorities...); len(got) != 0 {
			t.Errorf("%s: %d attempts", name, len(got))
		}
	}
}
