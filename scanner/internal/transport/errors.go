package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"blurt/scanner/wire"
)

var (
	errNotHTTP  = errors.New("the server sent bytes that are not HTTP")
	errIsTLS    = errors.New("the server speaks TLS, not plain HTTP, on this port")
	errIsHTTP   = errors.New("the server speaks HTTP, not TLS, on this port")
	errNotTLS   = errors.New("the server does not speak TLS on this port")
	errCanceled = fmt.Errorf("stopped: %w", context.Canceled)
	errShut     = errors.New("the client is closed")
	errRefused  = errors.New("the server refused the handshake")
)

// reason is an error in our own words with its cause kept for errors.Is.
type reason struct {
	text  string
	cause error
}

func (r *reason) Error() string { return r.text }
func (r *reason) Unwrap() error { return r.cause }

// failure puts an error into one line and notes whether it was a time limit.
// The limit is how long was waited, for the message.
func failure(stage wire.Stage, err error, limit time.Duration) *wire.Failure {
	var done *wire.Failure
	if errors.As(err, &done) {
		return done
	}
	return &wire.Failure{Stage: stage, Timeout: isTimeout(err), Err: inWords(err, limit)}
}

func isTimeout(err error) bool {
	var timed net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) ||
		(errors.As(err, &timed) && timed.Timeout())
}

// inWords says an error in one clear line, without the addresses and operation
// names that the net package adds.
func inWords(err error, limit time.Duration) error {
	var spoken *reason
	switch {
	case errors.As(err, &spoken):
		return err
	case errors.Is(err, context.Canceled):
		return errCanceled
	case isTimeout(err) && limit > 0:
		return &reason{"no answer within " + limit.Round(time.Millisecond).String(), err}
	case isTimeout(err):
		return &reason{"the time is up", err}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &reason{"connection refused", err}
	case errors.Is(err, syscall.ECONNRESET):
		return &reason{"the server reset the connection", err}
	case errors.Is(err, syscall.EPIPE):
		return &reason{"the server closed the connection while the request was being sent", err}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return &reason{"no route to the host", err}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return wire.ErrClosed
	}
	return &reason{clean(err.Error()), err}
}

// clean makes text that a server may have shaped safe for one line of output.
func clean(text string) string {
	const limit = 200
	quoted := strconv.QuoteToASCII(text)
	quoted = strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	if len(quoted) > limit {
		quoted = quoted[:limit] + "..."
	}
	return quoted
}
