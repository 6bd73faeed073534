package transport

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"blurt/scanner/wire"
)

// maxSessions is how many keys are known before those without a connection are
// dropped.
const maxSessions = 1024

// sessions shares HTTP/2 connections among exchanges of one key and knows which
// keys speak HTTP/1.1 after all.
type sessions struct {
	pool      *pool
	transport *http.Transport
	timeout   time.Duration

	mu    sync.Mutex
	byKey map[connKey]*session
}

// session is what is known of one key.
type session struct {
	gate  chan struct{} // held while a connection is made, so that others can share it
	plain bool          // the server chose HTTP/1.1
	conns []*conn
}

// handover is the context key under which a connection that is already made is
// given to net/http in place of dialing.
type handover struct{}

func newSessions(c Config, p *pool) *sessions {
	protocols := new(http.Protocols)
	// To net/http the stream looks like HTTP/2 with prior knowledge: TLS and the
	// negotiation are ours.
	protocols.SetUnencryptedHTTP2(true)
	return &sessions{pool: p, timeout: c.Timeout, byKey: make(map[connKey]*session), transport: &http.Transport{
		Protocols:              protocols,
		DisableCompression:     true,
		IdleConnTimeout:        c.IdleTimeout,
		MaxResponseHeaderBytes: int64(c.MaxHead),
		HTTP2: &http.HTTP2Config{
			SendPingTimeout:  c.Timeout,
			PingTimeout:      c.ReadTimeout,
			WriteByteTimeout: c.Timeout,
		},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			if stream, ok := ctx.Value(handover{}).(net.Conn); ok {
				return stream, nil
			}
			return nil, errors.New("no connection was handed over")
		},
	}}
}

// connection returns a shared HTTP/2 connection with a stream reserved on it, or
// what dial makes. Where the protocol of a key is still unknown, or all its
// connections are full, one exchange dials and the others wait to share.
func (s *sessions) connection(ctx context.Context, key connKey, kept bool, dial func() (*conn, *wire.Failure)) (*conn, *wire.Failure) {
	known := s.of(key)
	if one, plain := s.reserve(known, kept); one != nil {
		return one, nil
	} else if plain {
		return dial()
	}
	select {
	case known.gate <- struct{}{}:
	case <-ctx.Done():
		return nil, failure(wire.StageConnect, ctx.Err(), s.timeout)
	}
	one, plain := s.reserve(known, kept)
	if one != nil || plain {
		<-known.gate
		if one != nil {
			return one, nil
		}
		return dial()
	}
	defer func() { <-known.gate }()
	one, f := dial()
	if f == nil {
		f = s.settle(known, one)
	}
	if f != nil && one != nil {
		s.pool.drop(one)
	}
	return one, f
}

// settle notes which protocol a new connection speaks.
func (s *sessions) settle(known *session, one *conn) *wire.Failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one.h2 == nil {
		known.plain = true
		return nil
	}
	if err := one.h2.Reserve(); err != nil {
		return failure(wire.StageWrite, err, 0)
	}
	known.conns = append(known.conns, one)
	return nil
}

func (s *sessions) of(key connKey) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, found := s.byKey[key]
	if !found {
		if len(s.byKey) >= maxSessions {
			s.dropUnused()
		}
		known = &session{gate: make(chan struct{}, 1)}
		s.byKey[key] = known
	}
	return known
}

// dropUnused forgets keys without a connection; they are learned anew.
func (s *sessions) dropUnused() {
	for key, known := range s.byKey {
		if len(known.conns) == 0 && len(known.gate) == 0 {
			delete(s.byKey, key)
		}
	}
}

// reserve takes a stream of a connection that has one to spare, and drops those
// that ended. Without kept it takes none that was used before.
func (s *sessions) reserve(known *session, kept bool) (one *conn, plain bool) {
	s.mu.Lock()
	var ended []*conn
	rest := known.conns[:0]
	for _, c := range known.conns {
		if c.h2.Err() != nil {
			ended = append(ended, c)
			continue
		}
		rest = append(rest, c)
		if one == nil && kept && c.h2.Reserve() == nil {
			one = c
		}
	}
	clear(known.conns[len(rest):])
	known.conns, plain = rest, known.plain
	s.mu.Unlock()
	for _, c := range ended {
		s.pool.drop(c)
	}
	return one, plain
}

// abandon takes a connection out of use; streams under way on it end.
func (s *sessions) abandon(one *conn) {
	s.mu.Lock()
	for _, known := range s.byKey {
		for i, c := range known.conns {
			if c == one {
				known.conns = append(known.conns[:i], known.conns[i+1:]...)
				break
			}
		}
	}
	s.mu.Unlock()
	s.pool.drop(one)
}

// forget closes the connections of an origin.
func (s *sessions) forget(to wire.Origin) {
	s.mu.Lock()
	var stale []*conn
	for key, known := range s.byKey {
		if key.origin != to {
			continue
		}
		for _, c := range known.conns {
			if c.h2.InFlight() == 0 {
				stale = append(stale, c)
			}
		}
		delete(s.byKey, key)
	}
	s.mu.Unlock()
	for _, c := range stale {
		s.pool.drop(c)
	}
}

// start begins HTTP/2 on a connection that negotiated it.
func (s *sessions) start(one *conn) *wire.Failure {
	if err := one.link.release(); err != nil {
		return failure(wire.StageWrite, err, 0)
	}
	var stream net.Conn = buffered{one}
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), handover{}, stream), time.Minute)
	defer cancel()
	h2, err := s.transport.NewClientConn(ctx, "http", one.key.origin.Address())
	if err != nil {
		return failure(wire.StageWrite, err, 0)
	}
	one.h2 = h2
	return nil
}

// buffered reads first what was read ahead while waiting for the verdict.
type buffered struct{ *conn }

func (b buffered) Read(p []byte) (int, error)  { return b.br.Read(p) }
func (b buffered) Write(p []byte) (int, error) { return b.stream.Write(p) }
func (b buffered) Close() error                { return b.link.Conn.Close() }

func (b buffered) LocalAddr() net.Addr                { return b.link.LocalAddr() }
func (b buffered) RemoteAddr() net.Addr               { return b.link.RemoteAddr() }
func (b buffered) SetDeadline(t time.Time) error      { return b.link.Conn.SetDeadline(t) }
func (b buffered) SetReadDeadline(t time.Time) error  { return b.link.Conn.SetReadDeadline(t) }
func (b buffered) SetWriteDeadline(t time.Time) error { return b.link.Conn.SetWriteDeadline(t) }
