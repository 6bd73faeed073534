package probes_test

import (
	"slices"
	"strings"
	"testing"

	"blurt/probes"
	"blurt/scanner/wire"
)

func headerAttempts(c probes.Context) []probes.Attempt {
	var out []probes.Attempt
	for _, p := range probes.All(probes.BuiltinDialects()) {
		if isHeaderProbe(p.ID) {
			out = slices.AppendSeq(out, p.Build(c))
		}
	}
	return out
}

func TestMalformationsOfACommonField(t *testing.T) {
	var got []string
	for _, a := range headerAttempts(standard(t)) {
		if v, ok := wire.Get(a.Request.Fields, "X-SSL-Cert"); ok {
			got = append(got, v)
		}
	}
	for what, want := range map[string]string{
		"text":              "token",
		"bad escape":        "%ZZtoken",
		"bad base64":        "-----BEGIN%20CERTIFICATE-----%0A%21%21%21%21token",
		"wrong label":       "-----BEGIN%20PRIVATE%20KEY-----",
		"Apache's no value": "(null)",
		"zero bytes":        "-----BEGIN%20CERTIFICATE-----%0AAAAA%0A",
		"whole":             "-----BEGIN%20CERTIFICATE-----%0AMII",
	} {
		if !slices.ContainsFunc(got, func(v string) bool { return strings.HasPrefix(v, want) }) {
			t.Errorf("%s: no value begins with %q", what, want)
		}
	}
	if !slices.Contains(got, "") {
		t.Error("no empty value")
	}
}

func TestOneNameGetsAllItsEncodings(t *testing.T) {
	forms := map[string]string{"percent": "-----BEGIN%20", "spaces": "-----BEGIN CERTIFICATE----- ", "tabs": "-----BEGIN CERTIFICATE-----\t", "base64": "MII", "structured": ":MII", "xfcc": "By="}
	for _, a := range headerAttempts(standard(t)) {
		for form, prefix := range forms {
			if strings.HasPrefix(value(a, "X-SSL-Client-Cert"), prefix) {
				delete(forms, form)
			}
		}
	}
	if len(forms) > 0 {
		t.Errorf("X-SSL-Client-Cert is never sent as %v", forms)
	}
}

// TestVerdictsTravelAlong holds that code behind a check of the verdict is
// reached: wherever a system's certificate or name is spoiled, its verdict
// stands beside it.
func TestVerdictsTravelAlong(t *testing.T) {
	for _, test := range []struct{ spoiled, verdict, want string }{
		{"X-SSL-Raw-Cert", "X-SSL-Client-Verify", "SUCCESS"},
		{"ssl-client-subject-dn", "ssl-client-verify", "SUCCESS"},
		{"X-SSL-Client-DER", "X-SSL-Client-Verify", "0"},
		{"X-SSL-Client-SHA1", "X-SSL-Client-Verify", "0"},
		{"SSLClientCertb64", "SSLClientCertStatus", "OK"},
		{"cf-cert-subject-dn", "cf-cert-verified", "true"},
		{"X-Client-Cert-Leaf", "X-Client-Cert-Chain-Verified", "true"},
		{"CloudFront-Viewer-Cert-Pem", "CloudFront-Viewer-Cert-Present", "1"},
	} {
		seen := 0
		for _, a := range attempts(standard(t))["malformed-identity"] {
			if _, ok := wire.Get(a.Request.Fields, test.spoiled); !ok || strings.HasPrefix(a.Variant, "verdict-") {
				continue
			}
			if value(a, test.verdict) == test.want {
				seen++
			} else if test.verdict != "CloudFront-Viewer-Cert-Present" { // spoiled in every other round
				t.Errorf("%s: beside %s, %s is %q, want %q", a.Variant, test.spoiled, test.verdict, value(a, test.verdict), test.want)
			}
		}
		if seen < 5 {
			t.Errorf("%s is spoiled %d times beside %s", test.spoiled, seen, test.verdict)
		}
	}
}

