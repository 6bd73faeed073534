package transport_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// serveTLS starts a server and returns its origin, by address.
func serveTLS(t testing.TB, config *tls.Config, handler http.Handler) wire.Origin {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = config
	for _, proto := range config.NextProtos {
		server.EnableHTTP2 = server.EnableHTTP2 || proto == "h2"
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	addr := server.Listener.Addr().(*net.TCPAddr)
	return wire.Origin{Scheme: "https", Host: "127.0.0.1", Port: uint16(addr.Port)}
}

var sayPeer = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	if certs := r.TLS.PeerCertificates; len(certs) > 0 {
		io.WriteString(w, certs[0].Subject.CommonName)
		return
	}
	io.WriteString(w, "nobody")
})

func TestRefusals(t *testing.T) {
	ca, other := newAuthority(t, "blurt test CA"), newAuthority(t, "another CA")
	identities := map[string]*tls.Certificate{
		"none": nil, "unknown": other.issue(t, "unknown", nil), "expired": ca.issue(t, "expired", expired), "valid": ca.issue(t, "valid", nil),
	}
	tests := []struct {
		version  uint16
		identity string
		alert    string
		after    bool
	}{
		{tls.VersionTLS12, "none", "handshake_failure", false},
		{tls.VersionTLS12, "unknown", "unknown_ca", false},
		{tls.VersionTLS12, "expired", "certificate_expired", false},
		{tls.VersionTLS12, "valid", "", false},
		{tls.VersionTLS13, "none", "certificate_required", true},
		{tls.VersionTLS13, "unknown", "unknown_ca", true},
		{tls.VersionTLS13, "expired", "certificate_expired", true},
		{tls.VersionTLS13, "valid", "", true},
	}
	unsent := 0
	for _, protos := range [][]string{{"http/1.1"}, {"h2", "http/1.1"}} {
		for _, test := range tests {
			t.Run(strings.Join([]string{protos[0], tls.VersionName(test.version), test.identity}, " "), func(t *testing.T) {
				to := serveTLS(t, &tls.Config{
					Certificates: []tls.Certificate{*ca.issue(t, "server", nil)}, ClientCAs: ca.pool, NextProtos: protos,
					ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: test.version, MaxVersion: test.version,
				}, sayPeer)
				client := newClient(t, transport.Config{Roots: ca.pool})
				as := wire.Identity{Name: test.identity, Cert: identities[test.identity]}
				for range 2 {
					x := client.Do(context.Background(), as, to, get(to, "/"))
					checkRefusal(t, x, test.identity, test.alert, test.after)
					if test.after && x.Sent == nil {
						unsent++
					}
				}
			})
		}
	}
	// A busy machine may let the wait run out here and there, but not each time.
	if unsent == 0 {
		t.Error("requests were always written before the alert was read")
	}
}

func checkRefusal(t *testing.T, x *wire.Exchange, identity, alert string, after bool) {
	t.Helper()
	h := x.Handshake
	if h == nil || !h.Requested || len(h.AcceptableCAs) != 1 || h.Sent != (identity != "none") || len(h.Chain) == 0 || h.Unverified != "" {
		t.Fatalf("handshake: %+v, %v", h, x.Err)
	}
	if alert == "" {
		if got := mustGet(t, x); string(got.Body) != identity || x.Refused() {
			t.Fatalf("body %q, refusal %+v", got.Body, h.Refusal)
		}
		return
	}
	if x.Err == nil || x.Err.Stage != wire.StageTLS || x.Err.Timeout || !x.Refused() || h.Refusal.Name != alert || h.Refusal.AfterFinished != after {
		t.Fatalf("refusal %+v, error %v", h.Refusal, x.Err)
	}
	if !strings.Contains(x.Err.Error(), alert) {
		t.Errorf("the message does not name the alert: %v", x.Err)
	}
}

// A private identity must not be seen by a server that does not verify.
func TestPrivateIdentityNeedsTrust(t *testing.T) {
	ca, other := newAuthority(t, "blurt test CA"), newAuthority(t, "another CA")
	private := wire.Identity{Name: "caller", Cert: ca.issue(t, "caller", nil), Private: true, Fields: []wire.Field{{Name: "X-Secret", Value: "s3cret"}}}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		seen := make(chan int, 8)
		to := serveTLS(t, &tls.Config{
			Certificates: []tls.Certificate{*ca.issue(t, "server", nil)}, ClientAuth: tls.RequestClientCert, MinVersion: version, MaxVersion: version,
			VerifyConnection: func(s tls.ConnectionState) error { seen <- len(s.PeerCertificates); return nil },
		}, sayPeer)
		for _, test := range []struct {
			name   string
			config transport.Config
			body   string
		}{
			{"trusted", transport.Config{Roots: ca.pool}, "caller"},
			{"waived", transport.Config{Roots: other.pool, Insecure: true}, "caller"},
			{"untrusted", transport.Config{Roots: other.pool}, ""},
		} {
			t.Run(tls.VersionName(version)+" "+test.name, func(t *testing.T) {
				x := newClient(t, test.config).Do(context.Background(), private, to, get(to, "/"))
				if test.body != "" {
					if got := mustGet(t, x); string(got.Body) != test.body || !x.Handshake.Sent {
						t.Fatalf("body %q, handshake %+v", got.Body, x.Handshake)
					}
					<-seen
					return
				}
				if x.Err == nil || x.Err.Stage != wire.StageTrust || x.Sent != nil || x.Handshake.Sent {
					t.Fatalf("want a trust failure before anything is sent, got %v, sent %q", x.Err, x.Sent)
				}
				if want := "--insecure"; !strings.Contains(x.Err.Error(), want) {
					t.Errorf("no remedy in %q", x.Err)
				}
				select {
				case n := <-seen:
					t.Fatalf("the handshake went on, with %d certificates", n)
				default:
				}
			})
		}
	}
}

