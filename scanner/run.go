package scanner

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// Run scans the endpoints and emits what it finds. An error that the sequence
// yields ends the scan with that error. When ctx ends, no further request is
// sent, the account is closed with Complete false, and Run returns nil: the sink
// then holds a valid partial report. Run does not close the sink. An error means
// wrong use or a sink that failed.
func Run(ctx context.Context, c Config, targets iter.Seq2[wire.Endpoint, error], sink finding.Sink) error {
	e, err := newEngine(c)
	if err != nil {
		return err
	}
	client, err := e.newClient()
	if err != nil {
		return err
	}
	e.wire = client
	if c.Proxy == nil {
		e.addresses = client.Addresses
	}
	err = e.scan(ctx, targets, sink, client.Forget)
	return errors.Join(err, client.Close())
}

// scan keeps the account of one scan, from Start to Done.
func (e *engine) scan(ctx context.Context, targets iter.Seq2[wire.Endpoint, error], sink finding.Sink, forget func(wire.Origin)) error {
	run, stop := context.WithCancel(ctx)
	defer stop()
	e.account = newAccount(sink, stop, e.config.Progress)
	e.account.emit(finding.Event{Start: &finding.Start{
		Tool:   finding.Tool{Name: "blurt", Version: e.config.Version},
		ScanID: e.scanID, Seed: e.config.Seed, Started: time.Now().UTC(),
	}})
	feedErr := newDispatcher(e, forget).feed(run, targets)
	if ctx.Err() != nil {
		e.account.note(finding.ScanError{Message: cause(ctx)})
	}
	if feedErr != nil {
		e.account.note(finding.ScanError{Message: feedErr.Error()})
	}
	e.account.emit(finding.Event{Done: e.account.done()})
	if err := e.account.broken(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return feedErr
}

// cause says why a scan ended early, in words for people.
func cause(ctx context.Context) string {
	switch err := context.Cause(ctx); {
	case errors.Is(err, context.DeadlineExceeded):
		return "the deadline passed before the scan was done"
	case errors.Is(err, context.Canceled):
		return "interrupted before the scan was done"
	default:
		return err.Error()
	}
}
