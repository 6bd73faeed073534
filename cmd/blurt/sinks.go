package main

import "blurt/scanner/finding"

// account is the sink that the engine writes to. It remembers whether a sink
// failed, and closes once whoever asks.
type account struct {
	next   finding.Sink
	failed error
	closed bool
}

// Emit implements finding.Sink.
func (a *account) Emit(e finding.Event) error {
	err := a.next.Emit(e)
	if err != nil && a.failed == nil {
		a.failed = err
	}
	return err
}

// Close implements finding.Sink.
func (a *account) Close() error {
	if a.closed {
		return nil
	}
	a.closed = true
	return a.next.Close()
}

// narrator tells each step on standard error, for --verbose.
type narrator struct{ say func(string) }

// Emit implements finding.Sink.
func (n *narrator) Emit(e finding.Event) error {
	switch {
	case e.Start != nil:
		n.say("scan " + e.Start.ScanID + ", seed " + e.Start.Seed)
	case e.Target != nil && e.Target.Err != "":
		n.say(e.Target.URL + ": " + e.Target.Err)
	case e.Target != nil:
		n.say(e.Target.URL + ": " + plural(e.Target.Requests, "request"))
	}
	return nil
}

// Close implements finding.Sink.
func (n *narrator) Close() error { return nil }
