package main

import (
	"cmp"
	"strconv"
	"strings"

	"blurt/report"
	"blurt/scanner/finding"
)

// threshold is the severity from which findings fail the run, and how sure they
// must be; never says that none do.
type threshold struct {
	severity   finding.Severity
	confidence finding.Confidence
	never      bool
}

// pointer returns the severity for reports, nil where nothing fails the run.
func (t threshold) pointer() *finding.Severity {
	if t.never {
		return nil
	}
	return &t.severity
}

// readThreshold reads --fail-on and --min-confidence.
func readThreshold(s settings, fallback threshold) (threshold, error) {
	t, err := readSeverity(s, fallback)
	given, ok := s.text("min-confidence")
	if err != nil || !ok {
		return t, err
	}
	if err := t.confidence.UnmarshalText([]byte(given.value)); err != nil {
		return threshold{}, wrongUse(given.source, "there is no confidence "+strconv.Quote(shorten(given.value)), "use tentative, firm or confirmed")
	}
	return t, nil
}

func readSeverity(s settings, fallback threshold) (threshold, error) {
	given, ok := s.text("fail-on")
	if !ok {
		return fallback, nil
	}
	if strings.EqualFold(given.value, "none") {
		return threshold{never: true}, nil
	}
	var severity finding.Severity
	if err := severity.UnmarshalText([]byte(given.value)); err != nil {
		return threshold{}, wrongUse(given.source, "there is no severity "+strconv.Quote(shorten(given.value)),
			"use critical, high, medium, low, info or none")
	}
	return threshold{severity: severity}, nil
}

// gate listens to a scan and keeps what decides the exit code. It stands after
// the catalogue has graded the findings. Its memory does not grow with the scan.
type gate struct {
	threshold  threshold
	baseline   *report.Baseline // findings that do not count; nil for none
	words      words
	findings   int // that are not suppressed
	suppressed int
	reached    int // findings at or above the threshold
	targets    int
	lost       int // targets that could not be examined
	firstLoss  string
	done       *finding.Done
	bySeverity [finding.Critical + 1]int
}

// Emit implements finding.Sink.
func (g *gate) Emit(e finding.Event) error {
	switch {
	case e.Finding != nil && e.Finding.Suppressed != nil:
		g.suppressed++
	case e.Finding != nil:
		g.findings++
		g.bySeverity[min(e.Finding.Severity, finding.Critical)]++
		limit := report.Options{Gate: g.threshold.pointer(), MinConfidence: g.threshold.confidence, Baseline: g.baseline}
		if limit.Fails(e.Finding) {
			g.reached++
		}
	case e.Target != nil:
		g.targets++
		if e.Target.Err != "" {
			g.lost++
			if g.firstLoss == "" {
				g.firstLoss = e.Target.URL + ": " + e.Target.Err
			}
		}
	case e.Done != nil:
		g.done = e.Done
	}
	return nil
}

// Close implements finding.Sink.
func (g *gate) Close() error { return nil }

// complete reports whether the scan happened as it was asked for.
func (g *gate) complete() bool {
	return g.done != nil && g.done.Complete && g.lost == 0 && g.targets > 0
}

// requests returns how many requests the scan sent.
func (g *gate) requests() int {
	if g.done == nil {
		return 0
	}
	return g.done.Requests
}

// err is what the gate says of a scan that was not stopped from outside:
// incompleteness first, because no finding counts on a scan that did not happen.
func (g *gate) err() error {
	switch {
	case !g.complete():
		return &incompleteError{message: cmp.Or(g.words.work, "scan") + " incomplete: " + g.loss()}
	case g.reached > 0:
		return &gateError{findings: g.reached}
	}
	return nil
}

// loss says in one line what was not done.
func (g *gate) loss() string {
	first, count := g.firstLoss, g.lost
	if g.done != nil && len(g.done.Errors) > 0 {
		if first == "" {
			first = g.done.Errors[0].Message
			if target := g.done.Errors[0].Target; target != "" {
				first = target + ": " + first
			}
		}
		count = max(count, len(g.done.Errors))
	}
	switch {
	case first == "" && g.targets == 0:
		return cmp.Or(g.words.nothing, "no endpoint was scanned")
	case first == "":
		return "not all that was planned was done"
	case count > 1:
		return first + " (and " + strconv.Itoa(count-1) + " more, see the report)"
	}
	return first
}

// summary tells the number of findings, worst first.
func (g *gate) summary() string {
	suppressed := ""
	if g.suppressed > 0 {
		suppressed = ", " + strconv.Itoa(g.suppressed) + " more suppressed"
	}
	if g.findings == 0 {
		return "no findings" + suppressed
	}
	var parts []string
	for _, severity := range finding.Severities() {
		if n := g.bySeverity[severity]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+severity.String())
		}
	}
	return plural(g.findings, "finding") + " (" + strings.Join(parts, ", ") + ")" + suppressed
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
