package transport_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// sayWay answers with what the server saw of the way that a request came.
var sayWay = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	resumed := ""
	if r.TLS.DidResume {
		resumed = " resumed"
	}
	io.WriteString(w, r.TLS.ServerName+" "+tls.VersionName(r.TLS.Version)+" "+r.Proto+resumed)
})

func TestWays(t *testing.T) {
	ca := newAuthority(t, "blurt test CA")
	to := serveTLS(t, &tls.Config{
		Certificates: []tls.Certificate{*ca.issue(t, "server", nil)}, NextProtos: []string{"h2", "http/1.1"},
	}, sayWay)
	named := wire.Origin{Scheme: "https", Host: "api.test", Port: to.Port}
	loopback := netip.MustParseAddr("127.0.0.1")
	tests := []struct {
		name string
		by   wire.Way
		want string
	}{
		{"usual", wire.Way{}, "api.test TLS 1.3 HTTP/2.0"},
		{"another name", wire.Way{ServerName: "WWW.test"}, "WWW.test TLS 1.3 HTTP/2.0"},
		{"no name", wire.Way{NoServerName: true}, " TLS 1.3 HTTP/2.0"},
		{"TLS 1.2", wire.Way{MaxTLS: tls.VersionTLS12}, "api.test TLS 1.2 HTTP/2.0"},
		{"HTTP/1.1", wire.Way{HTTP: "1.1"}, "api.test TLS 1.3 HTTP/1.1"},
		{"HTTP/2", wire.Way{HTTP: "2"}, "api.test TLS 1.3 HTTP/2.0"},
		{"address", wire.Way{Addr: loopback}, "api.test TLS 1.3 HTTP/2.0"},
		{"split", wire.Way{SplitHello: true}, "api.test TLS 1.3 HTTP/2.0"},
	}
	// The name has an address that nothing listens on, but for one way.
	client := newClient(t, transport.Config{Pins: []transport.Pin{{Host: "api.test", Port: to.Port, Addr: loopback}}})
	for _, test := range tests {
		for range 2 {
			x := client.DoBy(context.Background(), test.by, wire.Identity{Name: "none"}, named, get(named, "/"))
			if got := string(mustGet(t, x).Body); got != test.want {
				t.Errorf("%s: the server saw %q, want %q", test.name, got, test.want)
			}
		}
	}
	astray := newClient(t, transport.Config{Pins: []transport.Pin{{Host: "api.test", Port: to.Port, Addr: netip.MustParseAddr("127.9.9.9")}},
		Allow: func(_ string, addr netip.Addr) bool { return addr != netip.MustParseAddr("127.0.0.2") }})
	x := astray.DoBy(context.Background(), wire.Way{Addr: loopback}, wire.Identity{Name: "none"}, named, get(named, "/"))
	if got := string(mustGet(t, x).Body); got != "api.test TLS 1.3 HTTP/2.0" || x.Remote.Addr() != loopback {
		t.Errorf("by an address of its own: %q from %s", got, x.Remote)
	}
	x = astray.DoBy(context.Background(), wire.Way{Addr: netip.MustParseAddr("127.0.0.2")}, wire.Identity{}, named, get(named, "/"))
	if x.Err == nil || x.Err.Stage != wire.StageScope {
		t.Errorf("an address outside the scope: %+v", x.Err)
	}
}

func TestWayLimit(t *testing.T) {
	to := serveRaw(t, func(_ int, c net.Conn) { io.Copy(io.Discard, c) })
	client := newClient(t, transport.Config{Timeout: time.Hour})
	x := client.DoBy(context.Background(), wire.Way{Limit: 50 * time.Millisecond}, wire.Identity{}, to, get(to, "/"))
	if x.Err == nil || !x.Err.Timeout {
		t.Errorf("got %+v", x.Err)
	}
}

// A session that was given out for one name is resumed under another, in both
// versions, again and again; without a session nothing is resumed.
func TestWayResumesUnderAnotherName(t *testing.T) {
	ca := newAuthority(t, "blurt test CA")
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		to := serveTLS(t, &tls.Config{
			Certificates: []tls.Certificate{*ca.issue(t, "server", nil)}, MaxVersion: version,
		}, sayWay)
		client := newClient(t, transport.Config{})
		session := new(wire.Session)
		name := tls.VersionName(version)
		for i, want := range []string{
			"public.test " + name + " HTTP/1.1", "private.test " + name + " HTTP/1.1 resumed", "private.test " + name + " HTTP/1.1 resumed",
		} {
			by := wire.Way{ServerName: "private.test", Session: session}
			if i == 0 {
				by.ServerName = "public.test"
			}
			x := client.DoBy(context.Background(), by, wire.Identity{Name: "none"}, to, get(to, "/"))
			if got := string(mustGet(t, x).Body); got != want || x.Handshake.Resumed != (i > 0) || !session.Held() {
				t.Errorf("%d: the server saw %q, want %q; handshake %+v", i, got, want, x.Handshake)
			}
		}
		x := client.DoBy(context.Background(), wire.Way{ServerName: "private.test"}, wire.Identity{Name: "none"}, to, get(to, "/"))
		if x.Handshake.Resumed {
			t.Error("resumed without a session")
		}
	}
}
