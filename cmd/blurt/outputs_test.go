package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/report"
)

func asSettings(source, values string) []setting {
	var all []setting
	for value := range strings.FieldsSeq(values) {
		all = append(all, setting{value: value, source: source})
	}
	return all
}

func TestPlanOutputs(t *testing.T) {
	tests := []struct {
		formats, paths string
		want           string // "format>path" each, or empty for an error
	}{
		{"", "", "terminal>-"},
		{"json", "", "json>-"},
		{"JSON", "", "json>-"},
		{"", "-", "terminal>-"},
		{"", "r.json", "json>r.json"},
		{"", "r.sarif", "sarif>r.sarif"},
		{"", "r.SARIF.json", "sarif>r.SARIF.json"},
		{"", "r.json r.sarif -", "json>r.json sarif>r.sarif terminal>-"},
		{"json sarif", "a b", "json>a sarif>b"},
		{"json,sarif", "a b", "json>a sarif>b"},
		{"sarif", "r.json", "sarif>r.json"},
		{"terminal json", "r.json", "json>r.json terminal>-"},
		{"terminal json", "- r.json", "terminal>- json>r.json"},
		{"sarif", "r.sarif r.json", "sarif>r.sarif json>r.json"},
		{"json json", "a.json b.json", "json>a.json json>b.json"},
		{"json terminal", "r.json -", "json>r.json terminal>-"},
		{"sarif json terminal", "r.json r.sarif", "json>r.json sarif>r.sarif terminal>-"},

		{"docx", "", ""},
		{"json sarif", "", ""},
		{"", "report", ""},
		{"", "- -", ""},
		{"json sarif", "- -", ""},
		{"json", "r.sarif", ""},
		{"terminal", "r.json", ""},
		{"", "r.json r.json", ""},
		{"", "r.json x/../r.json", ""},
		{"json sarif", "r.txt", ""},
	}
	for _, test := range tests {
		outputs, err := planOutputs(asSettings("--format", test.formats), asSettings("--output", test.paths), report.Formats())
		if test.want == "" {
			if exitCode(err) != exitUsage {
				t.Errorf("formats %q, outputs %q became %v, error %v", test.formats, test.paths, outputs, err)
			}
			continue
		}
		var got []string
		for _, out := range outputs {
			got = append(got, out.format+">"+out.path)
		}
		if diff := cmp.Diff(test.want, strings.Join(got, " ")); err != nil || diff != "" {
			t.Errorf("formats %q, outputs %q: error %v: %s", test.formats, test.paths, err, diff)
		}
	}
}
