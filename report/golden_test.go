package report_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"blurt/report"
	"blurt/scanner/finding"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden are the reports of the one stream, each under the name of its file.
func golden() map[string]report.Options {
	gate := finding.High
	return map[string]report.Options{
		"terminal-80.txt":      {Gate: &gate},
		"terminal-120.txt":     {Width: 120},
		"terminal-color.txt":   {Color: true, Gate: &gate},
		"terminal-quiet.txt":   {Quiet: true, Gate: &gate},
		"terminal-verbose.txt": {Verbose: true, Width: 100},
		"json.json":            {},
		"sarif.sarif":          {Homepage: "https://blurt.example/"},
		"jsonl.jsonl":          {},
		"html.html":            {Gate: &gate},
		"markdown.md":          {Gate: &gate},
		"junit.xml":            {Gate: &gate},
		"gitlab.json":          {},
		"csv.csv":              {},
		"defectdojo.json":      {},
		"github.txt":           {Gate: &gate},
	}
}

// format is the format that a golden file is of.
func format(name string) string {
	before, _, _ := strings.Cut(name, ".")
	before, _, _ = strings.Cut(before, "-")
	return before
}

// write returns the report of the events.
func write(t testing.TB, name string, o report.Options, events []finding.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	if o.Rules == nil {
		o.Rules = catalogue(t)
	}
	sink, err := report.New(name, &b, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := sink.Emit(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for name, options := range golden() {
		t.Run(name, func(t *testing.T) {
			got := write(t, format(name), options, scan(t))
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("the report changed; go test -update writes it anew (-want +got):\n%s", diff)
			}
		})
	}
}
