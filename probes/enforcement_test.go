package probes_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"blurt/probes"
)

func enforcementTargets(c probes.Context) map[string]string {
	out := make(map[string]string)
	for _, a := range attempts(c)["enforcement"] {
		out[a.Variant] = a.Request.Target
	}
	return out
}

func TestEnforcementSpellsTheFrontOfThePath(t *testing.T) {
	c := newContext(t, "/api/users?page=1")
	c.Known.Open = []string{"/public/news", "/files/a.txt", "/third"}
	got := enforcementTargets(c)
	want := map[string]string{
		"leading-slash": "//api/users?page=1", "leading-dot": "/./api/users?page=1", "leading-parent": "/blurt/../api/users?page=1",
		"encoded-first-letter": "/%61pi/users?page=1", "first-case": "/Api/users?page=1", "first-parameter": got["first-parameter"],
		"named-in-fields":        "/",
		"through-open-dots":      "/public/news/../../api/users?page=1",
		"through-open-encoded":   "/public/news/..%2f..%2fapi/users?page=1",
		"through-open-parameter": "/public/news/..;/..;/api/users?page=1",
		"through-alias-public":   "/public../api/users?page=1",
		"through-alias-files":    "/files../api/users?page=1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Of these, one is asked once for the origin.
	if len(got) > 12 {
		t.Errorf("%d requests", len(got))
	}
}

func TestEnforcementOfShortPaths(t *testing.T) {
	for target, want := range map[string]int{"/": 0, "/7": 1, "/admin": 2} {
		if got := enforcementTargets(newContext(t, target)); len(got) != want {
			t.Errorf("%s: %d attempts: %v", target, len(got), got)
		}
	}
}

// issuerFor makes an authority, and a client's certificate of it.
func issuerFor(t *testing.T) (issuer, client *tls.Certificate) {
	t.Helper()
	issue := func(name string, isCA bool, parent *tls.Certificate) *tls.Certificate {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(len(name))), Subject: pkix.Name{CommonName: name}, IsCA: isCA, BasicConstraintsValid: true,
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		}
		signer, above := key, template
		if parent != nil {
			signer, above = parent.PrivateKey.(*ecdsa.PrivateKey), parent.Leaf
			template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		} else {
			template.KeyUsage = x509.KeyUsageCertSign
		}
		der, err := x509.CreateCertificate(rand.Reader, template, above, key.Public(), signer)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
	}
	issuer = issue("Staging CA", true, nil)
	return issuer, issue("client", false, issuer)
}

// TestEachCertificateFailsOneCheck holds the certificates against a verifier that
// makes every check: all but that of nobody fail, each for its reason.
func TestEachCertificateFailsOneCheck(t *testing.T) {
	c := newContext(t, "/a")
	c.Issuer, c.Caller = issuerFor(t)
	roots := x509.NewCertPool()
	roots.AddCert(c.Issuer.Leaf)
	var names []string
	for _, a := range attempts(c)["certificate-checks"] {
		names = append(names, a.Variant)
		leaf := a.Certificate.Leaf
		options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
		for _, der := range a.Certificate.Certificate[1:] {
			more, err := x509.ParseCertificate(der)
			if err != nil {
				t.Fatal(err)
			}
			options.Intermediates.AddCert(more)
		}
		_, err := leaf.Verify(options)
		var invalid x509.CertificateInvalidError
		var unknown x509.UnknownAuthorityError
		errors.As(err, &invalid)
		ok := false
		switch a.Variant {
		case "expired":
			ok = invalid.Reason == x509.Expired && time.Now().After(leaf.NotAfter)
		case "not-yet-valid":
			ok = invalid.Reason == x509.Expired && time.Now().Before(leaf.NotBefore)
		case "wrong-usage":
			ok = invalid.Reason == x509.IncompatibleUsage
		case "missing-intermediate", "forged-signature", "issued-by-caller":
			ok = errors.As(err, &unknown) || errors.As(err, &invalid)
		case "wrong-key":
			public, err := x509.MarshalPKIXPublicKey(a.Certificate.PrivateKey.(crypto.Signer).Public())
			ok = err == nil && !slices.Equal(public, leaf.RawSubjectPublicKeyInfo)
		case "caller-wrong-key":
			ok = err == nil && string(leaf.Raw) == string(c.Caller.Certificate[0]) && a.Certificate.PrivateKey != c.Caller.PrivateKey
		case probes.UnknownSubject:
			ok = err == nil && a.Check == "" && a.Issued
		}
		if !ok {
			t.Errorf("%s: %v", a.Variant, err)
		}
		if a.Private != strings.Contains(a.Variant, "caller") {
			t.Errorf("%s: private %v", a.Variant, a.Private)
		}
	}
	want := []string{"expired", "not-yet-valid", "wrong-usage", "missing-intermediate", "wrong-key", "unknown-subject", "issued-by-caller", "caller-wrong-key", "forged-signature"}
	if !slices.Equal(names, want) {
		t.Errorf("got %v", names)
	}
}

func TestWithoutAnIssuerOnlyLookalikesAreMade(t *testing.T) {
	c := newContext(t, "/a")
	if got := attempts(c)["certificate-checks"]; len(got) != 0 {
		t.Errorf("%d attempts with nothing known", len(got))
	}
	issuer, _ := issuerFor(t)
	c.Known.Authorities = [][]byte{issuer.Leaf.RawSubject}
	var names []string
	for _, a := range attempts(c)["certificate-checks"] {
		names = append(names, a.As)
		if string(a.Certificate.Leaf.RawIssuer) != string(issuer.Leaf.RawSubject) || a.Check != "" || a.Issued {
			t.Errorf("%s: issuer %s, check %q", a.As, a.Certificate.Leaf.Issuer, a.Check)
		}
	}
	if !slices.Equal(names, []string{"forged-signature", "expired-lookalike"}) {
		t.Errorf("got %v", names)
	}
}
