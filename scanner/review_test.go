package scanner

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/finding"
	"blurt/scanner/policy"
	"blurt/scanner/wire"
)

// siblings serves the paths that are open, by their answers, and refuses others
// that it knows.
func served(open map[string]string, refused ...string) *target {
	return guarded(func(r wire.Request) bool { return slices.Contains(refused, strings.TrimRight(r.Target, "/")) },
		func(r wire.Request) *wire.Exchange {
			if body, ok := open[r.Target]; ok && r.Method == "GET" {
				return reply(200, "application/json", body)
			}
			return missing()
		})
}

func scanOf(t *testing.T, c Config, server *target, urls ...string) *book {
	t.Helper()
	b := &book{}
	if err := scanWith(t, t.Context(), c, server, b, urls...); err != nil {
		t.Fatal(err)
	}
	return b
}

func enforcementRules(b *book) map[string]string {
	out := make(map[string]string)
	for _, f := range b.findings {
		if f.Category == finding.MTLSInconsistency {
			out[f.Rule] += strings.TrimPrefix(f.URL, "https://h") + " "
		}
	}
	return out
}

func TestOpenBesideSiblingsThatDemandACertificate(t *testing.T) {
	server := served(map[string]string{"/api/orders": accounts, "/api/weather": `{"sun": true}`, "/healthz": `{"ok": true}`}, "/api/a", "/api/b")
	urls := []string{"https://h/api/orders", "https://h/api/weather", "https://h/healthz", "https://h/api/a", "https://h/api/b"}
	b := scanAll(t, server, urls[:4]...)
	want := map[string]string{"mtls-not-enforced": "/api/orders ", "mtls-public-endpoint": "/ "}
	if diff := cmp.Diff(want, enforcementRules(b)); diff != "" {
		t.Errorf("one sibling demands one (-want +got):\n%s", diff)
	}
	f := b.find(t, "mtls-not-enforced")
	if f.Confidence != finding.Confirmed || len(f.Evidence.Leaked) != 1 || !strings.Contains(f.Message, "worth protecting") {
		t.Errorf("%+v", f)
	}
	// Where most demand one, the endpoint that looks like nothing is told, too, but
	// weighs less; what the owner calls public is not told.
	c := config()
	public, err := policy.Parse("/healthz public")
	if err != nil {
		t.Fatal(err)
	}
	c.Expectations = []policy.Expectation{public}
	server = served(map[string]string{"/api/weather": `{"sun": true}`, "/healthz": `{"ok": true}`}, "/api/a", "/api/b")
	b = scanOf(t, c, server, urls[1:]...)
	if diff := cmp.Diff(map[string]string{"mtls-not-enforced": "/api/weather "}, enforcementRules(b)); diff != "" {
		t.Errorf("most siblings demand one (-want +got):\n%s", diff)
	}
	if f := b.find(t, "mtls-not-enforced"); len(f.Evidence.Leaked) != 0 {
		t.Errorf("raised by %+v", f.Evidence.Leaked)
	}
}

// TestNoCertificateNoException is about an origin that never asks for one: its
// refusals are about something else.
func TestNoCertificateNoException(t *testing.T) {
	server := &target{answer: func(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		if r.Target == "/api/orders" {
			return reply(200, "application/json", accounts)
		}
		return reply(401, "application/json", `{"error": "token required"}`, wire.Field{Name: "WWW-Authenticate", Value: "Bearer"})
	}}
	b := scanAll(t, server, "https://h/api/orders", "https://h/api/a", "https://h/api/b")
	if got := enforcementRules(b); len(got) > 0 {
		t.Errorf("findings %v", got)
	}
}

