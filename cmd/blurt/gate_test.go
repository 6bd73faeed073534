package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"blurt/scanner/finding"
)

// listen hands a whole scan to a gate.
func listen(t *testing.T, least threshold, events ...finding.Event) *gate {
	t.Helper()
	g := &gate{threshold: least}
	for _, event := range events {
		if err := g.Emit(event); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

func found(severity finding.Severity) finding.Event {
	return finding.Event{Finding: &finding.Finding{Severity: severity}}
}

func TestVerdict(t *testing.T) {
	high := threshold{severity: finding.High}
	target := finding.Event{Target: &finding.Target{URL: "https://a"}}
	lost := finding.Event{Target: &finding.Target{URL: "https://b", Err: "connect: refused"}}
	done := finding.Event{Done: &finding.Done{Complete: true}}
	cut := finding.Event{Done: &finding.Done{Errors: []finding.ScanError{{Message: "budget spent"}}}}
	tests := map[string]struct {
		least   threshold
		events  []finding.Event
		code    int
		message string
	}{
		"clean":                          {high, []finding.Event{target, done}, 0, ""},
		"below the gate":                 {high, []finding.Event{found(finding.Medium), target, done}, 0, ""},
		"at the gate":                    {high, []finding.Event{found(finding.High), target, done}, 1, ""},
		"above the gate":                 {high, []finding.Event{found(finding.Critical), target, done}, 1, ""},
		"info counts when asked":         {threshold{}, []finding.Event{found(finding.Info), target, done}, 1, ""},
		"no gate":                        {threshold{never: true}, []finding.Event{found(finding.Critical), target, done}, 0, ""},
		"lost target":                    {high, []finding.Event{target, lost, done}, 3, "scan incomplete: https://b: connect: refused"},
		"findings and lost target":       {high, []finding.Event{found(finding.High), target, lost, done}, 3, "scan incomplete: https://b: connect: refused"},
		"no gate and lost target":        {threshold{never: true}, []finding.Event{lost, done}, 3, "scan incomplete: https://b: connect: refused"},
		"two lost":                       {high, []finding.Event{lost, lost, done}, 3, "scan incomplete: https://b: connect: refused (and 1 more, see the report)"},
		"cut short":                      {high, []finding.Event{target, cut}, 3, "scan incomplete: budget spent"},
		"nothing scanned":                {high, []finding.Event{done}, 3, "scan incomplete: no endpoint was scanned"},
		"the account was never closed":   {high, []finding.Event{target}, 3, "scan incomplete: not all that was planned was done"},
		"an unknown severity is no hole": {high, []finding.Event{found(finding.Severity(200)), target, done}, 1, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := verdict(t.Context(), listen(t, test.least, test.events...), 0)
			if code := exitCode(err); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if test.message != "" && err.Error() != test.message {
				t.Errorf("says %q, want %q", err, test.message)
			}
		})
	}
}

func TestVerdictOfAScanThatWasStopped(t *testing.T) {
	cut := listen(t, threshold{}, finding.Event{Done: &finding.Done{Requests: 7}})
	interrupted, cancel := context.WithCancelCause(t.Context())
	cancel(errInterrupted)
	if err := verdict(interrupted, cut, 0); exitCode(err) != exitIncomplete || !silent(err) {
		t.Errorf("interrupted: %v", err)
	}
	late, stop := context.WithTimeoutCause(t.Context(), 0, errDeadline)
	defer stop()
	want := "scan incomplete: the deadline of 1m0s passed after 7 requests: raise --deadline or scan fewer URLs"
	if err := verdict(late, cut, time.Minute); exitCode(err) != exitIncomplete || err.Error() != want {
		t.Errorf("deadline: %v", err)
	}
	// A signal that comes when all is done spoils nothing.
	whole := listen(t, threshold{}, finding.Event{Target: &finding.Target{}}, finding.Event{Done: &finding.Done{Complete: true}})
	if err := verdict(interrupted, whole, 0); err != nil {
		t.Errorf("complete: %v", err)
	}
}

func TestGateSummary(t *testing.T) {
	g := listen(t, threshold{}, found(finding.Low), found(finding.High), found(finding.Low))
	if got, want := g.summary(), "3 findings (1 high, 2 low)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := listen(t, threshold{}).summary(); got != "no findings" {
		t.Errorf("%q", got)
	}
}

func TestExitCodeOfAnythingElseIsIncomplete(t *testing.T) {
	if code := exitCode(errors.New("anything")); code != exitIncomplete {
		t.Errorf("exit code %d", code)
	}
	if code := exitCode(errors.Join(&gateError{findings: 1}, errors.New("close"))); code != exitIncomplete {
		t.Errorf("a failure beside findings gives %d", code)
	}
}

func TestSentence(t *testing.T) {
	for want, err := range map[string]error{
		"a: b":      errors.Join(errors.New("write a: b"), errors.New("a: b"), errors.New("x: write a: b")),
		"a: b; c":   errors.Join(errors.New("a: b"), errors.New("c")),
		"one":       errors.New("one\n"),
		"one; more": errors.New("one\n\n more"),
	} {
		if got := sentence(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
