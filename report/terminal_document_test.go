package report_test

import (
	"bytes"
	"strings"
	"testing"

	"blurt/report"

	"github.com/google/go-cmp/cmp"
)

func TestDocumentIsLaidOut(t *testing.T) {
	source := "# Path `x` leaks\n\nA paragraph with **stress**, `code that stays whole` and a\n[link](https://example.org/).\n\n" +
		"- an item that is long enough to be wrapped\n  over lines\n- `next`\n\n## Fix\n\n```nginx\n# a comment, no heading\nserver_tokens off;\n\nreturn 404;\n```\n"
	var out bytes.Buffer
	if err := report.WriteDocument(&out, source, report.Options{Width: 40}); err != nil {
		t.Fatal(err)
	}
	want := `Path ` + "`x`" + ` leaks

A paragraph with stress,
` + "`code that stays whole`" + ` and a link
(https://example.org/).

- an item that is long enough to be
  wrapped over lines
- ` + "`next`" + `

Fix

    # a comment, no heading
    server_tokens off;

    return 404;
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Every page of the catalogue fits the width, code and addresses aside.
func TestRulesFitTheTerminal(t *testing.T) {
	const width = 60
	for _, rule := range catalogue(t).All() {
		var out bytes.Buffer
		if err := report.WriteDocument(&out, rule.Markdown(), report.Options{Width: width, Color: true}); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(out.String(), "\x1b[1m"+rule.Title+"\x1b[") {
			t.Errorf("%s does not start with its title in bold", rule.ID)
		}
		for line := range strings.Lines(color.ReplaceAllString(out.String(), "")) {
			line = strings.TrimSuffix(line, "\n")
			if len([]rune(line)) > width && !strings.HasPrefix(line, "    ") && !strings.Contains(line, "://") {
				t.Errorf("%s: %q is too long", rule.ID, line)
			}
			if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "```") {
				t.Errorf("%s: %q is raw Markdown", rule.ID, line)
			}
		}
	}
}
