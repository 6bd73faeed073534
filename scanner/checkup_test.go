package scanner

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"blurt/scanner/wire"
)

var errRefusedConnection = errors.New("connection refused")

// checked runs a check-up against a server in memory and returns a line for each
// check.
func checked(t *testing.T, c Config, server *target, raw string, now time.Time) []string {
	t.Helper()
	c.Seed = "checkup"
	e, err := newEngine(c)
	if err != nil {
		t.Fatal(err)
	}
	e.wire, e.account = server, newAccount(nil, func() {}, nil)
	to, err := wire.ParseEndpoint(raw)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	k := &checkup{engine: e, to: to, now: now, yield: func(c Check) bool {
		lines = append(lines, c.Level.String()+" "+c.Subject+": "+c.Text)
		return true
	}}
	k.run(t.Context())
	return lines
}

func holds(lines []string, want string) bool {
	return slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, want) })
}

func TestCheckup(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	const place = "https://api.example/orders"
	pinned := Pin{Host: "api.example", Port: 443, Addr: netip.MustParseAddr("10.0.0.7")}
	issuer := pkix.Name{CommonName: "Clients CA"}.ToRDNSequence()
	name, err := asn1.Marshal(issuer)
	if err != nil {
		t.Fatal(err)
	}
	server := &x509.Certificate{NotAfter: now.AddDate(1, 0, 0)}
	handshake := func(h wire.Handshake) *wire.Handshake {
		h.Version, h.Chain = tls.VersionTLS13, []*x509.Certificate{server}
		return &h
	}
	asked := handshake(wire.Handshake{Requested: true, AcceptableCAs: [][]byte{name}})
	answering := func(status int, h *wire.Handshake, fields ...wire.Field) func(wire.Identity) *wire.Exchange {
		return func(as wire.Identity) *wire.Exchange {
			x := reply(status, "application/json", "{}", fields...)
			own := *h
			own.Sent = as.Cert != nil && h.Requested
			x.Handshake = &own
			return x
		}
	}
	identity := func(change func(*x509.Certificate)) *tls.Certificate {
		leaf := &x509.Certificate{
			Subject: pkix.Name{CommonName: "me"}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0),
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		}
		change(leaf)
		return &tls.Certificate{Certificate: [][]byte{{0}}, Leaf: leaf}
	}
	same := func(*x509.Certificate) {}
	unverified := handshake(wire.Handshake{Requested: true, Unverified: "it is signed by an unknown authority"})
	for title, test := range map[string]struct {
		url    string
		change func(*Config)
		answer func(wire.Identity) *wire.Exchange
		want   []string
		never  string
		asked  int
	}{
		"a good target": {answer: answering(200, asked, wire.Field{Name: "Date", Value: "Mon, 23 Nov 2026 12:00:20 GMT"}, wire.Field{Name: "Server", Value: "nginx"}),
			want: []string{"ok name: api.example is pinned to 10.0.0.7 (private)", "ok scope:", "ok connection: to api.example:443", "ok TLS: TLS 1.3",
				"ok server certificate: verifies, until 2027-11-23", "ok client certificate: asked for, of CN=Clients CA, and not demanded",
				"ok answer: HTTP/1.1 200 to GET /orders, by nginx", "ok clock: agrees", "ok your certificate: none given"}, asked: 1},
		"a clock that is off": {answer: answering(200, asked, wire.Field{Name: "Date", Value: "Mon, 23 Nov 2026 11:50:00 GMT"}),
			want: []string{"warn clock: this machine and the server are 10m0s apart"}, asked: 1},
		"no mutual TLS":       {answer: answering(200, handshake(wire.Handshake{})), want: []string{"warn client certificate: not asked for"}, asked: 1},
		"no TLS":              {url: "http://api.example/", answer: answering(200, asked), want: []string{"warn TLS: none"}, asked: 1, change: func(c *Config) { c.Pins[0].Port = 80 }},
		"a sick server":       {answer: answering(503, asked), want: []string{"warn answer: HTTP/1.1 503"}, asked: 1},
		"a refusal over HTTP": {answer: answering(403, asked), want: []string{"ok answer: HTTP/1.1 403 to GET /orders, after 0s: a stranger is refused"}, asked: 1},
		"another's name":      {answer: answering(421, asked), want: []string{"warn answer: HTTP/1.1 421", "with --resolve"}, asked: 1},
		"an address": {url: "https://192.0.2.7/", answer: answering(200, asked), want: []string{"ok name: 192.0.2.7"}, never: "is 192", asked: 1,
			change: func(c *Config) {
				c.Pins = []Pin{{Host: "192.0.2.7", Port: 443, Addr: netip.MustParseAddr("192.0.2.7")}}
			}},
		"a limited rate": {answer: answering(429, asked), want: []string{"lower --rate"}, asked: 1},
		"a refused stranger": {answer: func(wire.Identity) *wire.Exchange {
			return &wire.Exchange{Handshake: handshake(wire.Handshake{Requested: true, Refusal: &wire.Refusal{Name: "certificate_required"}}),
				Err: &wire.Failure{Stage: wire.StageTLS, Err: errRefusedConnection}}
		}, want: []string{"ok client certificate: demanded: without one the handshake ends in certificate_required", "ok your certificate: none given"}, asked: 1},
		"a dead port": {answer: func(wire.Identity) *wire.Exchange {
			return &wire.Exchange{Err: &wire.Failure{Stage: wire.StageConnect, Err: errRefusedConnection}}
		}, want: []string{"fail connection: to api.example:443: connection refused"}, never: "TLS", asked: 1},
		"not TLS": {answer: func(wire.Identity) *wire.Exchange {
			return &wire.Exchange{Handshake: &wire.Handshake{}, Err: &wire.Failure{Stage: wire.StageTLS, Err: errRefusedConnection}}
		}, want: []string{"fail TLS: the handshake failed"}, never: "answer", asked: 1},
		"out of scope": {answer: answering(200, asked), change: func(c *Config) { c.Scope = []ScopeRule{{Host: "other.example"}} },
			want: []string{"fail scope: api.example is outside the scope"}, asked: 0},
		"in scope by address": {answer: answering(200, asked), change: func(c *Config) { c.Scope = []ScopeRule{{Prefix: netip.MustParsePrefix("10.0.0.0/8")}} },
			want: []string{"ok scope: api.example is inside"}, asked: 1},
		"behind a proxy": {answer: answering(200, asked), change: func(c *Config) { c.Pins, c.Proxy = nil, &url.URL{Scheme: "http", Host: "proxy.example:3128"} },
			want: []string{"ok name: api.example is resolved by the proxy proxy.example:3128", "through the proxy proxy.example:3128"}, asked: 1},
		"own certificate": {answer: answering(200, asked), change: func(c *Config) { c.Caller = identity(same) },
			want: []string{"ok your certificate: CN=me, valid until 2027-11-23", "ok your certificate: accepted, answered with 200",
				"warn your certificate: its issuer, , is none that the server names"}, asked: 2},
		"refused certificate": {change: func(c *Config) { c.Caller = identity(same) }, answer: func(as wire.Identity) *wire.Exchange {
			if as.Cert == nil {
				return answering(200, asked)(as)
			}
			return &wire.Exchange{Handshake: handshake(wire.Handshake{Requested: true, Sent: true, Refusal: &wire.Refusal{Name: "unknown_ca"}}),
				Err: &wire.Failure{Stage: wire.StageTLS, Err: errRefusedConnection}}
		}, want: []string{"fail your certificate: refused in the handshake: unknown_ca"}, asked: 2},
		"expired certificate": {answer: answering(200, asked), change: func(c *Config) { c.Caller = identity(func(l *x509.Certificate) { l.NotAfter = now.AddDate(0, 0, -1) }) },
			want: []string{"fail your certificate: expired on 2026-11-22"}, asked: 1},
		"early certificate": {answer: answering(200, asked), change: func(c *Config) { c.Caller = identity(func(l *x509.Certificate) { l.NotBefore = now.AddDate(0, 0, 1) }) },
			want: []string{"fail your certificate: not valid before 2026-11-24"}, asked: 1},
		"a server's certificate": {answer: answering(200, asked), change: func(c *Config) {
			c.Caller = identity(func(l *x509.Certificate) { l.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
		}, want: []string{"warn your certificate: its extended key usage is not that of clients"}, asked: 2},
		"secrets for a stranger": {answer: answering(200, unverified), change: func(c *Config) { c.Headers = []wire.Field{{Name: "X-Key", Value: "s3cret"}} },
			want: []string{"warn server certificate: does not verify", "warn header fields: yours are not sent: it is signed by an unknown authority"}, never: "s3cret", asked: 1},
	} {
		t.Run(title, func(t *testing.T) {
			c := Defaults()
			c.Pins = []Pin{pinned}
			if test.change != nil {
				test.change(&c)
			}
			server := &target{answer: func(as wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
				if len(as.Fields) > 0 {
					t.Error("the caller's fields go out with a plain question")
				}
				return test.answer(as)
			}}
			if test.url == "" {
				test.url = place
			}
			lines := checked(t, c, server, test.url, now)
			for _, want := range test.want {
				if !holds(lines, want) {
					t.Errorf("no line has %q:\n%s", want, strings.Join(lines, "\n"))
				}
			}
			if test.never != "" && holds(lines, test.never) {
				t.Errorf("a line has %q:\n%s", test.never, strings.Join(lines, "\n"))
			}
			if len(server.asked) != test.asked {
				t.Errorf("asked %v, want %d requests", server.asked, test.asked)
			}
		})
	}
}

func TestCheckupEndsWhereTheCallerStops(t *testing.T) {
	to, err := wire.ParseEndpoint("https://192.0.2.1/")
	if err != nil {
		t.Fatal(err)
	}
	c := Defaults()
	c.Scope = []ScopeRule{{Host: "other.example"}}
	checks, err := Checkup(t.Context(), c, to)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for range checks {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d checks", n)
	}
	c.HTTP = "3"
	if _, err := Checkup(t.Context(), c, to); err == nil {
		t.Error("a configuration that cannot be is taken")
	}
}
