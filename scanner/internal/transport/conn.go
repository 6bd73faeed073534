package transport

import (
	"bufio"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"blurt/scanner/wire"
)

// readBuffer is how much one read takes at most, in bytes: half a TLS record
// holds the usual answer.
const readBuffer = 8 << 10

// connKey is what two requests must share to travel on one connection.
type connKey struct {
	origin wire.Origin // holds the server name too
	by     wire.Way
	addr   netip.Addr // zero where a proxy resolves
	h1     bool       // only HTTP/1.1 is offered in ALPN
	id     string     // the identity's digest
}

// conn is one connection to a server. Only the exchange that took it from the
// pool touches it, but for an HTTP/2 one, which is shared.
type conn struct {
	key    connKey
	link   *link
	stream net.Conn // the TLS layer, or the link itself
	br     *bufio.Reader
	peek   *peeker         // nil where the socket cannot be looked into
	hs     *wire.Handshake // nil without TLS
	remote netip.AddrPort
	h2     *http.ClientConn // nil for HTTP/1.1

	shook      time.Duration // how long the TLS handshake took
	reused     bool          // it served an exchange before; HTTP/1.1
	served     atomic.Bool   // likewise; HTTP/2
	idleSince  time.Time
	unsent     bool  // its last request was not written at all
	silent     bool  // it ended without a byte of an answer
	next, prev *conn // in the pool's list of idle ones
}

func (c *conn) isTLS13() bool { return c.hs != nil && c.hs.Version == tls.VersionTLS13 }

// alive reports whether an idle connection can take another request.
func (c *conn) alive(now time.Time, idle time.Duration) bool {
	return now.Sub(c.idleSince) < idle && c.br.Buffered() == 0 && (c.peek == nil || c.peek.quiet())
}

// refused records an alert from the server. Exchanges that went before on this
// connection keep the handshake that they saw.
func (c *conn) refused(r wire.Refusal) {
	after := *c.hs
	after.Refusal = &r
	c.hs = &after
}

// close drops the connection without a farewell: a TLS close_notify could block
// on a peer that does not read.
func (c *conn) close() {
	if c.h2 != nil {
		_ = c.h2.Close() // it is gone either way
	}
	_ = c.link.Conn.Close()
}
