package transport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

func relay(a, b net.Conn) {
	done := make(chan struct{})
	go func() { io.Copy(a, b); a.Close(); close(done) }()
	io.Copy(b, a)
	b.Close()
	<-done
}

// connectProxy tunnels to the target whatever it is asked for.
func connectProxy(t *testing.T, target wire.Origin, reply string, asked chan<- string) wire.Origin {
	return serveRaw(t, func(_ int, c net.Conn) {
		asked <- readRequest(c)
		io.WriteString(c, reply)
		if !strings.HasPrefix(reply, "HTTP/1.1 2") {
			return
		}
		if out, err := net.Dial("tcp", target.Address()); err == nil {
			relay(c, out)
		}
	})
}

func TestConnectProxy(t *testing.T) {
	ca := newAuthority(t, "blurt test CA")
	target := serveTLS(t, tlsServer(t, ca), sayPeer)
	asked := make(chan string, 4)
	through := connectProxy(t, target, "HTTP/1.1 200 Fine\r\n\r\n", asked)
	to := wire.Origin{Scheme: "https", Host: "localhost", Port: target.Port}
	zero := netip.Addr{}
	client := newClient(t, transport.Config{
		Roots: ca.pool, Proxy: &url.URL{Scheme: "http", Host: through.Address(), User: url.UserPassword("me", "hunter2")},
		Allow: func(_ string, addr netip.Addr) bool { return addr == zero },
	})
	for range 2 {
		x := client.Do(context.Background(), wire.Identity{}, to, get(to, "/"))
		if got := mustGet(t, x); string(got.Body) != "nobody" || x.Handshake.Unverified != "" {
			t.Errorf("body %q, %+v", got.Body, x.Handshake)
		}
	}
	want := fmt.Sprintf("CONNECT localhost:%d HTTP/1.1\r\nHost: localhost:%d\r\nProxy-Authorization: Basic bWU6aHVudGVyMg==\r\n\r\n", to.Port, to.Port)
	if got := <-asked; got != want || len(asked) != 0 {
		t.Errorf("asked %q, and %d more", got, len(asked))
	}
}

// The proxy itself may be reached through TLS.
func TestTLSProxy(t *testing.T) {
	ca := newAuthority(t, "blurt test CA")
	target := serveTLS(t, tlsServer(t, ca), sayPeer)
	config := tlsServer(t, ca)
	through := serveRaw(t, func(_ int, c net.Conn) {
		s := tls.Server(c, config)
		readRequest(s)
		io.WriteString(s, "HTTP/1.1 200 OK\r\n\r\n")
		if out, err := net.Dial("tcp", target.Address()); err == nil {
			relay(s, out)
		}
	})
	client := newClient(t, transport.Config{Roots: ca.pool, Proxy: &url.URL{Scheme: "https", Host: through.Address()}})
	if got := mustGet(t, client.Do(context.Background(), wire.Identity{}, target, get(target, "/"))); string(got.Body) != "nobody" {
		t.Errorf("body %q", got.Body)
	}
	strict := newClient(t, transport.Config{Roots: x509.NewCertPool(), Proxy: &url.URL{Scheme: "https", Host: through.Address()}})
	if x := strict.Do(context.Background(), wire.Identity{}, target, get(target, "/")); x.Err == nil || x.Err.Stage != wire.StageConnect {
		t.Errorf("an unknown proxy was trusted: %v", x.Err)
	}
}

func TestProxyFailures(t *testing.T) {
	to := wire.Origin{Scheme: "http", Host: "target.test", Port: 80}
	asked := make(chan string, 4)
	needy := connectProxy(t, to, "HTTP/1.1 407 Who\r\n\r\n", asked)
	closed := connectProxy(t, to, "HTTP/1.1 403 No \x1b[31m\r\n\r\n", asked)
	for proxy, want := range map[string]string{
		"http://me:hunter2@" + needy.Address():  "proxy: it asks for credentials (407)",
		"http://me:hunter2@" + closed.Address(): `proxy: it refused the tunnel (403 No \x1b[31m)`,
		"http://me:hunter2@127.0.0.1:1":         "proxy: connection refused",
		"socks5://me:hunter2@127.0.0.1:1":       "connection refused",
	} {
		u, err := url.Parse(proxy)
		if err != nil {
			t.Fatal(err)
		}
		x := newClient(t, transport.Config{Proxy: u}).Do(context.Background(), wire.Identity{}, to, get(to, "/"))
		if x.Err == nil || x.Err.Stage != wire.StageConnect || !strings.Contains(x.Err.Error(), want) || strings.Contains(x.Err.Error(), "hunter2") {
			t.Errorf("%s: %v", proxy, x.Err)
		}
	}
}

// A SOCKS proxy is handed the name, not an address (RFC 1928, section 5).
func TestSocksProxy(t *testing.T) {
	target := serveRaw(t, counting(func(int, int) string { return sized("through") }))
	asked := make(chan string, 1)
	through := serveRaw(t, func(_ int, c net.Conn) {
		buf := make([]byte, 512)
		io.ReadFull(c, buf[:2])
		io.ReadFull(c, buf[:buf[1]])
		c.Write([]byte{5, 0})
		io.ReadFull(c, buf[:5])
		name := make([]byte, buf[4]+2)
		io.ReadFull(c, name)
		asked <- fmt.Sprintf("%s:%d", name[:len(name)-2], binary.BigEndian.Uint16(name[len(name)-2:]))
		c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		if out, err := net.Dial("tcp", target.Address()); err == nil {
			relay(c, out)
		}
	})
	to := wire.Origin{Scheme: "http", Host: "target.test", Port: 8080}
	client := newClient(t, transport.Config{Proxy: &url.URL{Scheme: "socks5h", Host: through.Address()}})
	if got := mustGet(t, client.Do(context.Background(), wire.Identity{}, to, get(to, "/"))); string(got.Body) != "through" {
		t.Errorf("body %q", got.Body)
	}
	if got := <-asked; got != "target.test:8080" {
		t.Errorf("asked for %q", got)
	}
}

func TestBadProxy(t *testing.T) {
	for _, proxy := range []string{"ftp://h", "http://", "http://h:0"} {
		u, err := url.Parse(proxy)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := transport.New(transport.Config{Proxy: u}); err == nil {
			t.Errorf("%s was taken", proxy)
		}
	}
}
