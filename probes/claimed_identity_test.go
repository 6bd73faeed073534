package probes_test

import (
	"crypto/x509"
	"encoding/pem"
	"net/url"
	"strings"
	"testing"

	"blurt/probes"
	"blurt/scanner/wire"
)

func TestClaimsDifferInOneThing(t *testing.T) {
	c := newContext(t, "https://api.example.org/v1/")
	cl := probes.NewClaimant(probes.BuiltinDialects())
	first := []wire.Field{{Name: "X-SSL-Client-Cert"}, {Name: "X-SSL-Client-Verify", Value: "SUCCESS"}}
	who := probes.Claimed{Subject: `CN=one.shop.example,O=Shop\, Works`, Issuer: "CN=Shop CA,O=Shop Works"}
	claim := func(who probes.Claimed) map[string]string {
		a, ok := cl.Claim(c, "test", who, first)
		if !ok {
			t.Fatalf("no claim of %+v", who)
		}
		out := make(map[string]string)
		for _, f := range a.Request.Fields {
			out[f.Name] = f.Value
		}
		return out
	}
	base := claim(who)
	if got := base["X-SSL-Client-S-DN"]; got != who.Subject {
		t.Errorf("subject %q", got)
	}
	text, err := url.PathUnescape(base["X-SSL-Client-Cert"])
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		t.Fatalf("no certificate in %q", text)
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if leaf.Subject.CommonName != "one.shop.example" || leaf.Subject.Organization[0] != "Shop, Works" || leaf.Issuer.CommonName != "Shop CA" {
		t.Errorf("certificate of %s by %s", leaf.Subject, leaf.Issuer)
	}

	failed := who
	failed.Failed = true
	for name, value := range claim(failed) {
		if differs := value != base[name]; differs != cl.IsVerdict(name) && base[name] != "" {
			t.Errorf("%s: %q, without failing %q", name, value, base[name])
		}
	}
	expired := who
	expired.Expired = true
	if claim(expired)["X-SSL-Client-Cert"] == base["X-SSL-Client-Cert"] {
		t.Error("the certificate has not expired")
	}
}

func TestRenamedKeepsSizes(t *testing.T) {
	c := newContext(t, "https://api.example.org/v1/")
	a, ok := probes.NewClaimant(probes.BuiltinDialects()).Claim(c, "test", probes.Claimed{Subject: "CN=some.body", Issuer: "CN=some.body"}, nil)
	if !ok {
		t.Fatal("no claim")
	}
	b := probes.Renamed(a)
	if len(a.Request.Fields) != len(b.Request.Fields) || len(a.Added) != len(b.Added) {
		t.Fatal("fields are lost")
	}
	seen := make(map[string]bool)
	for i, f := range b.Request.Fields {
		was := a.Request.Fields[i]
		if f.Value != was.Value || len(f.Name) < len(was.Name) {
			t.Errorf("%v became %v", was, f)
		}
		if seen[f.Name] {
			t.Errorf("%s is there twice", f.Name)
		}
		seen[f.Name] = true
	}
	if _, ok := wire.Get(b.Request.Fields, "Host"); !ok {
		t.Error("a field of the control was renamed")
	}
}

func TestOnlyProxySets(t *testing.T) {
	cl := probes.NewClaimant(probes.BuiltinDialects())
	for name, want := range map[string]bool{
		"x-ssl-client-s-dn": true, "X-Forwarded-Client-Cert": true, "X-Corp-Client-DN": true, "X-Amzn-TLS-Version": false,
	} {
		if got := cl.OnlyProxySets(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTwin(t *testing.T) {
	for _, test := range []struct {
		name string
		ok   bool
	}{
		{"CN=gateway.shop.example,O=Shop Works,C=DE", true},
		{`CN=Müller\, Anna,OU=Team 7`, true},
		{"CN=api", false},
		{"no name", false},
		{"", false},
	} {
		got, ok := probes.Twin(test.name, "seed")
		if ok != test.ok {
			t.Errorf("%q: %q, %v", test.name, got, ok)
			continue
		}
		if !ok {
			continue
		}
		if got == test.name || len(got) != len(test.name) || got[:3] != "CN=" {
			t.Errorf("%q became %q", test.name, got)
		}
		again, _ := probes.Twin(test.name, "seed")
		other, _ := probes.Twin(test.name, "another seed")
		if again != got || other == got {
			t.Errorf("%q: %q, again %q, of another seed %q", test.name, got, again, other)
		}
	}
	got, _ := probes.Twin("CN=gateway.shop.example,O=Shop Works,C=DE", "seed")
	if !strings.HasSuffix(got, ",C=DE") || !strings.Contains(got, ".example,O=") {
		t.Errorf("%q does not keep the country and the last label", got)
	}
}

func TestWithOrganisation(t *testing.T) {
	if got, ok := probes.WithOrganisation("CN=a,O=blurt", "CN=Shop CA,O=Shop Works"); !ok || got != "CN=a,O=Shop Works" {
		t.Errorf("%q, %v", got, ok)
	}
	if got, ok := probes.WithOrganisation("CN=a", "O=Shop Works"); !ok || got != "CN=a,O=Shop Works" {
		t.Errorf("%q, %v", got, ok)
	}
	if _, ok := probes.WithOrganisation("CN=a", "CN=Shop CA"); ok {
		t.Error("an organisation out of nothing")
	}
}