// TestSpellingsThatServersMergeDoNotMeet holds what PEP 3333 asks for: two
// spellings of one name in a request would reach the application as one value.
func TestSpellingsThatServersMergeDoNotMeet(t *testing.T) {
	c := newContext(t, "/api/")
	c.Profile = probes.Thorough
	for _, a := range headerAttempts(c) {
		if a.Variant == "duplicated" {
			continue
		}
		seen := make(map[string]string)
		for _, f := range a.Request.Fields {
			key := strings.ReplaceAll(strings.ToLower(f.Name), "-", "_")
			if other, ok := seen[key]; ok {
				t.Errorf("%s: %s and %s", a.Variant, other, f.Name)
			}
			seen[key] = f.Name
		}
	}
}

func TestLowLimitsAreKept(t *testing.T) {
	for _, limits := range []probes.Limits{
		{Fields: 30, Line: 2000, Total: 4000},
		{Fields: 90, Line: 700, Total: 6000},
		{Fields: 5, Line: 100, Total: 300},
	} {
		c := standard(t)
		c.Limits = limits
		sent := 0
		for _, a := range headerAttempts(c) {
			if a.Variant == "long" || a.Variant == "over-long" || a.Variant == "removed" || a.Variant == "duplicated" {
				continue
			}
			sent++
			total := 0
			for _, f := range a.Request.Fields {
				size := len(f.Name) + len(f.Value) + 4
				if total += size; size > limits.Line {
					t.Errorf("%+v: %s: a line of %d bytes", limits, a.Variant, size)
				}
			}
			if len(a.Request.Fields) > limits.Fields || total > limits.Total {
				t.Errorf("%+v: %s: %d fields of %d bytes", limits, a.Variant, len(a.Request.Fields), total)
			}
		}
		if sent == 0 {
			t.Errorf("%+v: nothing is sent", limits)
		}
	}
}

func TestFieldsThatTheTargetNamesComeFirst(t *testing.T) {
	c := standard(t)
	c.Known.Names = []string{"HTTP_X_ACME_CLIENT_CERT", "X-Acme-Subject-DN", "Transfer-Encoding", "X-HTTP-Method-Override", "X-Acme\r\nCert: x", "Accept"}
	first := attempts(c)["malformed-identity"][0]
	if len(first.Added) == 0 || first.Added[0] != "X-ACME-CLIENT-CERT" {
		t.Errorf("the first field is %q", first.Added)
	}
	for _, a := range headerAttempts(c) {
		for _, f := range a.Request.Fields {
			if strings.EqualFold(f.Name, "Transfer-Encoding") || strings.EqualFold(f.Name, "X-HTTP-Method-Override") || strings.ContainsAny(f.Name, "\r\n") {
				t.Fatalf("%s sends %q", a.Variant, f.Name)
			}
		}
	}
}

func TestThoroughSendsEachNameAlone(t *testing.T) {
	c := newContext(t, "/api/")
	c.Profile = probes.Thorough
	alone := make(map[string]bool)
	for _, a := range attempts(c)["malformed-identity"] {
		if len(a.Added) == 1 {
			if a.Group {
				t.Errorf("%s is a group of one", a.Variant)
			}
			alone[strings.ToLower(a.Added[0])] = true
		}
	}
	for _, d := range probes.BuiltinDialects() {
		for _, f := range d.Fields {
			if !alone[strings.ToLower(f.Name)] {
				t.Errorf("%s is never alone", f.Name)
			}
		}
	}
}

func BenchmarkHeaderProbes(b *testing.B) {
	c := newContext(b, "/api/")
	c.Profile = probes.Standard
	all := probes.All(probes.BuiltinDialects())
	for b.Loop() {
		for _, p := range all {
			if isHeaderProbe(p.ID) {
				for range p.Build(c) {
				}
			}
		}
	}
}
