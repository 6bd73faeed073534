package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"blurt/report"
	"blurt/scanner/finding"
	"blurt/scanner/policy"
)

// judged sends a scan through a policy.
func judged(t *testing.T, p report.Policy, events []finding.Event) ([]finding.Event, *report.Policed) {
	t.Helper()
	var out []finding.Event
	policed := report.Judged(p, sinkFunc(func(e finding.Event) { out = append(out, e) }))
	for _, e := range events {
		if err := policed.Emit(e); err != nil {
			t.Fatal(err)
		}
	}
	return out, policed
}

type sinkFunc func(finding.Event)

func (f sinkFunc) Emit(e finding.Event) error { f(e); return nil }
func (f sinkFunc) Close() error               { return nil }

func suppressDebugPages(reason string) report.Policy {
	return report.Policy{Environment: "staging",
		Overrides: []report.Override{
			{Selector: policy.Selector{Rule: "version-banner", Environment: "staging"}, Severity: finding.Medium, Reason: "we promised none"},
			{Selector: policy.Selector{Rule: "version-*"}, Severity: finding.Critical},
		},
		Suppressions: []report.Suppression{
			{Selector: policy.Selector{Rule: "django-debug-page", Path: "/v1/**"}, Reason: reason, Expires: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), Source: "blurt.yaml:3"},
			{Selector: policy.Selector{Rule: "ca-disclosure", Path: "/never"}, Reason: "unused", Source: "blurt.yaml:9"},
			{Selector: policy.Selector{Rule: "path-leak", Path: "/never", Environment: "production"}, Reason: "elsewhere"},
		}}
}

func TestPolicy(t *testing.T) {
	original := scan(t)
	events, policed := judged(t, suppressDebugPages("the test system shows them"), original)
	suppressed := 0
	for i, e := range events {
		if e.Finding == nil {
			continue
		}
		f, before := e.Finding, original[i].Finding
		if before.Suppressed != nil || before.Override != nil {
			t.Error("the caller's finding was changed")
		}
		switch f.Rule {
		case "version-banner":
			if f.Severity != finding.Medium || f.Override == nil || f.Override.Was != before.Severity || f.Override.Reason != "we promised none" {
				t.Errorf("the banner has severity %s, override %+v", f.Severity, f.Override)
			}
		case "django-debug-page":
			suppressed++
			if f.Suppressed == nil || f.Suppressed.Expires != "2026-12-31" {
				t.Errorf("the debug page of %s is suppressed: %+v", f.URL, f.Suppressed)
			}
		default:
			if f.Suppressed != nil || f.Override != nil {
				t.Errorf("%s was judged", f.Rule)
			}
		}
	}
	if suppressed != 2 {
		t.Errorf("%d debug pages", suppressed)
	}
	if unused := policed.Unused(); len(unused) != 1 || unused[0].Source != "blurt.yaml:9" {
		t.Errorf("unused: %v", unused)
	}
}

func TestSuppressionHoldsThroughItsLastDay(t *testing.T) {
	s := report.Suppression{Expires: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)}
	if s.Expired(time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC)) {
		t.Error("it ends before its last day does")
	}
	if !s.Expired(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Error("it holds beyond its last day")
	}
	if (report.Suppression{}).Expired(time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Error("one without an end ended")
	}
}

func TestGateCountsWhatIsSureAndNotSuppressed(t *testing.T) {
	low := finding.Low
	f := finding.Finding{Severity: finding.High, Confidence: finding.Firm}
	for _, test := range []struct {
		options report.Options
		f       finding.Finding
		want    bool
	}{
		{report.Options{}, f, false},
		{report.Options{Gate: &low}, f, true},
		{report.Options{Gate: &low, MinConfidence: finding.Firm}, f, true},
		{report.Options{Gate: &low, MinConfidence: finding.Confirmed}, f, false},
		{report.Options{Gate: &low}, finding.Finding{Severity: finding.High, Suppressed: &finding.Suppression{}}, false},
	} {
		if got := test.options.Fails(&test.f); got != test.want {
			t.Errorf("confidence %s, suppressed %v: fails: %v, want %v", test.options.MinConfidence, test.f.Suppressed, got, test.want)
		}
	}
}

