package main

import (
	"strconv"
	"strings"

	"blurt/scanner/finding"
)

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
type narrator struct {
	say  func(string)
	told map[string]bool // what was recognised already
}

// Emit implements finding.Sink.
func (n *narrator) Emit(e finding.Event) error {
	switch {
	case e.Start != nil:
		n.say("scan " + e.Start.ScanID + ", seed " + e.Start.Seed)
	case e.Effort != nil && e.Effort.Map > 0:
		n.say(e.Effort.URL + ": " + plural(e.Effort.Map, "request") + " for the map alone (" + purposes(e.Effort) + ")")
	case e.Target != nil && e.Target.Err != "":
		n.say(e.Target.URL + ": " + e.Target.Err)
	case e.Target != nil:
		n.say(e.Target.URL + ": " + plural(e.Target.Requests, "request"))
		for _, product := range e.Target.Recognised {
			if !n.told[product] {
				n.told[product] = true
				n.say("  recognised: " + product)
			}
		}
		for _, c := range e.Target.Coverage {
			n.say("  " + c.Probe + " as " + c.Identity + ": " + outcome(c))
		}
	}
	return nil
}

// purposes says what requests for the map were for.
func purposes(e *finding.Effort) string {
	var parts []string
	for _, part := range []struct {
		count int
		what  string
	}{
		{e.Identities, "as other clients"}, {e.Issued, "with issued certificates"}, {e.Spellings, "spelled otherwise"},
		{e.Ways, "by other ways"}, {e.Confirmations, "to confirm"},
	} {
		if part.count > 0 {
			parts = append(parts, strconv.Itoa(part.count)+" "+part.what)
		}
	}
	return strings.Join(parts, ", ")
}

// outcome says what a group test has shown.
func outcome(c finding.Coverage) string {
	text := plural(c.Fields, "header field") + ", "
	switch {
	case c.Uniform != 0:
		return text + "each brings status " + strconv.Itoa(c.Uniform)
	case len(c.Reacted) == 0 && c.Unsettled == 0:
		return text + "all cleared"
	}
	if len(c.Reacted) > 0 {
		text += "the answer changes by " + strings.Join(c.Reacted, ", ")
	} else {
		text += "the answer changes"
	}
	if c.Unsettled > 0 {
		text += "; " + strconv.Itoa(c.Unsettled) + " not settled"
	}
	return text
}

// Close implements finding.Sink.
func (n *narrator) Close() error { return nil }