func TestExpectations(t *testing.T) {
	c := config()
	for _, line := range []string{"/healthz public", "/api/** valid-cert"} {
		e, err := policy.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		c.Expectations = append(c.Expectations, e)
	}
	server := served(map[string]string{"/api/orders": accounts}, "/api/a", "/healthz")
	b := scanOf(t, c, server, "https://h/api/orders", "https://h/api/a", "https://h/healthz", "https://h/api/absent")
	want := map[string]string{"mtls-expectation": "/api/orders /healthz "}
	if diff := cmp.Diff(want, enforcementRules(b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, f := range b.findings {
		if f.Rule == "mtls-expectation" && f.Confidence != finding.Confirmed {
			t.Errorf("%s: %v", f.URL, f.Confidence)
		}
	}
}

// authority returns a certificate of an authority and its key.
func authority(t *testing.T) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Staging CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Now().AddDate(40, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// TestChecksOfCertificates has a server that verifies as a library does, but for
// what it forgives.
func TestChecksOfCertificates(t *testing.T) {
	ca := authority(t)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Leaf)
	refusal := func() *wire.Exchange {
		return &wire.Exchange{
			Handshake: &wire.Handshake{Version: 0x304, Requested: true, Refusal: &wire.Refusal{Alert: 116, Name: "certificate_required"}},
			Err:       &wire.Failure{Stage: wire.StageTLS, Err: wire.ErrClosed},
		}
	}
	forgiving := func(bend func(*x509.VerifyOptions, *x509.Certificate)) *target {
		return &target{answer: func(as wire.Identity, _ wire.Origin, _ wire.Request) *wire.Exchange {
			if as.Cert == nil || as.Name == "wrong-key" {
				return refusal()
			}
			leaf, err := x509.ParseCertificate(as.Cert.Certificate[0])
			if err != nil {
				return refusal()
			}
			options := x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
			bend(&options, leaf)
			if options.Roots != nil {
				if _, err := leaf.Verify(options); err != nil {
					return refusal()
				}
			}
			return asking(reply(200, "application/json", accounts))
		}}
	}
	c := config()
	c.Issuer = ca
	for name, test := range map[string]struct {
		bend func(*x509.VerifyOptions, *x509.Certificate)
		want []string
	}{
		"strict": {func(*x509.VerifyOptions, *x509.Certificate) {}, nil},
		"dates":  {func(o *x509.VerifyOptions, leaf *x509.Certificate) { o.CurrentTime = leaf.NotBefore.Add(time.Minute) }, []string{"expired", "not-yet-valid"}},
		"purpose": {func(o *x509.VerifyOptions, _ *x509.Certificate) {
			o.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
		}, []string{"wrong-usage"}},
	} {
		b := scanOf(t, c, forgiving(test.bend), "https://h/a")
		var got []string
		for _, f := range b.findings {
			if f.Rule != "certificate-check-incomplete" || f.Confidence != finding.Confirmed {
				t.Errorf("%s: %s, %v", name, f.Rule, f.Confidence)
			}
			got = append(got, f.Identity)
		}
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
	// Who takes any certificate is told that once.
	b := scanOf(t, c, forgiving(func(o *x509.VerifyOptions, _ *x509.Certificate) { o.Roots = nil }), "https://h/a")
	if got := b.rules(); !slices.Equal(got, []string{"untrusted-certificate-accepted"}) {
		t.Errorf("any certificate: %v", got)
	}
	var identities []string
	for _, cell := range b.targets[0].Surface {
		if cell.Way == "" {
			identities = append(identities, cell.Identity)
		}
	}
	want := []string{"none", "self-signed-certificate", "expired", "not-yet-valid", "wrong-usage", "missing-intermediate", "wrong-key", "unknown-subject", "forged-signature"}
	if !slices.Equal(identities, want) {
		t.Errorf("identities %v, want %v", identities, want)
	}
}

// TestAnyCertificateMayAskForHealth has a server that takes any certificate in the
// handshake and holds it against a list then: what is public is open to whoever
// has one, which says nothing of the rest. Alone, it is all that is known.
func TestAnyCertificateMayAskForHealth(t *testing.T) {
	server := &target{answer: func(as wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		switch {
		case as.Cert == nil:
			return &wire.Exchange{
				Handshake: &wire.Handshake{Version: tls.VersionTLS13, Requested: true, Refusal: &wire.Refusal{Name: "certificate_required"}},
				Err:       &wire.Failure{Stage: wire.StageTLS, Err: wire.ErrClosed},
			}
		case r.Target == "/livez":
			return asking(reply(200, "application/json", `{"ok": true}`))
		}
		return asking(reply(403, "application/json", `{"error": "not on the list"}`))
	}}
	for _, urls := range [][]string{{"https://h/livez"}, {"https://h/livez", "https://h/pay"}, {"https://h/pay", "https://h/livez"}} {
		told := slices.Contains(scanAll(t, server, urls...).rules(), "untrusted-certificate-accepted")
		if alone := len(urls) == 1; told != alone {
			t.Errorf("%q: told %v", urls, told)
		}
	}
}

// TestGuardedHealthTakesAnyCertificate has an application that refuses whoever has
// no certificate at a path that is public in most systems, takes any there, and
// judges it elsewhere.
func TestGuardedHealthTakesAnyCertificate(t *testing.T) {
	server := &target{answer: func(as wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		if as.Cert != nil && r.Target == "/api/status/" {
			return asking(reply(200, "application/json", `{"service": "registry", "queue": 3}`))
		}
		return asking(reply(403, "application/json", `{"error": "client certificate required"}`))
	}}
	if got := scanAll(t, server, "https://h/api/devices/", "https://h/api/status/").rules(); !slices.Contains(got, "untrusted-certificate-accepted") {
		t.Errorf("found %v", got)
	}
}
