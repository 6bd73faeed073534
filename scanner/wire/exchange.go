package wire

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Exchange is one request and all that is known of its answer. Exactly one of
// Got and Err is set.
type Exchange struct {
	To    Endpoint
	As    Identity
	Asked Request
	// Sent is what went on the wire; for HTTP/2 the HTTP/1.1 form of it.
	Sent      []byte
	Got       *Response
	Handshake *Handshake // nil without TLS, or when it did not begin
	Remote    netip.AddrPort
	Err       *Failure
	Took      time.Duration
}

// Refused reports whether the server ended the handshake with an alert: an
// answer about the client, not a dead server.
func (x *Exchange) Refused() bool {
	return x.Handshake != nil && x.Handshake.Refusal != nil
}

// Stage is where an exchange failed.
type Stage string

// The stages of an exchange, in their order.
const (
	StageScope   Stage = "scope"   // the guard refused it before anything was sent
	StageBudget  Stage = "budget"  // the request budget is spent
	StageResolve Stage = "resolve" // the host name has no usable address
	StageConnect Stage = "connect" // TCP, or the proxy on the way
	StageTLS     Stage = "tls"     // the handshake
	StageTrust   Stage = "trust"   // the server's certificate does not verify and the identity is private
	StageWrite   Stage = "write"
	StageRead    Stage = "read"
)

// Failure is why an exchange has no response. Its text is one line, safe to
// print.
type Failure struct {
	Stage   Stage
	Timeout bool // a time limit ran out
	Err     error
}

// Error implements error.
func (f *Failure) Error() string { return fmt.Sprintf("%s: %v", f.Stage, f.Err) }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// ErrClosed says that the peer closed the connection without an answer.
var ErrClosed = errors.New("the server closed the connection without an answer")
