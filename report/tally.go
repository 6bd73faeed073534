package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"blurt/scanner/finding"
)

// tally keeps the account of a scan for the formats that sum it up. Its memory
// grows only with the number of errors, a few bytes for each.
type tally struct {
	options  Options
	start    *finding.Start
	done     *finding.Done
	targets  int
	requests int // by the targets' own account, where Done never came
	counts   map[finding.Severity]int
	failing  int      // findings that fail the run
	known    int      // findings of the baseline
	silenced int      // findings that are suppressed; the counts are without them
	origins  []string // of the first targets, shownOrigins of them
	said     *saidErrors
}

const shownOrigins = 4

func newTally(o Options) *tally {
	return &tally{options: o, counts: map[finding.Severity]int{}, said: newSaidErrors()}
}

// note takes an event into the account.
func (t *tally) note(e finding.Event) {
	switch {
	case e.Start != nil:
		t.start = e.Start
	case e.Finding != nil && e.Finding.Suppressed != nil:
		t.silenced++
	case e.Finding != nil:
		t.counts[min(e.Finding.Severity, finding.Critical)]++
		if t.options.Fails(e.Finding) {
			t.failing++
		}
		if t.options.knows(e.Finding) {
			t.known++
		}
	case e.Target != nil:
		t.targets++
		t.requests += e.Target.Requests
		if origin, _ := splitURL(e.Target.URL); len(t.origins) <= shownOrigins && !slices.Contains(t.origins, origin) {
			t.origins = append(t.origins, origin)
		}
		if e.Target.Err != "" {
			t.said.add(e.Target.URL, e.Target.Err)
		}
	case e.Done != nil:
		t.done = e.Done
	}
}

func (t *tally) tool() finding.Tool {
	if t.start == nil {
		return finding.Tool{Name: "blurt"}
	}
	return t.start.Tool
}

func (t *tally) complete() bool { return t.done != nil && t.done.Complete }

func (t *tally) findings() int {
	total := 0
	for _, n := range t.counts {
		total += n
	}
	return total
}

func (t *tally) asked() int {
	if t.done == nil {
		return t.requests
	}
	return t.done.Requests
}

// rest returns the errors that no target brought.
func (t *tally) rest() []finding.ScanError {
	if t.done == nil {
		return nil
	}
	var rest []finding.ScanError
	for _, e := range t.done.Errors {
		if !t.said.has(e.Target, e.Message) {
			rest = append(rest, e)
		}
	}
	return rest
}

// state says whether the scan came to its end.
func (t *tally) state() string {
	switch {
	case t.complete():
		return "complete"
	case t.done == nil:
		return "INCOMPLETE, the scan was cut short"
	default:
		return "INCOMPLETE, " + plural(len(t.done.Errors), "error")
	}
}

// place says which servers were examined.
func (t *tally) place() string {
	list := make([]string, 0, len(t.origins))
	for _, origin := range t.origins {
		list = append(list, shorten(cell(origin), 100))
	}
	if len(list) > shownOrigins {
		list[shownOrigins] = "and others"
	}
	return strings.Join(list, ", ")
}

// found says how many findings there are, the worst first.
func (t *tally) found() string {
	var parts []string
	for _, severity := range finding.Severities() {
		if n := t.counts[severity]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, severity))
		}
	}
	found := "no findings"
	if len(parts) > 0 {
		found = plural(t.findings(), "finding") + ": " + strings.Join(parts, ", ")
	}
	return found + asides(t.known, t.silenced)
}

// asides says how many findings do not count.
func asides(known, silenced int) string {
	var parts []string
	if known > 0 {
		parts = append(parts, fmt.Sprintf("%d known by the baseline", known))
	}
	if silenced > 0 {
		parts = append(parts, fmt.Sprintf("%d more suppressed", silenced))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// facts says what was done.
func (t *tally) facts() string {
	facts := []string{plural(t.asked(), "request"), plural(t.targets, "endpoint")}
	if took := t.took(); took > 0 {
		facts = append(facts, took.String())
	}
	return strings.Join(append(facts, t.state()), " · ")
}

func (t *tally) took() time.Duration {
	if t.start == nil || t.done == nil || t.start.Started.IsZero() || t.done.Finished.IsZero() {
		return 0
	}
	return t.done.Finished.Sub(t.start.Started).Round(100 * time.Millisecond)
}

// verdict says how the scan stands to the gate; it is empty where there is none.
func (t *tally) verdict() string { return t.options.verdict(t.failing, t.complete()) }

// troubles says what of a target could not be examined: all of it, or what single
// probes would have shown.
func troubles(t *finding.Target) []string {
	var list []string
	if t.Err != "" {
		list = append(list, t.Err)
	}
	for _, u := range t.Unanswered {
		list = append(list, "no answer to "+u.Probe+", "+u.Error)
	}
	return list
}