// TestEveryFormatShowsWhatIsSuppressed also holds that the reason, which another
// person's pull request may have written, drives no reader.
func TestEveryFormatShowsWhatIsSuppressed(t *testing.T) {
	const reason = "accepted by the board"
	gate := finding.Info
	events, _ := judged(t, suppressDebugPages(reason), scan(t))
	wicked, _ := judged(t, suppressDebugPages(hostile), scan(t))
	for _, format := range report.Formats() {
		options := report.Options{Gate: &gate, MinConfidence: finding.Confirmed}
		text := string(write(t, format.Name, options, events))
		if format.Name != "github" && !strings.Contains(text, reason) {
			t.Errorf("%s does not say why something is suppressed", format.Name)
		}
		if bad := string(write(t, format.Name, options, wicked)); strings.ContainsAny(bad, "\x1b\x07\u009b") || format.Name == "html" && strings.Contains(bad, "<script>alert") || strings.Contains(bad, "\n::error::line") || strings.Contains(bad, "##vso") {
			t.Errorf("%s is driven by the reason of a suppression", format.Name)
		}
		switch format.Name {
		case "terminal", "markdown", "html", "github":
			if !strings.Contains(text, "2 more suppressed") || !strings.Contains(text, "3 findings at or above info that is confirmed") {
				t.Errorf("%s: the summary does not leave out what is suppressed:\n%s", format.Name, text)
			}
		}
	}
	document := write(t, "json", report.Options{}, events)
	validate(t, reportSchema, document)
	validate(t, sarifSchema, write(t, "sarif", report.Options{}, wicked))
	validate(t, gitlabSchema, write(t, "gitlab", report.Options{}, wicked))
	validate(t, defectdojoSchema, write(t, "defectdojo", report.Options{}, wicked))
	for line := range bytes.Lines(write(t, "jsonl", report.Options{}, wicked)) {
		validate(t, eventsSchema, line)
	}
	kept := 0
	again := sinkFunc(func(e finding.Event) {
		if f := e.Finding; f != nil && f.Suppressed != nil && f.Suppressed.Reason == reason && f.Suppressed.Expires == "2026-12-31" {
			kept++
		}
	})
	if err := report.Replay(bytes.NewReader(document), again); err != nil {
		t.Fatal(err)
	}
	if kept != 2 {
		t.Errorf("%d suppressions come back from a saved report, want 2", kept)
	}
}

func TestSuppressedInMachineFormats(t *testing.T) {
	events, _ := judged(t, suppressDebugPages("known"), scan(t))
	var sarif struct {
		Runs []struct {
			Results []struct {
				RuleID       string
				Suppressions []struct{ Kind, Status, Justification string }
			}
		}
	}
	if err := json.Unmarshal(write(t, "sarif", report.Options{}, events), &sarif); err != nil {
		t.Fatal(err)
	}
	for _, r := range sarif.Runs[0].Results {
		if want := r.RuleID == "django-debug-page"; (len(r.Suppressions) == 1 && r.Suppressions[0].Kind == "external" && r.Suppressions[0].Justification == "known") != want {
			t.Errorf("SARIF: %s has suppressions %v", r.RuleID, r.Suppressions)
		}
	}
	var dojo struct {
		Findings []struct {
			RuleID string `json:"vuln_id_from_tool"`
			Active bool   `json:"active"`
		}
	}
	if err := json.Unmarshal(write(t, "defectdojo", report.Options{}, events), &dojo); err != nil {
		t.Fatal(err)
	}
	for _, f := range dojo.Findings {
		if f.Active == (f.RuleID == "django-debug-page") {
			t.Errorf("DefectDojo: %s is active: %v", f.RuleID, f.Active)
		}
	}
	rows, err := csv.NewReader(bytes.NewReader(write(t, "csv", report.Options{}, events))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if (row[len(row)-1] != "") != (row[3] == "django-debug-page") {
			t.Errorf("CSV: %s has %q", row[3], row[len(row)-1])
		}
	}
	if r := junit(t, report.Options{}, events); r.Failures != 4 {
		t.Errorf("JUnit: %d failures, want those that are not suppressed", r.Failures)
	}
	if text := string(write(t, "github", report.Options{}, events)); strings.Contains(text, "Django debug page") {
		t.Error("GitHub is told of what is suppressed")
	}
}

func TestSuppressedFindingsAreNoNewsAndNoBaseline(t *testing.T) {
	events, _ := judged(t, suppressDebugPages("known"), scan(t))
	plain, quiet := write(t, "json", report.Options{}, scan(t)), write(t, "json", report.Options{}, events)
	none := write(t, "json", report.Options{}, streams(t)["clean"])
	d, err := report.Diff(bytes.NewReader(none), bytes.NewReader(quiet))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.New) != 4 || d.Suppressed != 2 || d.Worse(finding.Critical) != 1 {
		t.Errorf("%d new, %d suppressed, %d critical", len(d.New), d.Suppressed, d.Worse(finding.Critical))
	}
	if d, err = report.Diff(bytes.NewReader(quiet), bytes.NewReader(plain)); err != nil || len(d.New) != 2 {
		t.Errorf("%d new once nothing is suppressed, %v", len(d.New), err)
	}
	b, err := report.NewBaseline(bytes.NewReader(quiet))
	if err != nil || b.Len() != 4 {
		t.Errorf("the baseline has %d findings, %v", b.Len(), err)
	}
	whole := sinkFunc(func(e finding.Event) {
		if f := e.Finding; f != nil && f.Suppressed != nil {
			t.Errorf("%s counts in one shard and is suppressed in the whole", f.Fingerprint)
		}
	})
	if err := report.Merge(whole, bytes.NewReader(quiet), bytes.NewReader(plain)); err != nil {
		t.Fatal(err)
	}
}

// TestFiltersKnowWhatIsSuppressed keeps the page's script from hiding the
// suppressed findings of a severity that no other finding has.
func TestFiltersKnowWhatIsSuppressed(t *testing.T) {
	all := report.Policy{Suppressions: []report.Suppression{{Selector: policy.Selector{Rule: "*"}, Reason: "all of it"}}}
	events, _ := judged(t, all, scan(t))
	text := string(write(t, "html", report.Options{}, events))
	for _, want := range []string{`name="severity" value="critical"`, `<option>debug-page</option>`, `Suppressed: 6 findings`, `<dd>all of it</dd>`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
