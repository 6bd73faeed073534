package report_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"blurt/report"
	"blurt/scanner/finding"
)

func TestTerminalOrder(t *testing.T) {
	text := string(write(t, "terminal", report.Options{}, scan(t)))
	at := -1
	for _, want := range []string{
		"CRITICAL  3 findings", "\nLOW  1 finding\n", "\nINFO  2 findings\n", // the list
		"\nC1  CRITICAL  Django debug page\n", "\nC2  CRITICAL  Forged identity header accepted\n",
		"\nC3  CRITICAL", "\nL1  LOW", "\nI1  INFO", "\nI2  INFO", // each finding
		"Who was answered by which layer", "app 403  proxy 400    open 200  handshake", "Could not be examined", "\n6 findings: 3 critical, 1 low, 2 info\n",
		"214 requests · 2 endpoints · 12.4s · INCOMPLETE, 2 errors",
	} {
		next := strings.Index(text, want)
		if next <= at {
			t.Fatalf("%q is missing or out of order", want)
		}
		at = next
	}
}

func TestTerminalExplainsOnce(t *testing.T) {
	text := string(write(t, "terminal", report.Options{}, scan(t)))
	_, third, _ := strings.Cut(text, "\nC3  CRITICAL")
	third, _, _ = strings.Cut(third, "\nL1  LOW")
	if !strings.Contains(third, "see C1") || strings.Contains(third, "ALLOWED_HOSTS") {
		t.Errorf("the second finding of a rule reads:\n%s", third)
	}
	if strings.Count(text, `ALLOWED_HOSTS = ["api.example.com"]`) != 1 {
		t.Error("the fix is not there once")
	}
}

// Only the products that were seen are given a fix, and all where none was.
func TestTerminalFixesTheStack(t *testing.T) {
	text := string(write(t, "terminal", report.Options{}, scan(t)))
	if strings.Contains(text, "HAProxy") || !strings.Contains(text, "client-identity.conf") {
		t.Error("the fix is not the one for nginx and Django")
	}
	f := spoofing()
	f.Stack = nil
	catalogue(t).Grade(&f)
	if text := string(write(t, "terminal", report.Options{}, []finding.Event{{Finding: &f}})); !strings.Contains(text, "HAProxy") {
		t.Error("without a stack, not every fix is given")
	}
}

func TestTerminalItems(t *testing.T) {
	brief := string(write(t, "terminal", report.Options{}, scan(t)))
	verbose := string(write(t, "terminal", report.Options{Verbose: true}, scan(t)))
	if !strings.Contains(brief, "path-leak (15)") || !strings.Contains(brief, "… and 11 more") {
		t.Error("a flood of paths is not cut short")
	}
	if !strings.Contains(verbose, "dist-packages/xxxxxxxxxxxxx ") || strings.Contains(verbose, "11 more") {
		t.Error("verbose does not show every item")
	}
	for _, want := range []string{"HTTP/1.1 403 Forbidden", "HTTP/1.1 200 OK", "X-SSL-Client-S-DN: CN=blurt-7c1e"} {
		if !strings.Contains(verbose, want) {
			t.Errorf("verbose lacks %q", want)
		}
	}
}

// Lines that blurt lays out fit the width; commands, configuration and URLs, which
// people copy, are never broken.
func TestTerminalWidth(t *testing.T) {
	for _, width := range []int{80, 120} {
		events := []finding.Event{}
		for _, e := range scan(t) {
			if e.Finding == nil || e.Finding.Rule != "path-leak" {
				events = append(events, e)
			}
		}
		text := string(write(t, "terminal", report.Options{Width: width}, events))
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\n")
			copied := strings.HasPrefix(line, "          ") || strings.HasPrefix(line, "      curl")
			if n := utf8.RuneCountInString(line); n > width && !copied {
				t.Errorf("%d columns: %d in %q", width, n, line)
			}
		}
	}
}

func TestTerminalGate(t *testing.T) {
	high, low := finding.High, finding.Low
	done := finding.Event{Done: &finding.Done{Complete: true}}
	info := banner()
	catalogue(t).Grade(&info)
	for _, test := range []struct {
		name   string
		gate   *finding.Severity
		events []finding.Event
		want   string
	}{
		{"failed", &high, scan(t), "Gate failed: 3 findings at or above high\n"},
		{"passed", &low, []finding.Event{{Finding: &info}, done}, "Gate passed: nothing at or above low\n"},
		{"cut short", &low, []finding.Event{{Finding: &info}}, "Gate undecided: an incomplete scan does not pass\n"},
		{"no gate", nil, scan(t), "INCOMPLETE, 2 errors\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := string(write(t, "terminal", report.Options{Gate: test.gate, Quiet: true}, test.events))
			if !strings.HasSuffix(text, test.want) {
				t.Errorf("report ends %q", text)
			}
		})
	}
}
