package transport

import (
	"context"
	"errors"
	"time"

	"blurt/scanner/wire"
)

// exchange sends the request on an HTTP/1.1 connection and reads the answer. It
// reports whether the connection can carry another request.
func (m *mux) exchange(ctx context.Context, c *call, one *conn, limit time.Time) (f *wire.Failure, keep bool) {
	c.x.Handshake, c.x.Remote = one.hs, one.remote
	var stop func() bool
	if ctx.Done() != nil {
		stop = context.AfterFunc(ctx, one.link.cancel)
	}
	a, stage, err := m.converse(c, one, limit)
	c.x.Handshake = one.hs // a renegotiation may have changed it
	stopped := stop != nil && !stop()
	if stopped && (err != nil || a.Cut || len(a.Odd) > 0) {
		return failure(stage, cause(ctx, errCanceled), m.config.Timeout), false
	}
	if err != nil {
		return m.explain(c, one, stage, err), false
	}
	m.remember(one)
	m.decoder.decode(a.Response)
	a.Fields = append(a.Fields, a.trailer...)
	c.x.Got = a.Response
	return nil, a.reusable && !stopped
}

func (m *mux) converse(c *call, one *conn, limit time.Time) (answer, wire.Stage, error) {
	if err := one.link.begin(limit); err != nil {
		return answer{}, wire.StageWrite, err
	}
	if c.x.Sent == nil {
		c.x.Sent = encodeRequest(c.req)
		m.sent.Add(1)
	}
	if n, err := one.stream.Write(c.x.Sent); err != nil {
		one.unsent = n == 0
		return m.lastWords(c, one, limit, err)
	}
	a, err := readResponse(one.br, c.req.Method, m.config.limits())
	var silent *unanswered
	one.silent = errors.As(err, &silent)
	return a, wire.StageRead, err
}

// lastWords reads what the server said before it closed the connection under a
// write: an alert, or an answer to the part of the request that it saw.
func (m *mux) lastWords(c *call, one *conn, limit time.Time, cause error) (answer, wire.Stage, error) {
	if isTimeout(cause) || errors.Is(cause, context.Canceled) {
		return answer{}, wire.StageWrite, cause
	}
	if end := time.Now().Add(lastWords); end.Before(limit) {
		limit = end
	}
	if err := one.link.begin(limit); err != nil {
		return answer{}, wire.StageWrite, cause
	}
	a, err := readResponse(one.br, c.req.Method, m.config.limits())
	if err != nil {
		var silent *unanswered
		one.silent = errors.As(err, &silent)
		if _, alert := alertOf(err); alert {
			return answer{}, wire.StageRead, err
		}
		return answer{}, wire.StageWrite, cause
	}
	a.Odd = append(a.Odd, "the answer came before the whole request was sent")
	a.reusable = false
	return a, wire.StageRead, nil
}

// explain turns an error of an exchange into its failure; an alert that came in
// place of the answer is a refusal.
func (m *mux) explain(c *call, one *conn, stage wire.Stage, err error) *wire.Failure {
	if noteAlert(one, err, true) {
		c.x.Handshake = one.hs
		return failure(wire.StageTLS, refusalError(one.hs.Refusal), 0)
	}
	return failure(stage, err, m.config.Timeout)
}
