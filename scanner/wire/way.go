package wire

import (
	"crypto/tls"
	"net/netip"
	"sync"
	"time"
)

// Way is how a connection reaches its origin where that differs from the usual
// way. The zero value is the usual one: the origin's own name and address, and
// whatever versions both sides like best. It is part of the key of every
// connection, so no request travels by a way that it did not ask for.
type Way struct {
	// ServerName takes the place of the origin's host in the server name
	// indication (RFC 6066, section 3). The server's certificate is still held
	// against the origin's host.
	ServerName string
	// NoServerName leaves the indication out.
	NoServerName bool
	// MinTLS and MaxTLS bound the protocol version, as in crypto/tls; 0 is no
	// bound.
	MinTLS, MaxTLS uint16
	// HTTP is "1.1" or "2" where that alone is to be offered (RFC 7301).
	HTTP string
	// Addr is the address to connect to in place of the name's own; the scope
	// is asked about it.
	Addr netip.Addr
	// Limit bounds the exchange, from dialing on, where the client's own limit is
	// longer; 0 leaves it at that.
	Limit time.Duration
	// SplitHello sends the first record of the handshake in two segments.
	SplitHello bool
	// Session resumes the TLS session that it holds. While it holds none, it
	// keeps the first one that the server gives out.
	Session *Session
}

// Session is a place for one TLS session: a ticket, with all that is needed to
// resume it (RFC 8446, section 2.2, and RFC 5077). It is safe for concurrent
// use.
type Session struct {
	mu    sync.Mutex
	state *tls.ClientSessionState
	taken bool
}

// Keep stores a session until one was taken out to be resumed.
func (s *Session) Keep(state *tls.ClientSessionState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state != nil && !s.taken {
		s.state = state
	}
}

// Take returns the session to resume, or nil where there is none.
func (s *Session) Take() *tls.ClientSessionState {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = s.state != nil
	return s.state
}

// Held reports whether there is a session to resume.
func (s *Session) Held() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state != nil
}
