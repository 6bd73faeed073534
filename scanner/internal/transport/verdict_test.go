package transport_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// twoWay passes bytes on and calls sent after each piece from the client, with
// the number of pieces so far.
func twoWay(t *testing.T, target wire.Origin, sent func(pieces int)) wire.Origin {
	return serveRaw(t, func(_ int, c net.Conn) {
		out, err := net.Dial("tcp", target.Address())
		if err != nil {
			return
		}
		done := make(chan struct{})
		go func() { io.Copy(c, out); c.Close(); close(done) }()
		buf := make([]byte, 64<<10)
		for pieces := 1; ; pieces++ {
			n, err := c.Read(buf)
			if err != nil {
				break
			}
			out.Write(buf[:n])
			sent(pieces)
		}
		out.Close()
		<-done
	})
}

// A server that takes longer than the wait to judge still shows as refusing: its
// alert is read in place of the answer.
func TestSlowVerdict(t *testing.T) {
	ca := newAuthority(t, "blurt test CA")
	written := make(chan struct{})
	config := tlsServer(t, ca)
	config.ClientAuth = tls.RequestClientCert
	config.VerifyConnection = func(tls.ConnectionState) error {
		<-written
		return errors.New("no")
	}
	target := serveTLS(t, config, sayPeer)
	// First comes the ClientHello, then the client's last flight, then the request.
	to := twoWay(t, target, func(pieces int) {
		if pieces == 3 {
			close(written)
		}
	})
	to.Scheme = "https"
	x := newClient(t, transport.Config{HTTP: "1.1", Roots: ca.pool}).Do(context.Background(), wire.Identity{}, to, get(to, "/"))
	if !x.Refused() || x.Handshake.Refusal.Name != "bad_certificate" || !x.Handshake.Refusal.AfterFinished || x.Sent == nil {
		t.Fatalf("error %v, handshake %+v, sent %q", x.Err, x.Handshake, x.Sent)
	}
}

// A server that closes instead of saying why is no answer and no refusal.
func TestClosedInsteadOfVerdict(t *testing.T) {
	ca := newAuthority(t, "blurt test CA")
	config := tlsServer(t, ca)
	config.ClientAuth = tls.RequestClientCert
	to := serveRaw(t, func(_ int, c net.Conn) {
		s := tls.Server(c, config)
		if err := s.Handshake(); err != nil {
			t.Error(err)
		}
	})
	to.Scheme = "https"
	x := newClient(t, transport.Config{Roots: ca.pool}).Do(context.Background(), wire.Identity{}, to, get(to, "/"))
	if x.Err == nil || x.Refused() || x.Err.Timeout || !x.Handshake.Requested {
		t.Fatalf("error %v, handshake %+v", x.Err, x.Handshake)
	}
}

// A server without session tickets gives no sign: the wait ends by itself, and
// once the identity was let in there is none.
func TestNoSignFromServer(t *testing.T) {
	ca := newAuthority(t, "blurt test CA")
	config := tlsServer(t, ca)
	config.ClientAuth = tls.RequestClientCert
	config.SessionTicketsDisabled = true
	to := serveTLS(t, config, sayPeer)
	client := newClient(t, transport.Config{Roots: ca.pool, HTTP: "1.1", Timeout: time.Minute})
	as := wire.Identity{Name: "me", Cert: ca.issue(t, "me", nil)}
	own := get(to, "/").With(wire.Field{Name: "Connection", Value: "close"}) // a connection for each
	for range 3 {
		if got := mustGet(t, client.Do(context.Background(), as, to, own)); string(got.Body) != "me" {
			t.Errorf("body %q", got.Body)
		}
	}
}
