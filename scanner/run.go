package scanner

import (
	"context"
	"errors"
	"iter"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// Run scans the endpoints and emits what it finds. Each endpoint's error, where
// the sequence yields one, ends the scan with that error. When ctx ends, no
// further request is sent, the account is closed with Complete false, and Run
// returns nil: the sink then holds a valid partial report. An error means wrong
// use or a sink that failed.
func Run(ctx context.Context, c Config, targets iter.Seq2[wire.Endpoint, error], sink finding.Sink) error {
	return errors.New("not built yet")
}

// Job is one request of a plan.
type Job struct {
	Endpoint wire.Endpoint
	Identity wire.Identity
	Probe    string // "malformed-certificate/not-pem"
	Changes  string
	Request  wire.Request
}

// Plan yields what a scan of the endpoint would send, in order, without sending
// anything. What depends on answers stands as if the answers were unremarkable.
func Plan(c Config, endpoint wire.Endpoint) iter.Seq[Job] {
	return func(func(Job) bool) {}
}
