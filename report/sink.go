package report

import (
	"errors"

	"blurt/report/rules"
	"blurt/scanner/finding"
)

// Fan returns a sink that forwards every event to all the sinks. A sink that
// failed gets no further event but is closed; it does not starve the others. The
// errors are joined.
func Fan(sinks ...finding.Sink) finding.Sink {
	return &fan{sinks: sinks, failed: make([]bool, len(sinks))}
}

type fan struct {
	sinks  []finding.Sink
	failed []bool
}

// Emit implements finding.Sink.
func (f *fan) Emit(e finding.Event) error {
	var errs []error
	for i, sink := range f.sinks {
		if f.failed[i] {
			continue
		}
		if err := sink.Emit(e); err != nil {
			f.failed[i] = true
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Close implements finding.Sink.
func (f *fan) Close() error {
	var errs []error
	for _, sink := range f.sinks {
		errs = append(errs, sink.Close())
	}
	return errors.Join(errs...)
}

// Graded returns a sink that fills in each finding from the catalogue before it
// forwards it. The finding that the engine holds stays as it is.
func Graded(c *rules.Catalogue, next finding.Sink) finding.Sink {
	return &graded{c, next}
}

type graded struct {
	rules *rules.Catalogue
	next  finding.Sink
}

// Emit implements finding.Sink.
func (g *graded) Emit(e finding.Event) error {
	if e.Finding != nil {
		f := *e.Finding
		g.rules.Grade(&f)
		e.Finding = &f
	}
	return g.next.Emit(e)
}

// Close implements finding.Sink.
func (g *graded) Close() error { return g.next.Close() }
