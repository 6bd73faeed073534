package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// Difference is what changed from one report to another. The lists are ordered
// from the worst down.
type Difference struct {
	New   []Entry `json:"new"`
	Fixed []Entry `json:"fixed"`
	// Unknown are the findings that the newer report does not show and cannot rule
	// out: it is incomplete, or did not examine their host.
	Unknown []Entry `json:"unknown"`
	// Changed are the findings that both have, at another severity.
	Changed []Change `json:"changed"`
	Same    int      `json:"same"` // findings that both have, unchanged
	// Suppressed is how many findings of the newer report do not count.
	Suppressed int `json:"suppressed"`
	// Complete is whether the newer report is of a complete scan.
	Complete bool `json:"complete"`
}

// Change is a finding of another severity than before.
type Change struct {
	Entry
	Was finding.Severity `json:"was"`
}

// Empty reports whether nothing changed.
func (d Difference) Empty() bool {
	return len(d.New) == 0 && len(d.Fixed) == 0 && len(d.Unknown) == 0 && len(d.Changed) == 0
}

// Diff compares two saved reports by fingerprints. It keeps an Entry for each
// finding in memory.
func Diff(before, after io.Reader) (Difference, error) {
	was, is := newIndex(), newIndex()
	if err := Replay(before, was); err != nil {
		return Difference{}, fmt.Errorf("the older report: %w", err)
	}
	if err := Replay(after, is); err != nil {
		return Difference{}, fmt.Errorf("the newer report: %w", err)
	}
	return compare(was.entries, is), nil
}

// compare tells what an index has against earlier entries.
func compare(was map[string]Entry, is *index) Difference {
	d := Difference{New: []Entry{}, Fixed: []Entry{}, Unknown: []Entry{}, Changed: []Change{}, Complete: is.complete}
	for id, entry := range is.entries {
		old, known := was[id]
		switch {
		case entry.suppressed:
			d.Suppressed++
		case !known || old.suppressed:
			d.New = append(d.New, entry)
		case old.Severity != entry.Severity:
			d.Changed = append(d.Changed, Change{entry, old.Severity})
		default:
			d.Same++
		}
	}
	for id, entry := range was {
		switch _, still := is.entries[id]; {
		case still:
		case is.ruledOut(entry):
			d.Fixed = append(d.Fixed, entry)
		default:
			d.Unknown = append(d.Unknown, entry)
		}
	}
	sortEntries(d.New)
	sortEntries(d.Fixed)
	sortEntries(d.Unknown)
	sortChanges(d.Changed)
	return d
}

func sortChanges(list []Change) {
	slices.SortFunc(list, func(a, b Change) int { return compareEntries(a.Entry, b.Entry) })
}

// index is a sink that keeps what comparisons need.
type index struct {
	entries  map[string]Entry
	hosts    map[string]bool // that were examined
	complete bool
}

func newIndex() *index { return &index{entries: map[string]Entry{}, hosts: map[string]bool{}} }

// Emit implements finding.Sink.
func (x *index) Emit(e finding.Event) error {
	switch {
	case e.Finding != nil:
		// Two servers on one host share fingerprints: the worse stands for both.
		// One that counts stands before one that does not.
		entry := newEntry(e.Finding)
		if old, again := x.entries[entry.Fingerprint]; !again || old.suppressed && !entry.suppressed ||
			old.suppressed == entry.suppressed && entry.Severity > old.Severity {
			x.entries[entry.Fingerprint] = entry
		}
	case e.Target != nil && e.Target.Err == "":
		x.hosts[hostOfURL(e.Target.URL)] = true
	case e.Done != nil:
		x.complete = e.Done.Complete
	}
	return nil
}

// Close implements finding.Sink.
func (x *index) Close() error { return nil }

// ruledOut reports whether a finding would be there if it still were.
func (x *index) ruledOut(e Entry) bool { return x.complete && x.hosts[hostOfURL(e.URL)] }

// hostOfURL leaves the port out, as fingerprints do.
func hostOfURL(raw string) string {
	host, _, _ := strings.Cut(artifactURI(raw), "/")
	return host
}
