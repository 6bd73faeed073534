package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"blurt/scanner/wire"
)

// The wait for a verdict on the client certificate is twice what the handshake
// took, one round trip and the arithmetic, within these bounds.
const (
	minVerdict = 50 * time.Millisecond
	maxVerdict = time.Second
	// lastWords is how long an alert or an early answer is waited for once a write
	// has failed.
	lastWords = 500 * time.Millisecond
)

var errNoHTTP2 = errors.New("the server does not offer HTTP/2 (ALPN h2)")

// awaitVerdict reads before the first write where the server asked for a client
// certificate under TLS 1.3, which is judged only after the client holds the
// handshake for complete (RFC 8446, section 4.4.2.4). A request written first
// would meet a closed connection, and the reset could overtake the alert.
func (m *mux) awaitVerdict(ctx context.Context, one *conn, limit time.Time) *wire.Failure {
	if !one.isTLS13() || !one.hs.Requested || m.isAccepted(one) {
		return nil
	}
	stop := context.AfterFunc(ctx, one.link.cancel)
	end := time.Now().Add(min(max(2*one.shook, minVerdict), maxVerdict))
	if limit.Before(end) {
		end = limit
	}
	err := one.link.wait(end)
	if err == nil {
		_, err = one.br.Peek(1)
	}
	if !stop() {
		return failure(wire.StageTLS, cause(ctx, errCanceled), 0)
	}
	if err == nil || isTimeout(err) {
		return nil
	}
	if noteAlert(one, err, true) {
		return failure(wire.StageTLS, refusalError(one.hs.Refusal), 0)
	}
	if errors.Is(err, io.EOF) {
		return failure(wire.StageTLS, wire.ErrClosed, 0)
	}
	return failure(wire.StageTLS, err, m.config.Timeout)
}

// namingALPN says that the refusal is about the protocol where that alone was
// offered.
func namingALPN(f *wire.Failure, one *conn, alpn []string) *wire.Failure {
	const noApplicationProtocol = 120
	if one == nil || one.hs == nil || one.hs.Refusal == nil || one.hs.Refusal.Alert != noApplicationProtocol {
		return f
	}
	text := fmt.Sprintf("the server speaks none of the protocols offered (ALPN %v)", alpn)
	return &wire.Failure{Stage: wire.StageTLS, Err: &reason{text, f.Err}}
}
