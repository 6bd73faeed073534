package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"

	"blurt/scanner/finding"
)

// baselineVersion is the number of the baseline file's format.
const baselineVersion = 1

const baselineMaxSize = 64 << 20 // bytes

// Baseline is the findings that a team knows of: they do not fail the gate. The
// file is made to be reviewed: a line for each finding, in a fixed order, without
// evidence.
type Baseline struct{ entries map[string]Entry }

// NewBaseline takes every finding of a saved report that is not suppressed: it
// counts again on the day when the suppression ends.
func NewBaseline(r io.Reader) (*Baseline, error) {
	all := newIndex()
	if err := Replay(r, all); err != nil {
		return nil, err
	}
	maps.DeleteFunc(all.entries, func(_ string, e Entry) bool { return e.suppressed })
	return &Baseline{all.entries}, nil
}

// ReadBaseline reads what Write wrote.
func ReadBaseline(r io.Reader) (*Baseline, error) {
	var file struct {
		Version  int     `json:"blurt_baseline"`
		Findings []Entry `json:"findings"`
	}
	limited := &io.LimitedReader{R: r, N: baselineMaxSize}
	decoder := json.NewDecoder(limited)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		if limited.N <= 0 {
			return nil, errors.New("the baseline is too large")
		}
		return nil, fmt.Errorf("this is no baseline: %w", err)
	}
	if file.Version != baselineVersion {
		return nil, fmt.Errorf("the baseline has version %d, this blurt reads version %d", file.Version, baselineVersion)
	}
	b := &Baseline{map[string]Entry{}}
	for i, entry := range file.Findings {
		if entry.Fingerprint == "" {
			return nil, fmt.Errorf("finding %d has no fingerprint", i+1)
		}
		b.entries[entry.Fingerprint] = entry
	}
	return b, nil
}

// Write writes the baseline's file.
func (b *Baseline) Write(w io.Writer) error {
	list := make([]Entry, 0, len(b.entries))
	for _, entry := range b.entries {
		list = append(list, entry)
	}
	sortEntries(list)
	text := fmt.Appendf(nil, "{\n  \"blurt_baseline\": %d,\n  \"findings\": [", baselineVersion)
	for i, entry := range list {
		line, err := encodeLine(entry)
		if err != nil {
			return err
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, "\n    "...), line[:len(line)-1]...)
	}
	if len(list) > 0 {
		text = append(text, "\n  "...)
	}
	_, err := w.Write(append(text, "]\n}\n"...))
	return err
}

// Len returns how many findings the baseline has.
func (b *Baseline) Len() int { return len(b.entries) }

// Knows reports whether a finding is in the baseline at its severity or a worse
// one: a finding that got worse is news.
func (b *Baseline) Knows(f *finding.Finding) bool {
	entry, found := b.entries[f.Fingerprint]
	return found && f.Severity <= entry.Severity
}

// Comparison is a sink that tells, after a scan, what it changed against the
// baseline.
type Comparison struct {
	baseline *Baseline
	seen     *index
}

// Compare returns a sink for one scan, whose findings have been graded.
func (b *Baseline) Compare() *Comparison { return &Comparison{b, newIndex()} }

// Emit implements finding.Sink.
func (c *Comparison) Emit(e finding.Event) error { return c.seen.Emit(e) }

// Close implements finding.Sink.
func (c *Comparison) Close() error { return nil }

// Difference returns what was seen by now against the baseline.
func (c *Comparison) Difference() Difference { return compare(c.baseline.entries, c.seen) }
