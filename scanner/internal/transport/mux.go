package transport

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"blurt/scanner/wire"
)

// maxAccepted bounds how many accepted identities are remembered.
const maxAccepted = 4096

// mux puts each request on a connection that fits it: one of its own where only
// HTTP/1.1 can say it, a shared HTTP/2 one, or a kept-alive HTTP/1.1 one.
type mux struct {
	config   Config
	dialer   *dialer
	pool     *pool
	sessions *sessions
	decoder  *decoder
	sent     *atomic.Int64

	mu       sync.Mutex
	accepted map[connKey]struct{}
}

func newMux(c Config, d *dialer, sent *atomic.Int64) *mux {
	p := newPool(c.MaxIdle, c.IdleTimeout)
	return &mux{
		config: c, dialer: d, pool: p, sessions: newSessions(c, p), decoder: newDecoder(c.MaxBody),
		sent: sent, accepted: make(map[connKey]struct{}),
	}
}

func (m *mux) do(ctx context.Context, c *call) *wire.Failure {
	if c.as.Private && !c.to.TLS() && !m.config.Insecure {
		return &wire.Failure{Stage: wire.StageTrust, Err: errors.New(
			"plain HTTP proves no server; pass --insecure to send --cert and --header anyway")}
	}
	limit := c.begun.Add(c.within(m.config.Timeout))
	if end, ok := ctx.Deadline(); ok && end.Before(limit) {
		limit = end
	}
	own := c.req.HTTP1Only()
	h1 := own || !sayableInHTTP2(c.req) || cmp.Or(c.by.HTTP, m.config.HTTP) == "1.1" || !c.to.TLS()
	if h1 && m.config.HTTP == "2" && !own && !c.to.TLS() {
		return &wire.Failure{Stage: wire.StageConnect, Err: errors.New("HTTP/2 alone was asked for, and it needs https")}
	}
	key := connKey{origin: c.to, by: c.by, h1: h1, id: c.id}
	if len(c.addrs) > 0 && m.dialer.proxy == nil {
		key.addr = c.addrs[0]
	}
	if own || c.by != (wire.Way{}) {
		return m.alone(ctx, c, key, limit)
	}
	f, again := m.once(ctx, c, key, limit, true)
	if again {
		f, _ = m.once(ctx, c, key, limit, false)
	}
	return f
}

// alone gives a request a connection of its own and closes it afterwards.
func (m *mux) alone(ctx context.Context, c *call, key connKey, limit time.Time) *wire.Failure {
	one, f := m.dial(ctx, c, key, limit)
	if f != nil {
		return f
	}
	if one.h2 != nil {
		f, _ = m.exchange2(ctx, c, one, limit)
		if wantsHTTP1(f) {
			m.pool.drop(one)
			key.h1 = true
			return m.alone(ctx, c, key, limit)
		}
	} else {
		f, _ = m.exchange(ctx, c, one, limit)
	}
	m.pool.drop(one)
	return f
}

// once makes the exchange on a kept connection where there is one and that is
// wanted, otherwise on a new one. It reports whether a kept connection turned
// out dead, so that the request may be sent again.
func (m *mux) once(ctx context.Context, c *call, key connKey, limit time.Time, kept bool) (*wire.Failure, bool) {
	one, f := m.connection(ctx, c, key, limit, kept)
	if f != nil {
		return f, false
	}
	if one.h2 != nil {
		f, again := m.exchange2(ctx, c, one, limit)
		if wantsHTTP1(f) {
			key.h1 = true
			return m.once(ctx, c, key, limit, kept)
		}
		return f, again
	}
	f, keep := m.exchange(ctx, c, one, limit)
	lost := one.unsent || one.silent && isIdempotent(c.req.Method)
	dead := f != nil && one.reused && lost && !f.Timeout && ctx.Err() == nil
	if keep {
		m.pool.put(one)
	} else {
		m.pool.drop(one)
	}
	return f, dead
}

func (m *mux) connection(ctx context.Context, c *call, key connKey, limit time.Time, kept bool) (*conn, *wire.Failure) {
	// A dead connection can lose a request that must not be sent twice; where that
	// cannot be seen beforehand, such a request gets a new one.
	if kept && (canPeek || isIdempotent(c.req.Method)) {
		if one := m.pool.get(key); one != nil {
			return one, nil
		}
	}
	if key.h1 {
		return m.dial(ctx, c, key, limit)
	}
	bounded, cancel := context.WithDeadline(ctx, limit)
	defer cancel()
	return m.sessions.connection(bounded, key, kept, func() (*conn, *wire.Failure) { return m.dial(ctx, c, key, limit) })
}

// dial opens a connection, offers what its key asks for, and waits for the
// server's verdict on the client certificate.
func (m *mux) dial(ctx context.Context, c *call, key connKey, limit time.Time) (*conn, *wire.Failure) {
	alpn := []string{"http/1.1"}
	if !key.h1 && cmp.Or(key.by.HTTP, m.config.HTTP) == "2" {
		alpn = []string{"h2"}
	} else if !key.h1 {
		alpn = []string{"h2", "http/1.1"}
	}
	if m.pool.isShut() {
		return nil, &wire.Failure{Stage: wire.StageConnect, Err: errShut}
	}
	one, f := m.dialer.dial(ctx, c, key, alpn, limit)
	if one != nil {
		c.x.Handshake, c.x.Remote = one.hs, one.remote
	}
	if f != nil {
		return nil, namingALPN(f, one, alpn)
	}
	if !m.pool.add(one) {
		return nil, &wire.Failure{Stage: wire.StageConnect, Err: errShut}
	}
	if f := m.settle(ctx, c, one, alpn, limit); f != nil {
		c.x.Handshake = one.hs
		m.pool.drop(one)
		return nil, f
	}
	return one, nil
}

// settle makes a new connection ready for its first request.
func (m *mux) settle(ctx context.Context, c *call, one *conn, alpn []string, limit time.Time) *wire.Failure {
	if one.hs == nil {
		return nil
	}
	if alpn[0] == "h2" && len(alpn) == 1 && one.hs.ALPN != "h2" {
		return &wire.Failure{Stage: wire.StageTLS, Err: errNoHTTP2}
	}
	if f := m.awaitVerdict(ctx, one, limit); f != nil {
		return f
	}
	if one.hs.ALPN == "h2" {
		return m.sessions.start(one)
	}
	return nil
}

// remember notes that the server let an identity in, for later connections.
func (m *mux) remember(one *conn) {
	if one.reused || one.hs == nil || !one.hs.Requested {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.accepted) >= maxAccepted {
		clear(m.accepted)
	}
	m.accepted[acceptKey(one.key)] = struct{}{}
}

func (m *mux) isAccepted(one *conn) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, found := m.accepted[acceptKey(one.key)]
	return found
}

// acceptKey leaves out the address: the certificate is judged by the origin.
func acceptKey(key connKey) connKey {
	key.addr = netip.Addr{}
	return key
}

func (m *mux) forget(to wire.Origin) {
	m.sessions.forget(to)
	m.pool.forget(func(key connKey) bool { return key.origin == to })
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.accepted {
		if key.origin == to {
			delete(m.accepted, key)
		}
	}
}

func (m *mux) close() error {
	m.pool.close()
	return nil
}
