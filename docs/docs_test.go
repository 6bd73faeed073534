// Package docs_test keeps the documentation true where a machine can.
package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/probes"
)

// TestEveryProbeIsDescribed holds the table of what-is-sent.md against the
// probes, in their order.
func TestEveryProbeIsDescribed(t *testing.T) {
	text, err := os.ReadFile("what-is-sent.md")
	if err != nil {
		t.Fatal(err)
	}
	var described, sent []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllSubmatch(text, -1) {
		described = append(described, string(row[1]))
	}
	for _, p := range probes.All(probes.BuiltinDialects()) {
		sent = append(sent, p.ID)
	}
	if diff := cmp.Diff(sent, described); diff != "" {
		t.Errorf("what-is-sent.md (-probes +table):\n%s", diff)
	}
}

// TestLinksLeadSomewhere follows the relative links of every page.
func TestLinksLeadSomewhere(t *testing.T) {
	pages, err := filepath.Glob("../*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"*.md", "rules/*.md"} {
		more, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, more...)
	}
	link := regexp.MustCompile(`\]\(([^)#]+)`)
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllSubmatch(text, -1) {
			to := string(found[1])
			if strings.Contains(to, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), to)); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}
