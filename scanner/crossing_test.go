package scanner

import (
	"context"
	"crypto/tls"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

func TestAlternatives(t *testing.T) {
	tests := []struct {
		field string
		want  []uint16
	}{
		{"", nil},
		{`h2=":8443"; ma=60, h3=":443", http%2F1.1=":9443"`, []uint16{8443, 9443}},
		{`h2="other.example:443"`, nil},
		{`h2=":0", h2=":65536", h2=":x", h2=`, nil},
		{"clear", nil},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, alternatives(test.field)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.field, diff)
		}
	}
}

func FuzzAlternatives(f *testing.F) {
	f.Add(`h2=":8443"; ma=60, http%2F1.1=":9443"`)
	f.Fuzz(func(t *testing.T, field string) {
		ports := alternatives(field)
		if len(ports) > 4 {
			t.Fatalf("%q: %d ports", field, len(ports))
		}
		for _, port := range ports {
			if port == 0 {
				t.Fatalf("%q: port 0", field)
			}
		}
	})
}

func TestTwinPorts(t *testing.T) {
	tests := map[uint16][]uint16{443: {80, 8080}, 8443: {8080}, 9443: {9080}, 8080: nil, 65443: {65080}}
	for port, want := range tests {
		if diff := cmp.Diff(want, twinPorts(port)); diff != "" {
			t.Errorf("%d (-want +got):\n%s", port, diff)
		}
	}
}

func TestHostNames(t *testing.T) {
	for name, want := range map[string]bool{
		"api.example.org": true, "API.example.org": true, "*.example.org": false, "10.0.0.1": false, "a b": false, "a/b": false, "": false, "a:1": false,
		"evil\r\nX: y": false, "::1": false, strings.Repeat("a", 300): false,
	} {
		if isHostName(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

func TestDefaultPages(t *testing.T) {
	for body, want := range map[string]bool{
		"": true, " \n": true, "<html><head><title>Welcome to nginx!</title>": true, `{"service":"orders"}`: false, "<h1>It works!</h1>": true,
	} {
		if isDefaultPage(&wire.Response{Status: 200, Body: []byte(body)}) != want {
			t.Errorf("%q: %v", body, !want)
		}
	}
}

// A server that asks for the certificate once it knows the path cannot ask a
// client without post-handshake authentication: the caller is asked for again
// under TLS 1.2.
func TestCertificateThatIsAskedForLater(t *testing.T) {
	const page = "<title>403 Forbidden</title><h1>Forbidden</h1>\nReason: Cannot perform Post-Handshake Authentication.<br />"
	server := &target{
		answer: func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange { return reply(403, "text/html", page) },
		other: func(as wire.Identity, _ wire.Origin, _ wire.Request) *wire.Exchange {
			if as.Name != "caller" {
				return &wire.Exchange{
					Handshake: &wire.Handshake{Version: tls.VersionTLS12, Requested: true, Refusal: &wire.Refusal{Name: "unknown_ca"}},
					Err:       &wire.Failure{Stage: wire.StageTLS, Err: wire.ErrClosed},
				}
			}
			x := reply(200, "application/json", `{"orders":[]}`)
			x.Handshake = &wire.Handshake{Version: tls.VersionTLS12, Requested: true, Sent: true}
			return x
		},
	}
	b := &book{}
	c := config()
	c.Caller = &tls.Certificate{Certificate: [][]byte{{1}}}
	if err := scanWith(t, t.Context(), c, server, b, "https://api.example.org/secure"); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]finding.Verdict)
	for _, cell := range b.targets[0].Surface {
		if cell.Way == "" {
			got[cell.Identity] = cell.Verdict
		}
	}
	if got["none"] != finding.ProxyRefused || got["caller"] != finding.Open || got["self-signed-certificate"] != finding.HandshakeRefused {
		t.Errorf("the map is %v", got)
	}
}

// Other names of the server are asked only where the caller said so, and where
// they are more than what any name resolves to.
func TestWhichNamesAreWithinReach(t *testing.T) {
	one, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	resolve := func(_ context.Context, host string) ([]netip.Addr, error) {
		switch {
		case host == "old.example.org":
			return []netip.Addr{one}, nil
		case strings.HasSuffix(host, ".wild.example.org"):
			return []netip.Addr{other}, nil
		}
		return nil, errors.New("no such host")
	}
	tests := []struct {
		name  string
		scope []ScopeRule
		want  string // empty: it is asked
	}{
		{"old.example.org", nil, "outside the scope; --scope old.example.org lets it in"},
		{"handed.example.org", nil, ""},
		{"old.example.org", []ScopeRule{{Host: "*.example.org"}}, ""},
		{"old.example.org", []ScopeRule{{Host: "api.example.org"}}, "outside the scope"},
		{"old.example.org", []ScopeRule{{Prefix: netip.PrefixFrom(one, 32)}}, ""},
		{"old.example.org", []ScopeRule{{Prefix: netip.PrefixFrom(other, 32)}}, "outside the scope"},
		{"gone.example.org", []ScopeRule{{Host: "*.example.org"}}, "no address"},
		{"a.wild.example.org", []ScopeRule{{Host: "*.example.org"}}, "every name below"},
	}
	for _, test := range tests {
		c := config()
		c.Scope = test.scope
		e, err := newEngine(c)
		if err != nil {
			t.Fatal(err)
		}
		e.addresses = resolve
		e.handed.add(wire.Origin{Scheme: "https", Host: "handed.example.org", Port: 443})
		got := (&crossing{x: &examination{engine: e}}).outOfReach(t.Context(), test.name)
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s with %v: %q, want %q", test.name, test.scope, got, test.want)
		}
	}
}
