package report_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"blurt/report"
)

// color is the only escape sequence that a report may hold: what blurt itself
// uses to colour words.
var color = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// order is what a CI runner would obey.
var order = regexp.MustCompile(`(?m)^\s*::|##\[|##vso\[|##teamcity\[`)

func TestNothingHostileGetsThrough(t *testing.T) {
	for name, options := range golden() {
		t.Run(name, func(t *testing.T) {
			text := write(t, format(name), options, append(scan(t), streams(t)["flood"][1:]...))
			if options.Color {
				text = color.ReplaceAll(text, nil)
			}
			if !utf8.Valid(text) {
				t.Error("the report is not UTF-8")
			}
			for i, r := range string(text) {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Fatalf("raw %U at byte %d, after %q", r, i, text[max(0, i-40):i])
				}
			}
			if found := order.Find(withoutAnnotations(format(name), text)); found != nil {
				t.Errorf("a CI runner would obey %q", found)
			}
		})
	}
}

// annotation is a workflow command that blurt may give: an annotation with a title.
var annotation = regexp.MustCompile(`(?m)^::(?:error|warning|notice) title=blurt[^:,]*::`)

// withoutAnnotations takes away the orders that are the format's purpose.
func withoutAnnotations(name string, text []byte) []byte {
	if name != "github" {
		return text
	}
	return annotation.ReplaceAll(text, []byte("annotation "))
}

// Colour must come from blurt alone: a target's own colouring is in the fixture.
func TestTargetDoesNotColor(t *testing.T) {
	plain := write(t, "terminal", report.Options{}, scan(t))
	colored := write(t, "terminal", report.Options{Color: true}, scan(t))
	if bytes.Equal(plain, colored) {
		t.Fatal("no colour where it was asked for")
	}
	if !bytes.Equal(plain, color.ReplaceAll(colored, nil)) {
		t.Error("the reports differ by more than colour")
	}
}

// What one finding adds to a report is bounded, whatever the target sends.
func TestFloodIsBounded(t *testing.T) {
	all := streams(t)
	for name, limit := range map[string]int{
		"terminal": 40 << 10, "sarif": 100 << 10, "html": 100 << 10, "markdown": 60_000, "junit": 40 << 10, "gitlab": 120 << 10,
		"csv": 40 << 10, "defectdojo": 60 << 10, "github": 10 << 10,
	} {
		added := len(write(t, name, report.Options{}, all["flood"])) - len(write(t, name, report.Options{}, all["clean"]))
		if added > limit {
			t.Errorf("%s: a flood became %d bytes", name, added)
		}
	}
}

func TestMarkupIsHarmless(t *testing.T) {
	for _, name := range []string{"json", "jsonl", "sarif", "gitlab", "defectdojo"} {
		if text := write(t, name, report.Options{}, scan(t)); strings.Contains(string(text), "</script") {
			t.Errorf("%s holds a closing script tag", name)
		}
	}
}
