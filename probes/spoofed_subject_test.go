package probes_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"blurt/probes"
	"blurt/scanner/wire"
)

func standard(t *testing.T) probes.Context {
	t.Helper()
	c := newContext(t, "/api/")
	c.Profile = probes.Standard
	return c
}

func variant(t *testing.T, c probes.Context, probe, name string) probes.Attempt {
	t.Helper()
	for _, a := range attempts(c)[probe] {
		if a.Variant == name {
			return a
		}
	}
	t.Fatalf("%s has no variant %q", probe, name)
	return probes.Attempt{}
}

// value of a field in the attempt; the empty text where it has none.
func value(a probes.Attempt, name string) string {
	v, _ := wire.Get(a.Request.Fields, name)
	return v
}

func TestSpoofedClaimIsConsistent(t *testing.T) {
	a := variant(t, standard(t), "spoofed-subject", "consistent")
	certificate, err := references()["pem-percent"](value(a, "X-SSL-Client-Cert"))
	if err != nil {
		t.Fatalf("X-SSL-Client-Cert: %v", err)
	}
	read := references()
	for name, encoding := range map[string]probes.Encoding{"ssl-client-cert": "pem-percent", "X-Forwarded-Tls-Client-Cert": "pem-base64"} {
		if got, err := read[encoding](value(a, name)); err != nil || got != certificate {
			t.Errorf("%s holds another certificate than X-SSL-Client-Cert (%v)", name, err)
		}
	}
	subject := value(a, "X-SSL-Client-S-DN")
	if !strings.HasPrefix(subject, "CN=token") {
		t.Errorf("subject %q is no canary", subject)
	}
	for name, want := range map[string]string{
		"X-SSL-Client-Verify":   "SUCCESS",
		"X-SSL-Client-I-DN":     subject,
		"ssl-client-subject-dn": subject,
		"X-SSL-User-DN":         "/" + subject,
		"X-SSL-Client-CN":       strings.TrimPrefix(subject, "CN="),
	} {
		if got := value(a, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	pem, err := url.PathUnescape(value(a, "X-SSL-Client-Cert"))
	if err != nil || !strings.HasPrefix(pem, "-----BEGIN CERTIFICATE-----\n") {
		t.Errorf("certificate %.40q: %v", pem, err)
	}
	if _, err := read["sha1-lower"](value(a, "X-SSL-Client-Fingerprint")); err != nil {
		t.Errorf("fingerprint: %v", err)
	}
}

// TestClaimsOfASystemTravelTogether holds that one request has all that a system
// says, so that an application which reads several fields believes it.
func TestClaimsOfASystemTravelTogether(t *testing.T) {
	read := references()
	list := attempts(standard(t))["spoofed-subject"]
	together := func(d probes.Dialect) string {
		lacks := "every claim"
		for _, a := range list {
			missing := ""
			for _, f := range d.Fields {
				if got, ok := wire.Get(a.Request.Fields, f.Name); !ok {
					missing = f.Name
				} else if _, err := read[f.Encoding](got); err != nil {
					missing = f.Name
				}
			}
			if strings.HasPrefix(a.Variant, "consistent") && missing == "" {
				return ""
			}
			lacks = missing
		}
		return lacks
	}
	for _, d := range probes.BuiltinDialects() {
		switch d.System {
		case "nginx", "ingress-nginx", "nginx, older", "Envoy", "Traefik", "HAProxy", "Apache httpd", "RFC 9440", "Azure App Service",
			"AWS Application Load Balancer, verify", "AWS Application Load Balancer, passthrough", "Cloud Foundry gorouter", "Caddy",
			"Kong, tls-metadata-headers", "Azure Application Gateway", "Cloudflare, client certificate forwarding",
			"AWS CloudFront", "Fastly", "OpenShift router", "Akamai", "django-mtls-auth", "django-tls-certificate-auth", "Kubernetes front proxy":
			if missing := together(d); missing != "" {
				t.Errorf("%s: no claim is whole; %s is missing", d.System, missing)
			}
		}
	}
}

func TestNamesOnlyGivesEachFieldItsOwnName(t *testing.T) {
	a := variant(t, standard(t), "spoofed-subject", "names-only")
	seen := make(map[string]string)
	for _, f := range a.Request.Fields {
		at := strings.Index(f.Value, "token")
		if at < 0 || f.Name == "User-Agent" {
			continue
		}
		token := strings.FieldsFunc(f.Value[at:], func(r rune) bool { return strings.ContainsRune(`,="/;@. +:`, r) })[0]
		if other, ok := seen[token]; ok {
			t.Errorf("%s and %s have the same token", f.Name, other)
		}
		seen[token] = f.Name
	}
	if len(seen) < 50 {
		t.Errorf("%d fields with a name", len(seen))
	}
}

func TestSpoofVariants(t *testing.T) {
	c := standard(t)
	for _, test := range []struct{ variant, field, want string }{
		{"underscores", "X_SSL_Client_Verify", "SUCCESS"},
		{"failed-beside-subject", "X-SSL-Client-Verify", "FAILED:self-signed certificate"},
		{"generous", "X-SSL-Client-Verify", "GENEROUS"},
		{"verify-zero", "X-SSL-Client-Verify", "0"},
		{"null-literal", "X-SSL-Client-S-DN", "(null)"},
		{"placeholder", "X-SSL-Subject", "{http.request.tls.client.subject}"},
		{"comma-joined", "X-SSL-Client-Verify", "SUCCESS, SUCCESS"},
		{"other-case", "X-SSL-CLIENT-VERIFY", "SUCCESS"},
	} {
		a := variant(t, c, "spoofed-subject", test.variant)
		i := slices.IndexFunc(a.Request.Fields, func(f wire.Field) bool { return f.Name == test.field })
		if i < 0 || a.Request.Fields[i].Value != test.want {
			t.Errorf("%s: %s is %q, want %q", test.variant, test.field, value(a, test.field), test.want)
		}
	}
	if got := value(variant(t, c, "spoofed-subject", "failed-beside-subject"), "X-SSL-Client-S-DN"); !strings.HasPrefix(got, "CN=token") {
		t.Errorf("beside FAILED stands the subject %q", got)
	}
	var twice []string
	for _, f := range variant(t, c, "spoofed-subject", "duplicated").Request.Fields {
		if f.Name == "X-SSL-Client-Verify" {
			twice = append(twice, f.Value)
		}
	}
	if !slices.Equal(twice, []string{"NONE", "SUCCESS"}) {
		t.Errorf("duplicated: %q", twice)
	}
}

func TestRemovalNeedsHTTP1(t *testing.T) {
	a := variant(t, standard(t), "spoofed-subject", "removed")
	if got := value(a, "Connection"); !strings.HasPrefix(got, "close, X-SSL-Client-Cert") || !strings.Contains(got, "X-SSL-Client-Verify") {
		t.Errorf("Connection: %q", got)
	}
	if !a.Request.HTTP1Only() {
		t.Error("the request can go over HTTP/2")
	}
}

func TestNamesOfTheTargetAreClaimed(t *testing.T) {
	c := standard(t)
	c.Known.Names = []string{"CN=Acme Client CA,O=Acme", "api.acme.test", "CN=\x00evil", strings.Repeat("a.", 400)}
	var got []string
	for _, a := range attempts(c)["spoofed-subject"] {
		if a.Variant == "known-name" {
			got = append(got, value(a, "X-SSL-Client-S-DN")+" "+value(a, "X-SSL-Client-CN")+" "+value(a, "X-SSL-User-DN"))
		}
	}
	want := []string{
		"CN=Acme Client CA,O=Acme Acme Client CA /O=Acme/CN=Acme Client CA",
		"CN=api.acme.test api.acme.test /CN=api.acme.test",
	}
	if !slices.Equal(got, want) {
		t.Errorf("claimed %q, want %q", got, want)
	}
}
