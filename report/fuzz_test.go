package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"testing"
	"unicode"
	"unicode/utf8"

	"blurt/report"
	"blurt/report/rules"
	"blurt/scanner/finding"
)

// FuzzReports puts outside text everywhere and holds every format to its promises.
func FuzzReports(f *testing.F) {
	for _, seed := range []string{"", hostile, "https://[::1", "::", "####", "\xf0\x9f", "\u202e", "```\n# x\n```", "\r\n\r\n::x", "0) a list"} {
		f.Add(seed)
	}
	c := &rules.Catalogue{} // an empty one, because its pages would take most of the time
	f.Fuzz(func(t *testing.T, s string) {
		message := &finding.Message{Method: s, Target: s, Version: s, Reason: s, Body: s, Fields: []finding.Field{{Name: s, Value: s}}}
		leak := &finding.Finding{
			Fingerprint: s, Rule: "path-leak", Category: finding.PathLeak, Title: s, Message: s, URL: s, Method: s, Probe: s,
			Changes: s, Identity: s, Stack: []string{s}, Reproduce: s, Remediation: s, References: []string{s},
			Evidence: finding.Evidence{Excerpt: s, Location: s, Request: message, Response: message, Control: message,
				Leaked: []finding.Leaked{{Category: finding.PathLeak, Name: s, Value: s, Location: s}}},
			Occurrences: []finding.Occurrence{{URL: s, Method: s, Probe: s, Message: s}},
		}
		events := []finding.Event{
			{Start: &finding.Start{Tool: finding.Tool{Name: "blurt", Version: s}, ScanID: s, Seed: s}}, {Finding: leak},
			{Target: &finding.Target{URL: s, Err: s, Surface: []finding.Surface{{URL: s, Method: s, Identity: s, Detail: s}}}},
			{Done: &finding.Done{Errors: []finding.ScanError{{Target: s, Message: s}}}},
		}
		for _, format := range report.Formats() {
			text := write(t, format.Name, report.Options{Rules: c, Verbose: true}, events)
			if !utf8.Valid(text) {
				t.Fatalf("%s: not UTF-8", format.Name)
			}
			for _, r := range string(text) {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Fatalf("%s: raw %U", format.Name, r)
				}
			}
			if found := order.Find(withoutAnnotations(format.Name, text)); found != nil {
				t.Fatalf("%s: a CI runner would obey %q", format.Name, found)
			}
			checkSyntax(t, format.Name, text)
		}
	})
}

// checkSyntax fails for a report that its readers could not parse.
func checkSyntax(t *testing.T, name string, text []byte) {
	t.Helper()
	switch name {
	case "json", "sarif", "gitlab", "defectdojo":
		if !json.Valid(text) {
			t.Fatalf("%s: not JSON:\n%s", name, text)
		}
	case "jsonl":
		for line := range bytes.Lines(text) {
			if !json.Valid(line) {
				t.Fatalf("not JSON: %s", line)
			}
		}
	case "junit":
		if err := xml.Unmarshal(text, new(junitReport)); err != nil {
			t.Fatalf("%v in:\n%s", err, text)
		}
	case "csv":
		if _, err := csv.NewReader(bytes.NewReader(text)).ReadAll(); err != nil {
			t.Fatalf("%v in:\n%s", err, text)
		}
	case "html":
		checkPage(t, text)
	}
}