// A certificate whose kind of key the server does not take is not sent, and that
// is said.
func TestUnpresentableCertificate(t *testing.T) {
	ca := newAuthority(t, "blurt test CA")
	config := tlsServer(t, ca)
	config.ClientAuth, config.MaxVersion = tls.RequestClientCert, tls.VersionTLS11
	config.MinVersion = tls.VersionTLS10
	to := serveTLS(t, config, sayPeer)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	as := wire.Identity{Name: "modern", Cert: &tls.Certificate{Certificate: ca.issue(t, "modern", nil).Certificate, PrivateKey: key}}
	x := newClient(t, transport.Config{Roots: ca.pool}).Do(context.Background(), as, to, get(to, "/"))
	if x.Err == nil || x.Err.Stage != wire.StageTLS || x.Handshake.Sent || !x.Handshake.Requested || x.Refused() || !strings.Contains(x.Err.Error(), "cannot be presented") {
		t.Fatalf("error %v, handshake %+v", x.Err, x.Handshake)
	}
	old := newClient(t, transport.Config{Roots: ca.pool}).Do(context.Background(), wire.Identity{}, to, get(to, "/"))
	if mustGet(t, old); old.Handshake.VersionName() != "TLS 1.1" {
		t.Errorf("handshake %+v", old.Handshake)
	}
}

func TestPrivateIdentityNeedsTLS(t *testing.T) {
	to := wire.Origin{Scheme: "http", Host: "127.0.0.1", Port: 1}
	x := newClient(t, transport.Config{}).Do(context.Background(), wire.Identity{Name: "caller", Private: true}, to, get(to, "/"))
	if x.Err == nil || x.Err.Stage != wire.StageTrust {
		t.Fatalf("want a trust failure, got %v", x.Err)
	}
}

func TestUnverified(t *testing.T) {
	ca, other := newAuthority(t, "blurt test CA"), newAuthority(t, "another CA")
	tests := []struct {
		name, host, want string
		cert             *tls.Certificate
		roots            *x509.CertPool
	}{
		{"good name", "localhost", "", ca.issue(t, "server", nil), ca.pool},
		{"good address", "127.0.0.1", "", ca.issue(t, "server", nil), ca.pool},
		{"unknown authority", "localhost", "it is signed by an unknown authority", ca.issue(t, "server", nil), other.pool},
		{"expired", "localhost", "it expired on ", ca.issue(t, "server", expired), ca.pool},
		{"other name", "blurt.example", "it is not valid for blurt.example", ca.issue(t, "server", nil), ca.pool},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			to := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{*test.cert}}, sayPeer)
			to.Host = test.host
			client := newClient(t, transport.Config{Roots: test.roots, Pins: []transport.Pin{{Host: test.host, Port: to.Port, Addr: loopback}}})
			x := client.Do(context.Background(), wire.Identity{Name: "none"}, to, get(to, "/"))
			mustGet(t, x)
			h := x.Handshake
			if !strings.HasPrefix(h.Unverified, test.want) || (test.want == "") != (h.Unverified == "") {
				t.Errorf("unverified: %q, want %q", h.Unverified, test.want)
			}
			if wantName := test.host != "127.0.0.1"; wantName != (h.ServerName != "") {
				t.Errorf("server name %q for %q", h.ServerName, test.host)
			}
		})
	}
}

// Three identities through one client must be seen as three.
func TestIdentitiesDoNotShareConnections(t *testing.T) {
	ca := newAuthority(t, "blurt test CA")
	to := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{*ca.issue(t, "server", nil)}, ClientAuth: tls.RequestClientCert, NextProtos: []string{"h2"}}, sayPeer)
	client := newClient(t, transport.Config{})
	alice, bob := ca.issue(t, "alice", nil), ca.issue(t, "bob", nil)
	for range 2 {
		for name, cert := range map[string]*tls.Certificate{"alice": alice, "bob": bob, "nobody": nil} {
			x := client.Do(context.Background(), wire.Identity{Name: name, Cert: cert}, to, get(to, "/"))
			if got := mustGet(t, x); string(got.Body) != name {
				t.Errorf("asked as %s, seen as %s", name, got.Body)
			}
		}
	}
}
